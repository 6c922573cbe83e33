"""The survey of a noise pool, from files to files: how it is used, what it covers, what models may learn by heart."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.atomic import write_table
from tasks.catalog.schema import NOISE
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.noise_pieces import highest_hz, pieces_of_clip, pieces_of_pauses
from tasks.modalities.noise_probe import probe_pool
from tasks.modalities.noise_rows import Shard, listen
from tasks.noise.backgrounds import Backgrounds
from tasks.noise.policy import load_policy
from tasks.noise.pool import EMPTY, Pool
from tasks.noise.pool_account import pool_account
from tasks.noise.pool_coverage import covered, reach_of
from tasks.noise.pool_heard import find_heard
from tasks.noise.pool_quality import TONAL_SHARE
from tasks.noise.pool_table import pool_table
from tasks.shift.measurements import Effect, Measurement, measurements_table
from tasks.task_space.paired import Paired, paired_difference

NOISE_POOL_FILE = "noise_pool.parquet"
JUDGED, TARGET, TAUGHT, ASKED = 48, 150, 300, 200
"""Records that are listened to: of dev and of test, whether the pool is heard in them; of the target, what their pauses
hold; of train and train-dev, what a small model learns. Together they take a few seconds."""


def survey_pool(
    out: Path,
    use: Path,
    policy: Path,
    resources: Mapping[str, Any],
    shards: Sequence[Shard],
    *,
    modality: str,
    seed: int,
) -> dict[str, Any]:
    """Measure recorded noise: `measurements.parquet` (MEASUREMENTS) and `noise_pool.parquet` (NOISE_POOL).

    Parameters
    ----------
    out : Path
        The folder to fill.
    use : Path
        A table `tasks.noise.noise_use.NOISE_USE` of all synthetic records.
    policy : Path
        The settled policy.
    resources : mapping
        What the noise was prepared with.
    shards : sequence of Shard
        Real records of every split.
    modality : str
    seed : int

    Returns
    -------
    dict
        `recorded`: "sounds" where any synthetic record hears recorded noise, "pictures" where any has a background, so
        that it has to be judged; "" otherwise.
    """
    pool = _pool(resources, modality)
    listed, heard = pool_table(pool), pq.read_table(use)
    write_table(listed, out / NOISE_POOL_FILE)
    rows = [*_refused(listed)]
    recorded = pool_account(heard).noisy > 0
    if recorded:
        rows += _account(heard)
    if recorded and isinstance(pool, Pool):
        rows += _sounds_account(heard, listed)
        rows += _heard_in(pool, heard, shards)
        rows += _coverage(pool, shards)
        rows += _probe(pool, policy, shards, seed)
    write_table(measurements_table(rows), out / "measurements.parquet")
    kind = "sounds" if isinstance(pool, Pool) else "pictures"
    return {"recorded": kind if recorded else ""}


def _pool(resources: Mapping[str, Any], modality: str) -> Pool | Backgrounds:
    loaded = find_modality(modality).load(dict(resources))
    if modality == "image":
        pictures: Backgrounds = loaded
        return pictures
    sounds: Pool = loaded[0] if modality == "audio" else EMPTY
    return sounds


def _sounds(rows: pa.Table) -> Any:
    return find_modality("audio").decode(rows)


def _refused(listed: pa.Table) -> Iterator[Measurement]:
    reasons = listed["reason"].drop_null()
    for entry in sorted(pc.value_counts(reasons).to_pylist(), key=lambda entry: entry["values"]):
        yield Measurement("noise_refused", None, None, entry["values"], Effect(entry["counts"], n_a=listed.num_rows))


def _account(used: pa.Table) -> Iterator[Measurement]:
    found = pool_account(used)
    for statistic, effect in (
        ("noise_effective_recordings", Effect(found.effective, n_a=found.heard_recordings, n_b=found.recordings)),
        ("noise_largest_share", Effect(found.largest_share, n_a=found.heard_recordings, n_b=found.recordings)),
        ("noise_repetition", Effect(found.repetition, n_a=found.noisy, n_b=found.clips)),
    ):
        yield Measurement(statistic, None, None, None, effect)


def _sounds_account(heard: pa.Table, listed: pa.Table) -> Iterator[Measurement]:
    found = pool_account(heard)
    tonal = listed.filter(pc.greater_equal(listed["tonal_share"], TONAL_SHARE))["file"].combine_chunks()
    tonal_s = pc.sum(heard.filter(pc.is_in(heard["clip"], tonal))["used"]).as_py() or 0.0
    for statistic, effect in (
        ("noise_hours", Effect(found.used / 3600, n_a=found.noisy)),
        ("noise_supported_hours", Effect(found.supported_hours, n_a=found.recordings, n_b=found.clips)),
        ("noise_tonal_share", Effect(tonal_s / found.used, n_a=len(tonal), n_b=found.clips)),
    ):
        yield Measurement(statistic, None, None, None, effect)


def _heard_in(pool: Pool, use: pa.Table, shards: Sequence[Shard]) -> Iterator[Measurement]:
    """Count records of dev and test in which a recording of the pool is heard, in all and of each recording found."""
    used = use.filter(pc.greater(use["used"], 0))["clip"].to_pylist()
    clips = [pool.by_name[name] for name in used if name in pool.by_name]
    for split in ("dev", "test"):
        judged = listen(shards, split, "target", JUDGED)
        if judged is None:
            continue
        found = find_heard(_sounds(judged.rows), clips)
        yield Measurement(
            "noise_heard_in", NOISE, split, None, Effect(len(found), n_a=len(clips), n_b=len(judged.atoms))
        )
        for recording in sorted({entry.recording for entry in found}):
            times = sum(entry.recording == recording for entry in found)
            counted = Effect(times, n_b=len(judged.atoms))
            yield Measurement("noise_recording_heard_in", NOISE, split, recording, counted)


def _coverage(pool: Pool, shards: Sequence[Shard]) -> Iterator[Measurement]:
    split = "train" if listen(shards, "train", "target", 1) is not None else "dev"
    target = listen(shards, split, "target", TARGET)
    if target is None:
        return
    sounds = _sounds(target.rows)
    highest = highest_hz([*(rate for _, rate in sounds), *(clip.sample_rate_hz for clip in pool.clips)])
    known = {name: pieces_of_clip(clips, highest) for name, clips in pool.by_recording.items()}
    reach = reach_of(known)
    pauses = [pieces_of_pauses(samples, rate, highest) for samples, rate in sounds]
    whole = np.concatenate(pauses)
    if not len(whole) or np.isnan(reach.reach):
        return
    atoms = np.repeat(target.atoms, [len(pieces) for pieces in pauses])
    inside = paired_difference(covered(whole, known, reach.reach).astype(float), atoms, level=0.05)
    found = _effect(inside, low=0.0, high=1.0, n_b=int(sum(len(pieces) > 0 for pieces in pauses)))
    yield Measurement("noise_coverage", NOISE, split, None, found)
    yield Measurement("noise_coverage_of_others", NOISE, split, None, Effect(reach.others, n_a=len(known)))
    yield Measurement("noise_reach_db", NOISE, split, None, Effect(reach.reach, n_a=len(known)))


def _probe(pool: Pool, policy: Path, shards: Sequence[Shard], seed: int) -> Iterator[Measurement]:
    train, held = listen(shards, "train", "source", TAUGHT), listen(shards, "train-dev", "source", ASKED)
    if train is None or held is None:
        return
    sounds = (_sounds(train.rows), _sounds(held.rows))
    found = probe_pool(train, held, sounds, load_policy(policy), pool, seed=seed)
    if found is not None:
        counted = {"n_a": len(train.atoms), "n_b": len(held.atoms)}
        yield Measurement("noise_unseen_gap", NOISE, "train-dev", None, _effect(found.gap, **counted))
        yield Measurement("noise_seen_error", NOISE, "train-dev", None, Effect(found.seen, **counted))
        yield Measurement("noise_unseen_error", NOISE, "train-dev", None, Effect(found.unseen, **counted))


def _effect(found: Paired, *, low: float = -np.inf, high: float = np.inf, n_a: int = 0, n_b: int = 0) -> Effect:
    """Return a mean with its interval; without one, where too few atoms are known."""
    if not np.isfinite(found.low) or not np.isfinite(found.high):
        return Effect(found.effect, n_a=n_a or found.rows, n_b=n_b)
    return Effect(
        found.effect, max(low, found.low), min(high, found.high), n_a=n_a or found.rows, n_b=n_b or found.units
    )
