"""Images as records."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.config.synthesis import Synthesis
from tasks.descriptors.image import DESCRIPTORS, describe_images
from tasks.descriptors.near_duplicates import fingerprint_images
from tasks.modalities.media import Media
from tasks.noise.image import apply, draw
from tasks.noise.noise_use import NOISE_USE
from tasks.noise.policy import Policy
from tasks.payloads.image import decode_image, encode_image

Pixels = NDArray[np.uint8]


def _open(data: bytes) -> tuple[Pixels, bool]:
    image = decode_image(data)
    return image.pixels, image.plain


def _identify(pixels: Pixels) -> bytes:
    return repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes()


def _prepare(synthesis: Synthesis) -> dict[str, Any]:
    return {}  # noise on images needs nothing besides its policy


def _load(prepared: dict[str, Any]) -> None:
    return None


def _draw(policy: Policy, parents: Sequence[str], *, copies: float, seed: int, resources: None) -> pa.Table:
    return draw(policy, parents, copies=copies, seed=seed)


def _apply(images: Sequence[Pixels], draws: pa.Table, *, resources: None) -> Sequence[Pixels]:
    return apply(images, draws)


def _account(draws: pa.Table, records: pa.Table, resources: None) -> pa.Table:
    return NOISE_USE.empty_table()


MODALITY = Media(
    column="image",
    suffix=".png",
    open=_open,
    pack=encode_image,
    identify=_identify,
    known=DESCRIPTORS,
    measure=describe_images,
    fingerprints=fingerprint_images,
    prepare_noise=_prepare,
    load_noise=_load,
    draw_noise=_draw,
    apply_noise=_apply,
    account=_account,
)
