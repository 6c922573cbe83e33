"""The first system: a small model trained on a published version, its ladder, its curve, a trial of transfer."""

import json
import shutil
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from prefect import flow

from flows.progress import each, one
from flows.published import Version, find_version
from flows.runners import find_runner
from tasks.caching import Made, forget_unused
from tasks.catalog.atomic import scratch_folder, settle_folder, write_text
from tasks.catalog.redraws import list_drawings
from tasks.catalog.schema import SPLITS
from tasks.config.dataset import DatasetConfig
from tasks.config.load import load_config, with_secrets
from tasks.diagnose import note_look
from tasks.diagnosis.first_system import PUBLISHED
from tasks.diagnosis.network import insist_on_network
from tasks.modalities.baseline_rows import FOUND, PREDICTIONS
from tasks.modalities.label_counts import advise, read_counted
from tasks.report.baseline import write_baseline
from tasks.teach import choose_taught, see_published, teach_baseline, teach_sizes, teach_transfer

RESULT = "result.json"


@dataclass(frozen=True)
class Asked:
    """What is asked for besides the model and its ladder.

    Parameters
    ----------
    version : int, optional
        The published one by default.
    test : bool
        Judge on test too. Each time spends some of it.
    curve : bool
        Learning curves.
    wanted : float, optional
        The error that the curve is asked about.
    transfer : bool
        Pretrain on the source, fine-tune on the target.
    """

    version: int | None = None
    test: bool = False
    curve: bool = False
    wanted: float | None = None
    transfer: bool = False


@dataclass(frozen=True)
class BaselineRun:
    """What was found, and where it lies.

    Parameters
    ----------
    folder : Path
        Holds `predictions.parquet`, `predictions-real.parquet` where there are synthetic records, `result.json` and
        `index.html`.
    result : dict
        What `result.json` says.
    """

    folder: Path
    result: dict[str, Any]


@flow(name="run-baseline", task_runner=find_runner("threads"))
def run_baseline(config: DatasetConfig | str, asked: Asked | None = None) -> BaselineRun:
    """Train a small model on a published version, and say what its errors say.

    Parameters
    ----------
    config : DatasetConfig or str
        The configuration, or the path of its file.
    asked : Asked, optional

    Returns
    -------
    BaselineRun

    Raises
    ------
    StoreError
        When nothing is published yet.
    InputError
        When train or dev have no labels.

    Notes
    -----
    Nothing of the version changes. What was computed for one run is found again by the next.
    """
    settings = with_secrets(config if isinstance(config, DatasetConfig) else load_config(Path(config)))
    wish = asked or Asked()
    version = find_version(settings, wish.version)
    began, common = time.time(), {"work": version.work, "config": settings}
    chosen = one("choose", choose_taught, manifest=version.manifest, test=wish.test, **common)
    used = [split for split in SPLITS if wish.test or split != "test"]
    shards = [{"rows": ref} for split in used for ref in version.rows(split)]
    judge = settings.synthesis.judge if settings.modality != "tabular" else "small"
    if judge == "network":
        insist_on_network()
    seen = each("see", see_published, shards, chosen=chosen, pictured=judge == "network", **common)
    given = {"seen": seen, "fitted_to": version.fitted_to, "judge": judge, **common}
    parts = {"first": one("train", teach_baseline, chosen=chosen, **given)}
    if wish.curve:
        parts["curve"] = one("curve", teach_sizes, chosen=chosen, wanted=wish.wanted, **given)
    if wish.transfer:
        parts["transfer"] = one("transfer", teach_transfer, **given)
    run = _leave(settings, version, chosen, parts)
    forget_unused(version.work, began)
    return run


def _leave(settings: DatasetConfig, version: Version, chosen: Made, parts: dict[str, Made]) -> BaselineRun:
    """Write everything aside, then put it in the place of what an earlier run left."""
    result: dict[str, Any] = {
        "name": settings.name,
        "version": version.number,
        "modality": settings.modality,
        "rows": chosen.facts["rows"],
        "seen": chosen.facts["chosen"],
        "advice": advise(read_counted(version.manifest.path)),
        **{name: made.json(FOUND) for name, made in parts.items()},
    }
    levels, predictions = result["first"]["ladders"][PUBLISHED]["levels"], parts["first"].ref(PREDICTIONS[PUBLISHED])
    result["looks"] = _note_looks(version, levels, predictions.path)
    folder = version.diagnosis / "baseline"
    with scratch_folder(version.diagnosis) as aside:
        for name in PREDICTIONS.values():
            if name in parts["first"].names:
                shutil.copyfile(parts["first"].ref(name).path, aside / name)
        write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", aside / RESULT)
        write_baseline(result, aside)
        if folder.exists():
            shutil.rmtree(folder)
        settle_folder(aside, folder)
    return BaselineRun(folder, result)


def _note_looks(version: Version, levels: Collection[str], predictions: Path) -> dict[str, int]:
    """Count that dev and, where asked for, test were looked at; the same predictions count once."""
    drawing, store = len(list_drawings(pq.read_table(version.folder / "ledger.parquet"))), version.store.root
    return {
        split: note_look(
            store, ["baseline"], split=split, predictions=predictions, version=version.number, drawing=drawing
        )
        for split in ("dev", "test")
        if split in levels
    }
