"""Contrast: copies by policies that know nothing of the target, beside those by the policy of the build."""

from pathlib import Path
from typing import Any

from tasks.caching import Made, Ref, store_task
from tasks.config.synthesis import Synthesis
from tasks.modalities.contrast import contrast_rows
from tasks.workers import in_worker


@store_task(
    *("tasks.noise", "tasks.payloads", "tasks.descriptors", "tasks.modalities"),
    reads=("synthesis", "modality", "seed"),
)
def contrast_policies(
    out: Path, *, plan: Ref, rows: Ref, made: Ref, resources: Made, synthesis: Synthesis, modality: str, seed: int
) -> dict[str, Any]:
    """Describe some rows of train, and copies of them by the build's policy and by two others: `lines.parquet`.

    A policy whose copies do not help is told too, though they are not published.
    """
    known = synthesis.policy if synthesis.policy in ("fitted", "default", "none") else "named"
    return in_worker(
        contrast_rows,
        out,
        plan.path,
        rows.path,
        made.path,
        resources.ref("resources.json").path,
        used=known,
        copies=synthesis.copies,
        modality=modality,
        seed=seed,
    )
