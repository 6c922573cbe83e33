"""Learn: what a small model of the task sees, the space in which distances between splits matter for the task."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.caching import Made, Ref, store_task
from tasks.config.inputs import Input
from tasks.modalities.task_space import ROWS, borrow_space, learn_space, sense_rows
from tasks.workers import alone_in_worker, in_worker

TEACHING = 2
"""So many times the rows that are embedded teach the model."""

FEWEST = 64
BYTES = 6 * 2**20
"""Stored bytes of a split that are decoded: 2,000 characters, or 200 photos of 30 kB, take half a second."""


@dataclass(frozen=True)
class Shard:
    """A published shard that is looked at.

    Parameters
    ----------
    rows, plan : Ref
        See `tasks.modalities.task_space.sense_rows`.
    take, embedded : int
        Rows that are sensed, and those of them that are embedded.
    synthetic : bool
    targets : int
        Rows of the target that are sensed besides.
    """

    rows: Ref
    plan: Ref
    take: int
    embedded: int
    synthetic: bool
    targets: int = 0


def choose_shards(plan: Made, rows: Sequence[Made], synthetic: Sequence[Made]) -> list[dict[str, Any]]:
    """Choose the shards that a small model sees, and how many rows of each: few where records are large.

    Of train the target's rows are looked for in all shards, since they are few and say most.

    Parameters
    ----------
    plan : Made
        What `lay_out` made.
    rows : sequence of Made
        Published rows, in step with the plan's files.
    synthetic : sequence of Made
        Synthetic rows, in step with the plan's files of train.

    Returns
    -------
    list of dict
        Arguments of `sense_shard`.
    """
    by_name = dict(zip(plan.names, rows, strict=True))
    train = [name for name in plan.names if name.startswith("train/")]
    copies = sum(made.facts["rows"] for made in synthetic) / max(1, sum(by_name[name].facts["rows"] for name in train))
    stored = [made.ref("rows.parquet").path.stat().st_size for made in rows]
    each = sum(stored) / max(1, sum(made.facts["rows"] for made in rows))
    most = int(min(ROWS, max(FEWEST, BYTES / max(1.0, each))))
    chosen: list[Shard] = []
    for split in sorted({name.rpartition("/")[0] for name in plan.names}):
        embedded = int(most / max(1.0, copies)) if split == "train" else most
        left, shown = (TEACHING * most if split == "train" else most), embedded
        targets = most if split == "train" else 0
        for name in [name for name in plan.names if name.startswith(f"{split}/")]:
            rows_of_shard = by_name[name].facts["rows"]
            take, own = max(0, min(left, rows_of_shard)), min(targets, plan.facts["targets"][name])
            besides = own if take < rows_of_shard else 0
            if not take and not besides:
                continue
            ref = plan.ref(name)
            chosen.append(Shard(by_name[name].ref("rows.parquet"), ref, take, max(0, min(shown, take)), False, besides))
            targets -= own
            if split == "train" and shown > 0:
                made = synthetic[train.index(name)]
                few = min(shown, take)
                if made.facts["rows"]:
                    chosen.append(Shard(made.ref("rows.parquet"), ref, few, few, synthetic=True))
            left, shown = left - take, max(0, shown - take)
    return [vars(shard) for shard in chosen]


def choose_variations(plan: Made, names: Sequence[str], varied: Sequence[Made]) -> list[dict[str, Any]]:
    """Choose varied copies of target records that a small model learns from.

    Parameters
    ----------
    plan : Made
        What `lay_out` made.
    names : sequence of str
        Its files of train that hold target records.
    varied : sequence of Made
        Copies of these, in step.

    Returns
    -------
    list of dict
        Arguments of `sense_shard`.
    """
    stored = sum(made.ref("rows.parquet").path.stat().st_size for made in varied)
    copies, own = sum(made.facts["rows"] for made in varied), sum(plan.facts["targets"][name] for name in names)
    most = int(min(ROWS, max(FEWEST, BYTES * copies / max(1, stored))) * own / max(1, copies))
    chosen = []
    for name, made in zip(names, varied, strict=True):
        if (few := min(most, plan.facts["targets"][name])) and made.facts["rows"]:
            chosen.append(vars(Shard(made.ref("rows.parquet"), plan.ref(name), 0, 0, synthetic=True, targets=few)))
        most -= few
    return chosen


@store_task(
    *("tasks.payloads", "tasks.task_space", "tasks.descriptors", "tasks.modalities.task_space"),
    reads=("modality", "seed"),
)
def sense_shard(
    out: Path,
    *,
    rows: Ref,
    plan: Ref,
    take: int,
    embedded: int,
    synthetic: bool,
    targets: int,
    pictured: bool,
    modality: str,
    seed: int,
) -> dict[str, Any]:
    """Turn some rows of a shard into features of fixed random filters: nothing is fitted yet."""
    found = in_worker(
        sense_rows,
        out,
        rows.path,
        plan.path,
        take=take,
        embedded=embedded,
        synthetic=synthetic,
        targets=targets,
        pictured=pictured,
        modality=modality,
        seed=seed,
    )
    return found | {"synthetic": synthetic}


@store_task(
    *("tasks.task_space", "tasks.splitting.atom_table", "tasks.modalities.task_space"),
    reads=("inputs", "domain_defining", "modality", "seed"),
)
def learn_task(
    out: Path,
    *,
    sensed: list[Made],
    inputs: tuple[Input, ...],
    domain_defining: tuple[str, ...],
    modality: str,
    seed: int,
) -> dict[str, Any]:
    """Fit a small model on the source, cross-fitted by atoms, and embed rows of all splits: `task_embedding.parquet`.

    What defines the domain and what is sensitive is no column that a model of the task should use.
    """
    sensitive = [name for entry in inputs if entry.kind == "table" for name in entry.sensitive]
    folders = [made.folder for made in sensed]
    leave_out = (*domain_defining, *sensitive)
    return alone_in_worker(learn_space, out, folders, leave_out=leave_out, modality=modality, seed=seed)


@store_task("tasks.modalities.task_space", reads=("seed",))
def borrow_embedding(out: Path, *, manifest: Made, name: str, seed: int) -> dict[str, Any]:
    """Take an embedding of the user's for the task space: `task_embedding.parquet`."""
    return alone_in_worker(borrow_space, out, manifest.ref("manifest.parquet").path, name, seed=seed)
