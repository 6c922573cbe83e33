"""The survey of a noise pool, from files to files: how it was used, and what models may learn of it by heart."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.atomic import write_table
from tasks.modalities.kinds import modality as find_modality
from tasks.noise.pool import EMPTY, Pool
from tasks.noise.pool_account import pool_account
from tasks.noise.pool_quality import TONAL_SHARE
from tasks.noise.pool_table import pool_table
from tasks.shift.measurements import Effect, Measurement, measurements_table

NOISE_POOL_FILE = "noise_pool.parquet"


def survey_pool(out: Path, use: Path, resources: Mapping[str, Any], *, modality: str) -> dict[str, Any]:
    """Measure recorded noise: `measurements.parquet` (MEASUREMENTS) and `noise_pool.parquet` (NOISE_POOL).

    Parameters
    ----------
    out : Path
        The folder to fill.
    use : Path
        A table `tasks.noise.noise_use.NOISE_USE` of all synthetic records.
    resources : mapping
        What the noise was prepared with.
    modality : str

    Returns
    -------
    dict
        `recorded`: whether any synthetic record hears recorded noise, so that it has to be judged.
    """
    pool = _pool(resources, modality)
    listed = pool_table(pool)
    write_table(listed, out / NOISE_POOL_FILE)
    heard = pq.read_table(use)
    rows = [*_refused(listed)]
    recorded = pool_account(heard).noisy > 0
    if recorded:
        rows += _account(heard, listed)
    write_table(measurements_table(rows), out / "measurements.parquet")
    return {"recorded": recorded}


def _pool(resources: Mapping[str, Any], modality: str) -> Pool:
    loaded = find_modality(modality).load(dict(resources)) if modality == "audio" else (EMPTY, EMPTY)
    pool: Pool = loaded[0]
    return pool


def _refused(listed: pa.Table) -> Iterator[Measurement]:
    reasons = listed["reason"].drop_null()
    for entry in sorted(pc.value_counts(reasons).to_pylist(), key=lambda entry: entry["values"]):
        yield Measurement("noise_refused", None, None, entry["values"], Effect(entry["counts"], n_a=listed.num_rows))


def _account(heard: pa.Table, listed: pa.Table) -> Iterator[Measurement]:
    found = pool_account(heard)
    tonal = listed.filter(pc.greater_equal(listed["tonal_share"], TONAL_SHARE))["file"].combine_chunks()
    tonal_s = pc.sum(heard.filter(pc.is_in(heard["clip"], tonal))["heard_s"]).as_py() or 0.0
    for statistic, effect in (
        ("noise_effective_recordings", Effect(found.effective, n_a=found.heard_recordings, n_b=found.recordings)),
        ("noise_largest_share", Effect(found.largest_share, n_a=found.heard_recordings, n_b=found.recordings)),
        ("noise_repetition", Effect(found.repetition, n_a=found.noisy, n_b=found.clips)),
        ("noise_hours", Effect(found.heard_s / 3600, n_a=found.noisy)),
        ("noise_supported_hours", Effect(found.supported_hours, n_a=found.recordings, n_b=found.clips)),
        ("noise_tonal_share", Effect(tonal_s / found.heard_s, n_a=len(tonal), n_b=found.clips)),
    ):
        yield Measurement(statistic, None, None, None, effect)
