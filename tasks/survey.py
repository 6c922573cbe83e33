"""Survey: account for recorded noise, so that a model learns what is said and not the recordings behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tasks.caching import Made, store_task
from tasks.modalities.noise_rows import Shard
from tasks.modalities.noise_survey import survey_pool
from tasks.workers import alone_in_worker


@store_task(
    "tasks.noise",
    "tasks.shift",
    "tasks.descriptors",
    "tasks.task_space",
    "tasks.modalities",
    reads=("modality", "seed"),
)
def survey_noise(
    out: Path,
    *,
    manifest: Made,
    plan: Made,
    rows: Sequence[Made],
    policy: Made,
    resources: Made,
    modality: str,
    seed: int,
) -> dict[str, Any]:
    """Measure how recorded noise is used: `measurements.parquet`, and `noise_pool.parquet`, every file of the pool.

    It listens to records of dev and of test, to tell whether a recording of the pool is heard in them; nothing that
    shapes the noise hears of what it finds.
    """
    shards = [
        Shard(name.rpartition("/")[0], made.ref("rows.parquet").path, plan.ref(name).path)
        for name, made in zip(plan.names, rows, strict=True)
    ]
    return alone_in_worker(
        survey_pool,
        out,
        manifest.ref("noise_use.parquet").path,
        policy.ref("policy.yaml").path,
        resources.json("resources.json"),
        shards,
        modality=modality,
        seed=seed,
    )
