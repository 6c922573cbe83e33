"""Synthesize: write the published shards: real records, noisy copies of the source, varied ones of the target."""

from pathlib import Path
from typing import Any

from tasks.caching import Made, Ref, store_task
from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.modalities.shards import write_real, write_synthetic
from tasks.workers import in_worker


@store_task("tasks.sources", "tasks.payloads", "tasks.modalities", reads=("inputs", "modality"), retries=2)
def write_shard(out: Path, *, plan: Ref, inputs: tuple[Input, ...], modality: str) -> dict[str, Any]:
    """Write the real rows of one laid out shard: `rows.parquet`."""
    return in_worker(write_real, out, plan.path, inputs, modality)


@store_task(
    "tasks.noise", "tasks.payloads", "tasks.descriptors", "tasks.modalities", reads=("synthesis", "modality", "seed")
)
def synthesize_shard(
    out: Path, *, rows: Ref, policy: Made, resources: Made, synthesis: Synthesis, modality: str, seed: int
) -> dict[str, Any]:
    """Make the synthetic records of one published shard of train.

    Makes `rows.parquet`, `draws.parquet` and `records.parquet` (identity and descriptors of the synthetic records),
    in step with each other.
    """
    return in_worker(
        write_synthetic,
        out,
        rows.path,
        policy.ref("policy.yaml").path,
        resources.ref("resources.json").path,
        copies=synthesis.copies,
        modality=modality,
        seed=seed,
    )


@store_task("tasks.noise", "tasks.payloads", "tasks.descriptors", "tasks.modalities", reads=("modality", "seed"))
def vary_shard(out: Path, *, rows: Ref, resources: Made, copies: float, modality: str, seed: int) -> dict[str, Any]:
    """Make copies of the labelled target records of one published shard of train, by the generic policy.

    Makes the files that `synthesize_shard` makes.
    """
    return in_worker(
        write_synthetic,
        out,
        rows.path,
        None,
        resources.ref("resources.json").path,
        copies=copies,
        modality=modality,
        seed=seed,
        domain="target",
    )
