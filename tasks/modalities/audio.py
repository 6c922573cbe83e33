"""Sounds as records."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.catalog.schema import DESCRIPTOR
from tasks.config.synthesis import Synthesis
from tasks.descriptors.audio import DESCRIPTORS, describe_sounds
from tasks.descriptors.near_duplicates import fingerprint_sounds
from tasks.modalities.media import Media
from tasks.modalities.states import folder_state
from tasks.noise.audio import Sound, apply, draw
from tasks.noise.noise_use import noise_use
from tasks.noise.policy import Policy
from tasks.noise.pool import SHORTEST_RESPONSE_S, Folder, Pool, load_pool
from tasks.payloads.audio import decode_audio, encode_audio

Resources = tuple[Pool, Pool]
"""Recorded noise, and rooms."""


def _open(data: bytes) -> tuple[Sound, bool]:
    audio = decode_audio(data)
    return (audio.samples, audio.sample_rate_hz), True


def _pack(sound: Sound) -> bytes:
    return encode_audio(*sound)


def identify_sound(sound: Sound) -> bytes:
    """Return the samples of a sound, the same in any container."""
    samples, rate = sound
    return f"{rate} Hz".encode() + np.round(samples * 2**15).astype(np.int32).tobytes()


def _prepare(synthesis: Synthesis) -> dict[str, Any]:
    noise = [[entry.name, entry.path, entry.recording] for entry in synthesis.noise]
    rooms = [[Path(entry.path).name, entry.path, None] for entry in synthesis.impulse_responses]
    state = {str(path): folder_state(Path(str(path))) for _, path, _ in (*noise, *rooms)}
    return {"noise": noise, "rooms": rooms, "state": state}


def _load(prepared: dict[str, Any]) -> Resources:
    taken = tuple(sorted(prepared.get("taken", {}).items()))
    return _pools(_folders(prepared["noise"]), _folders(prepared["rooms"]), taken, repr(prepared["state"]))


def _folders(given: list[list[str | None]]) -> tuple[Folder, ...]:
    return tuple(Folder(str(name), Path(str(path)), recording) for name, path, recording in given)


@lru_cache(maxsize=1)
def _pools(
    noise: tuple[Folder, ...], rooms: tuple[Folder, ...], taken: tuple[tuple[str, str], ...], state: str
) -> Resources:
    """Read the recordings once a process, not once a shard; `state` keeps a changed folder from being taken for it."""
    return load_pool(noise, taken=dict(taken)), load_pool(rooms, shortest_s=SHORTEST_RESPONSE_S)


def _draw(policy: Policy, parents: Sequence[str], *, copies: float, seed: int, resources: Resources) -> pa.Table:
    pool, rooms = resources
    return draw(policy, parents, copies=copies, seed=seed, pool=pool, rooms=rooms)


def _apply(sounds: Sequence[Sound], draws: pa.Table, *, resources: Resources) -> Sequence[Sound]:
    pool, rooms = resources
    rendered: list[NDArray[np.float32]] = apply(sounds, draws, pool=pool, rooms=rooms)
    return [(samples, rate) for samples, (_, rate) in zip(rendered, sounds, strict=True)]


def _account(draws: pa.Table, records: pa.Table, resources: Resources) -> pa.Table:
    pool, _ = resources
    return noise_use(draws, records[DESCRIPTOR + "duration_s"].to_numpy(), pool)


MODALITY = Media(
    column="audio",
    suffix=".flac",
    open=_open,
    pack=_pack,
    identify=identify_sound,
    known=DESCRIPTORS,
    measure=describe_sounds,
    fingerprints=fingerprint_sounds,
    prepare_noise=_prepare,
    load_noise=_load,
    draw_noise=_draw,
    apply_noise=_apply,
    account=_account,
)
