"""Teach: a baseline on what a version holds, how its error falls with rows, what a start from the source brings."""

from pathlib import Path
from typing import Any

from tasks.caching import Made, Ref, store_task
from tasks.config.inputs import Input
from tasks.modalities.baseline_rows import compare_transfer, draw_curve, train_first
from tasks.modalities.published_rows import CHOSEN, choose_rows, see_rows
from tasks.workers import alone_in_worker, in_worker

_NOUNS = (
    *("tasks.diagnosis", "tasks.task_space", "tasks.shift.measurements", "tasks.shift.intervals"),
    *("tasks.modalities.baseline_rows", "tasks.modalities.baseline_seen", "tasks.modalities.task_space"),
)


@store_task("tasks.modalities.published_rows", "tasks.splitting.atom_table", reads=("modality", "seed"))
def choose_taught(out: Path, *, manifest: Ref, test: bool, modality: str, seed: int) -> dict[str, Any]:
    """Choose the records that a baseline learns from and is judged on: `chosen.parquet`."""
    return alone_in_worker(choose_rows, out, manifest.path, test=test, modality=modality, seed=seed)


@store_task(
    *("tasks.payloads", "tasks.task_space", "tasks.descriptors"),
    *("tasks.modalities.published_rows", "tasks.modalities.task_space"),
    reads=("modality", "seed"),
)
def see_published(
    out: Path, *, rows: Ref, chosen: Made, modality: str, seed: int, pictured: bool = False
) -> dict[str, Any]:
    """Turn the chosen rows of a published file into features of fixed random filters; small pictures too, if asked."""
    return in_worker(see_rows, out, rows.path, chosen.ref(CHOSEN).path, modality=modality, seed=seed, pictured=pictured)


@store_task(*_NOUNS, reads=("inputs", "domain_defining", "modality", "seed"))
def teach_baseline(
    out: Path, *, seen: list[Made], chosen: Made, fitted_to: Ref | None, seed: int, **given: Any
) -> dict[str, Any]:
    """Train the baseline with and without synthetic records, and judge it: predictions, `found.json`."""
    folders = [made.folder for made in seen]
    return alone_in_worker(train_first, out, folders, rows=chosen.facts["rows"], seed=seed, **_how(fitted_to, **given))


@store_task(*_NOUNS, reads=("inputs", "domain_defining", "modality", "seed"))
def teach_sizes(
    out: Path,
    *,
    seen: list[Made],
    chosen: Made,
    fitted_to: Ref | None,
    wanted: float | None,
    seed: int,
    **given: Any,
) -> dict[str, Any]:
    """Train the baseline on few rows and many, and fit learning curves: `found.json`."""
    folders = [made.folder for made in seen]
    rows, how = chosen.facts["rows"], _how(fitted_to, **given)
    return alone_in_worker(draw_curve, out, folders, rows=rows, wanted=wanted, seed=seed, **how)


@store_task(*_NOUNS, reads=("inputs", "domain_defining", "modality", "seed"))
def teach_transfer(out: Path, *, seen: list[Made], fitted_to: Ref | None, seed: int, **given: Any) -> dict[str, Any]:
    """Pretrain on the source, fine-tune on the target, and compare: `found.json`."""
    folders = [made.folder for made in seen]
    return alone_in_worker(compare_transfer, out, folders, seed=seed, **_how(fitted_to, **given))


def _how(
    fitted_to: Ref | None,
    *,
    inputs: tuple[Input, ...],
    domain_defining: tuple[str, ...],
    modality: str,
    judge: str = "small",
) -> dict[str, Any]:
    """Say what no model of the task may use: what defines the domain, and what is sensitive."""
    sensitive = [name for entry in inputs if entry.kind == "table" for name in entry.sensitive]
    lent = fitted_to.path if fitted_to is not None else None
    return {"fitted_to": lent, "leave_out": (*domain_defining, *sensitive), "modality": modality, "judge": judge}
