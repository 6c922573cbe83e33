"""Survey: account for recorded noise, so that a model learns speech and not the recordings behind it."""

from pathlib import Path
from typing import Any

from tasks.caching import Made, store_task
from tasks.modalities.noise_survey import survey_pool
from tasks.workers import alone_in_worker


@store_task("tasks.noise", "tasks.shift", "tasks.modalities", reads=("modality",))
def survey_noise(out: Path, *, manifest: Made, resources: Made, modality: str) -> dict[str, Any]:
    """Measure how recorded noise is used: `measurements.parquet`, and `noise_pool.parquet`, every file of the pool."""
    use, needs = manifest.ref("noise_use.parquet").path, resources.json("resources.json")
    return alone_in_worker(survey_pool, out, use, needs, modality=modality)
