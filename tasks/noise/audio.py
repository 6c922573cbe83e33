"""Render audio noise: each row of draws turns one sound into one synthetic sound."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.audio_bounds import AUDIO
from tasks.noise.audio_effects import cut, in_band, in_room, made_up_noise, made_up_response, resampled
from tasks.noise.drawing import draw_policy, drawn_values
from tasks.noise.policy import Policy
from tasks.noise.pool import EMPTY, Clip, Pool
from tasks.noise.snr import Samples, limit_peak, mix_at_snr
from tasks.noise.uniforms import uniforms

Sound = tuple[Samples, int]
"""Samples (n,) float32 in [-1, 1], and their rate in Hz."""

MADE_UP = {"made-up/white": "white", "made-up/pink": "pink"}
"""Names of clips where no recorded noise is configured: Gaussian noise, other for every record."""


def draw(
    policy: Policy, parents: Sequence[str], *, copies: float, seed: int, pool: Pool = EMPTY, rooms: Pool = EMPTY
) -> pa.Table:
    """Draw operations, magnitudes, noise clips and rooms of every synthetic record.

    Parameters
    ----------
    policy, parents, copies, seed
        As in `tasks.noise.drawing.draw_policy`.
    pool : Pool
        Recorded noise. Without any, white or pink Gaussian noise is made up, and named so.
    rooms : Pool
        Recorded impulse responses. Without any, the operation `room` is never drawn.

    Returns
    -------
    pa.Table
        As `draw_policy`, with `noise.clip`, `noise.recording` (string), `noise.offset_s` and `room.response` (string)
        where the policy has these operations; null where not drawn.

    Notes
    -----
    Every recording is as likely as any other, however many clips it was cut into; within a recording a clip counts by
    its length, and the offset is anywhere in it.
    """
    table = draw_policy(policy, parents, copies=copies, seed=seed)
    keys = table.column("seed").to_numpy()
    if policy.operation("noise"):
        table = _with_noise(table, keys, pool)
    if policy.operation("room"):
        table = _with_rooms(table, keys, rooms)
    return table


def _with_noise(table: pa.Table, keys: NDArray[np.uint64], pool: Pool) -> pa.Table:
    idle = _idle(table, "noise")
    picked = _pick(keys, "noise", pool)
    if picked is None:
        names = list(MADE_UP)
        clips = [names[i] for i in (uniforms(keys, "noise.clip") * len(names)).astype(int).tolist()]
        recordings, offsets = clips, np.zeros(len(keys))
    else:
        clips, recordings = [clip.name for clip in picked], [clip.recording for clip in picked]
        offsets = uniforms(keys, "noise.offset_s") * np.array([clip.duration_s for clip in picked])
    table = table.append_column("noise.clip", pa.array(clips, pa.string(), mask=idle))
    table = table.append_column("noise.recording", pa.array(recordings, pa.string(), mask=idle))
    return table.append_column("noise.offset_s", pa.array(offsets, pa.float64(), mask=idle))


def _with_rooms(table: pa.Table, keys: NDArray[np.uint64], rooms: Pool) -> pa.Table:
    idle = _idle(table, "room")
    picked = _pick(keys, "room", rooms)
    if picked is None:
        for name in [name for name in table.column_names if name.startswith("room.")]:
            place = table.column_names.index(name)
            table = table.set_column(place, name, pa.nulls(table.num_rows, table.schema.field(place).type))
        return table.append_column("room.response", pa.nulls(table.num_rows, pa.string()))
    return table.append_column("room.response", pa.array([clip.name for clip in picked], pa.string(), mask=idle))


def _idle(table: pa.Table, operation: str) -> NDArray[np.bool_]:
    first = next(name for name in table.column_names if name.startswith(f"{operation}."))
    return np.asarray(table.column(first).is_null().to_numpy())


def _pick(keys: NDArray[np.uint64], operation: str, pool: Pool) -> list[Clip] | None:
    groups = list(pool.by_recording.values())
    if not groups:
        return None
    which = (uniforms(keys, f"{operation}.recording") * len(groups)).astype(int)
    place = uniforms(keys, f"{operation}.clip")
    ends = [np.cumsum([clip.duration_s for clip in group]) for group in groups]
    return [
        groups[i][min(int(np.searchsorted(ends[i], u * ends[i][-1], side="right")), len(groups[i]) - 1)]
        for i, u in zip(which.tolist(), place.tolist(), strict=True)
    ]


def apply(sounds: Sequence[Sound], draws: pa.Table, *, pool: Pool = EMPTY, rooms: Pool = EMPTY) -> list[Samples]:
    """Render one synthetic sound a row, at the rate and of the length of its parent.

    Parameters
    ----------
    sounds : sequence of (samples, sample_rate_hz), n
        The parent of each row of `draws`. Lengths and rates may differ.
    draws : pa.Table, n rows
        As `draw` returns it.
    pool, rooms : Pool
        Those that `draw` was given.

    Returns
    -------
    list of (n_i,) float32
        In [-1, 1]; `sounds` are left as they are.

    Raises
    ------
    ValueError
        If the numbers differ, or a drawn clip is not in the pool.

    Notes
    -----
    A result depends on its sound, its row of draws and the clips it names only. A sound whose row drew nothing comes
    back as it was. Silence stays silence: there is no speech to set a ratio to.
    """
    if len(sounds) != draws.num_rows:
        raise ValueError(f"{draws.num_rows} rows of draws need as many sounds, found {len(sounds)}")
    columns = {
        f"{operation}.{parameter}": drawn_values(draws, operation, parameter, np.nan).tolist()
        for operation, bounds in AUDIO.items()
        for parameter in bounds.parameters
    }
    texts = {
        name: draws.column(name).to_pylist() if name in draws.column_names else [None] * draws.num_rows
        for name in ("noise.clip", "room.response")
    }
    offsets = drawn_values(draws, "noise", "offset_s", 0.0).tolist()
    seeds = draws.column("seed").to_pylist()
    made: list[Samples] = []
    for place, (samples, rate) in enumerate(sounds):
        row = {name: values[place] for name, values in columns.items()}
        sound = np.asarray(samples, dtype=np.float32)
        if (response := texts["room.response"][place]) is not None:
            wet = row["room.wet_share"]
            room = _clip(rooms, response)
            sound = in_room(sound, resampled(room.samples, room.sample_rate_hz, rate), wet, rate)
        if row["reverberation.rt60_s"] == row["reverberation.rt60_s"]:
            direct_db = _or(row["reverberation.direct_db"], 0.0)
            sound = in_room(
                sound, made_up_response(row["reverberation.rt60_s"], direct_db, rate, seeds[place]), 1, rate
            )
        if (name := texts["noise.clip"][place]) is not None:
            noise, power = _noise(pool, name, offsets[place], len(sound), rate, seeds[place])
            sound = mix_at_snr(sound, noise, rate, row["noise.snr_db"], usual_power=power)
        low_hz, high_hz = row["band_limit.low_hz"], row["band_limit.high_hz"]
        if low_hz == low_hz or high_hz == high_hz:
            sound = in_band(sound, _or(low_hz, 10.0), _or(high_hz, 24000.0), rate)
        if row["gain.gain_db"] == row["gain.gain_db"]:
            sound = sound * np.float32(10 ** (row["gain.gain_db"] / 20))
        made.append(sound if sound is samples else limit_peak(sound).astype(np.float32, copy=False))
    return made


def _or(value: float, otherwise: float) -> float:
    return value if value == value else otherwise


def _clip(pool: Pool, name: str) -> Clip:
    if name not in pool.by_name:
        raise ValueError(f"clip {name!r} was drawn but is not in the pool; draw and apply need the same pool")
    return pool.by_name[name]


def _noise(pool: Pool, name: str, offset_s: float, length: int, rate: int, seed: int) -> tuple[Samples, float]:
    if name in MADE_UP:
        return made_up_noise(MADE_UP[name], length, seed), 0.0
    clip = _clip(pool, name)
    # A little more than needed is brought to the record's rate: resampling the whole clip for every record costs more.
    start = int(offset_s * clip.sample_rate_hz)
    need = int(np.ceil(length * clip.sample_rate_hz / rate)) + 1
    noise = resampled(cut(clip.samples, start, need), clip.sample_rate_hz, rate)
    noise = noise[:length] if len(noise) >= length else np.resize(noise, length)
    return noise, float(np.mean(np.square(clip.samples, dtype=np.float64)))
