"""Every file of a noise pool in one table: used, or refused and why."""

import math
from typing import Any

import pyarrow as pa

from tasks.noise.backgrounds import Background, Backgrounds
from tasks.noise.pool import Clip, Pool
from tasks.noise.pool_quality import LISTENED_S, tonal_share

NOISE_POOL = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("recording", pa.string()),  # null for what was refused
        pa.field("reason", pa.string()),  # a key of tasks.noise.pool.REASONS; null for what is used
        pa.field("detail", pa.string()),
        pa.field("duration_s", pa.float64()),
        pa.field("sample_rate_hz", pa.int64()),
        pa.field("channels", pa.int64()),
        pa.field("tonal_share", pa.float64()),  # see tasks.noise.pool_quality.tonal_share; null where too short to tell
        pa.field("width_px", pa.int64()),  # of a picture, as it is held
        pa.field("height_px", pa.int64()),
    ]
)
"""One row a file of the folders, used or not."""


def pool_table(pool: Pool | Backgrounds) -> pa.Table:
    """Return what a pool holds and what was refused, as a table of schema `NOISE_POOL` sorted by file."""
    rows: list[dict[str, Any]] = [_sound(clip) if isinstance(clip, Clip) else _picture(clip) for clip in pool.clips]
    rows += [{"file": refused.name, "reason": refused.reason, "detail": refused.detail} for refused in pool.refused]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["file"])), schema=NOISE_POOL)


def _picture(picture: Background) -> dict[str, Any]:
    height, width = picture.pixels.shape[:2]
    channels = 1 if picture.pixels.ndim == 2 else int(picture.pixels.shape[2])
    return {
        "file": picture.name,
        "recording": picture.recording,
        "channels": channels,
        "width_px": width,
        "height_px": height,
    }


def _sound(clip: Clip) -> dict[str, Any]:
    return {
        "file": clip.name,
        "recording": clip.recording,
        "duration_s": clip.duration_s,
        "sample_rate_hz": clip.sample_rate_hz,
        "channels": clip.channels,
        "tonal_share": _tonal(clip),
    }


def _tonal(clip: Clip) -> float | None:
    longest = min(len(clip.steps), round(LISTENED_S * clip.sample_rate_hz))  # of a long clip no more is held as floats
    share = tonal_share(clip.samples((len(clip.steps) - longest) // 2, longest), clip.sample_rate_hz)
    return None if math.isnan(share) else share
