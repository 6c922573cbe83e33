"""Draw which recorded noise and which room each synthetic sound gets."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.pool import Clip, Pool
from tasks.noise.pool_dealing import Flags, deal_by_copy, idle_rows, keys_of
from tasks.noise.pool_decks import Dealt
from tasks.noise.uniforms import uniforms

MADE_UP = {"made-up/white": "white", "made-up/pink": "pink"}
"""Names of clips where no recorded noise is configured: Gaussian noise, another for every record. Hiss and hum of
devices are like that; streets and rooms are not, so configure recordings where the target has them."""
PAIRED = 0.2
"""Share of the noisy records that hear a second recording: rain on a street, voices in a car. Two recordings of n make
n (n - 1) / 2 further noises; too many would leave none of the plain ones that the target has."""
BELOW_DB = 10.0
"""The second recording is up to so much softer than the first, which then still hides it in places only."""


def with_noise(table: pa.Table, pool: Pool, shares: Mapping[str, float] | None = None) -> pa.Table:
    """Add columns of noise to draws that have the operation.

    Parameters
    ----------
    table : pa.Table
    pool : Pool
    shares : mapping of str to float, optional
        Category of noise -> share of the noisy records that hears it (`tasks.noise.pool_decks.deal`).

    Returns
    -------
    pa.Table
        `noise.clip`, `noise.recording` (string), `noise.offset_s`; with a pool also `noise.second_clip`,
        `noise.second_recording`, `noise.second_offset_s` and `noise.second_below_db`, which are null where a record
        hears one recording only.
    """
    keys, idle = keys_of(table), idle_rows(table, "noise")
    if not pool.clips:
        names = list(MADE_UP)
        made_up = [names[i] for i in (uniforms(keys, "noise.clip") * len(names)).astype(int).tolist()]
        return _add(table, "noise.", made_up, made_up, np.zeros(len(keys)), idle)
    first = deal_by_copy(table, "noise", pool.by_recording, shares=shares)
    table = _add(table, "noise.", *_named(first), idle)
    paired = uniforms(keys, "noise.paired") < PAIRED
    second = deal_by_copy(table, "noise", pool.by_recording, among=paired, shares=shares)
    same = np.array([a.recording == b.recording for a, b in zip(first.clips, second.clips, strict=True)], bool)
    alone = idle | ~paired | same
    table = _add(table, "noise.second_", *_named(second), alone)
    below_db = BELOW_DB * uniforms(keys, "noise.second_below_db")
    return table.append_column("noise.second_below_db", pa.array(below_db, pa.float64(), mask=alone))


def with_rooms(table: pa.Table, rooms: Pool) -> pa.Table:
    """Add `room.response` (string) to draws that have the operation; without recorded rooms none is drawn."""
    if rooms.clips:
        names = [clip.name for clip in deal_by_copy(table, "room", rooms.by_recording).clips]
        return table.append_column("room.response", pa.array(names, pa.string(), mask=idle_rows(table, "room")))
    for place, field in enumerate(table.schema):
        if field.name.startswith("room."):
            table = table.set_column(place, field, pa.nulls(table.num_rows, field.type))
    return table.append_column("room.response", pa.nulls(table.num_rows, pa.string()))


def _named(dealt: Dealt[Clip]) -> tuple[list[str], list[str], NDArray[np.float64]]:
    return [clip.name for clip in dealt.clips], [clip.recording for clip in dealt.clips], dealt.offset_s


def _add(
    table: pa.Table,
    prefix: str,
    clips: list[str],
    recordings: list[str],
    offset_s: NDArray[np.float64],
    idle: Flags,
) -> pa.Table:
    table = table.append_column(f"{prefix}clip", pa.array(clips, pa.string(), mask=idle))
    table = table.append_column(f"{prefix}recording", pa.array(recordings, pa.string(), mask=idle))
    return table.append_column(f"{prefix}offset_s", pa.array(offset_s, pa.float64(), mask=idle))
