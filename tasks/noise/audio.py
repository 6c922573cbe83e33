"""Render audio noise: each row of draws turns one sound into one synthetic sound."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from tasks.noise.audio_codec import through_codec
from tasks.noise.audio_drawing import MADE_UP, PAIRED, with_noise, with_rooms
from tasks.noise.audio_effects import (
    at_speed,
    direct_onwards,
    in_band,
    in_room,
    made_up_noise,
    made_up_response,
    resampled,
    with_silence,
)
from tasks.noise.audio_rows import Row, rows_of
from tasks.noise.drawing import draw_policy
from tasks.noise.policy import Policy
from tasks.noise.pool import EMPTY, Clip, Pool
from tasks.noise.snr import Samples, limit_peak, mix_at_snr

__all__ = ["MADE_UP", "PAIRED", "Sound", "apply", "draw"]

Sound = tuple[Samples, int]
"""Samples (n,) float32 in [-1, 1], and their rate in Hz."""


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
        As `draw_policy`, with what `tasks.noise.audio_drawing` adds where the policy has these operations; null where
        not drawn.

    Notes
    -----
    Recordings are dealt from shuffled decks (`tasks.noise.pool_decks.deal`), however many clips each was cut into, and
    a clip begins where its recording was heard least. So what a record hears depends on its parent, its copy, the seed
    and the set of parents, though not on their order; all else of a row on no other row. Records are served in the
    order in which a rising probability would reach them: a policy that adds noise to more records changes none that
    had it. Some records hear two recordings at once (`PAIRED`).
    """
    table = draw_policy(policy, parents, copies=copies, seed=seed)
    if noise := policy.operation("noise"):
        table = with_noise(table, pool, noise.shares)
    if policy.operation("room"):
        table = with_rooms(table, rooms)
    return table


def apply(sounds: Sequence[Sound], draws: pa.Table, *, pool: Pool = EMPTY, rooms: Pool = EMPTY) -> list[Samples]:
    """Render one synthetic sound a row, at the rate of its parent; `speed` and `silence` change its length.

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
    responses: dict[tuple[str, int], Samples] = {}
    return [
        _render(np.asarray(samples, dtype=np.float32), rate, row, pool, rooms, responses)
        for (samples, rate), row in zip(sounds, rows_of(draws), strict=True)
    ]


def _render(
    samples: Samples, rate: int, row: Row, pool: Pool, rooms: Pool, responses: dict[tuple[str, int], Samples]
) -> Samples:
    """Apply the operations of one row in the order of the sound's way; `responses` keeps rooms at the rates met."""
    sound = samples
    if row.has("speed.factor"):
        sound = at_speed(sound, row.number("speed.factor", 1))
    if row.has("silence.before_s") or row.has("silence.after_s"):
        sound = with_silence(sound, row.number("silence.before_s", 0), row.number("silence.after_s", 0), rate)
    if (name := row.response) is not None:
        if (name, rate) not in responses:
            room = _named(rooms, name)
            responses[name, rate] = direct_onwards(
                resampled(room.samples(0, len(room.steps)), room.sample_rate_hz, rate)
            )
        sound = in_room(sound, responses[name, rate], row.number("room.wet_share", 0), rate)
    if row.has("reverberation.rt60_s"):
        rt60_s, direct_db = row.number("reverberation.rt60_s", 0), row.number("reverberation.direct_db", 0)
        sound = in_room(sound, made_up_response(rt60_s, direct_db, rate, row.seed), 1, rate)
    if row.clip is not None:
        noise, usual_power = _noise(row, len(sound), rate, pool)
        sound = mix_at_snr(sound, noise, rate, row.number("noise.snr_db", 0), usual_power=usual_power)
    if row.has("band_limit.low_hz") or row.has("band_limit.high_hz"):
        sound = in_band(sound, row.number("band_limit.low_hz", 0), row.number("band_limit.high_hz", rate), rate)
    if row.has("codec.bits") or row.has("codec.masked_db"):
        sound = through_codec(sound, row.number("codec.bits", 16), row.number("codec.masked_db", 96), rate)
    if row.has("gain.gain_db"):
        sound = sound * np.float32(10 ** (row.number("gain.gain_db", 0) / 20))
    return samples if sound is samples else limit_peak(sound)


def _noise(row: Row, length: int, rate: int, pool: Pool) -> tuple[Samples, float]:
    """Return the noise of a row, and the power that it usually has."""
    name = str(row.clip)
    if name in MADE_UP:
        return made_up_noise(MADE_UP[name], length, row.seed), 1.0
    first = _named(pool, name)
    noise = _cut(first, row.offset_s, length, rate)
    if row.second_clip is None:
        return noise, first.power
    second = _named(pool, row.second_clip)
    below = 10 ** (-row.second_below_db / 10)
    scale = np.float32(np.sqrt(below * first.power / second.power))
    return noise + scale * _cut(second, row.second_offset_s, length, rate), first.power * (1 + below)


def _cut(clip: Clip, offset_s: float, length: int, rate: int) -> Samples:
    """Cut a piece out of a clip, at the record's rate."""
    # Only what is needed is brought to the record's rate: resampling whole clips would cost more than all the rest.
    start = int(offset_s * clip.sample_rate_hz) % len(clip.steps)
    need = int(np.ceil(length * clip.sample_rate_hz / rate)) + 1
    return np.resize(resampled(clip.samples(start, need), clip.sample_rate_hz, rate), length)


def _named(pool: Pool, name: str) -> Clip:
    if name not in pool.by_name:
        raise ValueError(f"clip {name!r} was drawn but is not in the pool; draw and apply need the same pool")
    return pool.by_name[name]
