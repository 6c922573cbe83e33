"""Prove: whether the synthetic records help a small model on dev, and what follows from it."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tasks.caching import Made, store_task
from tasks.catalog.atomic import write_table, write_text
from tasks.catalog.schema import DEV_FIT
from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.modalities.proof import prove_rows
from tasks.noise.policy import Policy, dump_policy
from tasks.workers import alone_in_worker


@store_task(
    *("tasks.diagnosis", "tasks.task_space", "tasks.shift.measurements", "tasks.shift.intervals"),
    *("tasks.modalities.proof", "tasks.modalities.task_space", "tasks.noise.policy"),
    reads=("inputs", "domain_defining", "synthesis", "modality", "seed"),
)
def prove_synthesis(
    out: Path,
    *,
    sensed: list[Made],
    policy: Made,
    published: dict[str, int],
    inputs: tuple[Input, ...],
    domain_defining: tuple[str, ...],
    synthesis: Synthesis,
    modality: str,
    seed: int,
) -> dict[str, Any]:
    """Compare small models that were trained with and without the synthetic records: `proof.parquet` (MEASUREMENTS).

    It is handed rows of train and dev, and nothing of test. A fitted policy whose records do not help is not used; one
    that was asked for by name stays, and the checks say what it does. Where a policy is not used, `policy.yaml`, which
    does nothing, is made: it takes the other's place in the version.
    """
    sensitive = [name for entry in inputs if entry.kind == "table" for name in entry.sensitive]
    found = alone_in_worker(
        prove_rows,
        out,
        [made.folder for made in sensed],
        fitted_to=policy.ref(DEV_FIT).path if DEV_FIT in policy.names else None,
        published=published,
        fitted=is_fitted(synthesis),
        judge=synthesis.judge,
        asked_for=synthesis.target_copies != "auto",
        leave_out=(*domain_defining, *sensitive),
        modality=modality,
        seed=seed,
    )
    if found["proved"] == "withdrawn":
        write_text(dump_policy(Policy.model_validate({"modality": modality})), out / "policy.yaml")
    return found


def is_fitted(synthesis: Synthesis) -> bool:
    """Tell whether the policy was found, not named: then nobody asked for records that do not help."""
    return synthesis.policy == "fitted"


@store_task()
def withdraw_shard(out: Path, *, shard: Made) -> dict[str, Any]:
    """Leave out the synthetic records of a shard: the same files without rows."""
    for name in shard.names:
        write_table(pq.read_schema(shard.ref(name).path).empty_table(), out / name)
    return {"rows": 0}
