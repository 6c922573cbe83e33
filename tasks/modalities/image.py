"""Images as records."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.config.synthesis import Synthesis
from tasks.descriptors.image import DESCRIPTORS, describe_images
from tasks.descriptors.near_duplicates import fingerprint_images
from tasks.modalities.media import Media
from tasks.modalities.states import folder_state
from tasks.noise.backgrounds import Backgrounds, load_backgrounds
from tasks.noise.image import apply, draw
from tasks.noise.image_drawing import background_use
from tasks.noise.policy import Policy
from tasks.noise.pool import Folder
from tasks.payloads.image import decode_image, encode_image

Pixels = NDArray[np.uint8]


def _open(data: bytes) -> tuple[Pixels, bool]:
    image = decode_image(data)
    return image.pixels, image.plain


def _identify(pixels: Pixels) -> bytes:
    return repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes()


def _prepare(synthesis: Synthesis) -> dict[str, Any]:
    folders = [[entry.name, entry.path, entry.picture] for entry in synthesis.backgrounds]
    return {"backgrounds": folders, "state": {str(path): folder_state(Path(str(path))) for _, path, _ in folders}}


def _load(prepared: dict[str, Any]) -> Backgrounds:
    folders = tuple(Folder(str(name), Path(str(path)), picture) for name, path, picture in prepared["backgrounds"])
    return _backgrounds(folders, tuple(sorted(prepared.get("taken", {}).items())), repr(prepared["state"]))


@lru_cache(maxsize=1)
def _backgrounds(folders: tuple[Folder, ...], taken: tuple[tuple[str, str], ...], state: str) -> Backgrounds:
    """Read the pictures once a process, not once a shard; `state` keeps a changed folder from being taken for it."""
    return load_backgrounds(folders, taken=dict(taken))


def _draw(policy: Policy, parents: Sequence[str], *, copies: float, seed: int, resources: Backgrounds) -> pa.Table:
    return draw(policy, parents, copies=copies, seed=seed, backgrounds=resources)


def _apply(images: Sequence[Pixels], draws: pa.Table, *, resources: Backgrounds) -> Sequence[Pixels]:
    return apply(images, draws, backgrounds=resources)


def _account(draws: pa.Table, records: pa.Table, resources: Backgrounds) -> pa.Table:
    return background_use(draws, resources)


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
