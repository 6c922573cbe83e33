"""Diagnose: read predictions, put them beside a version's records, count the look at dev, write the pages."""

import json
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import yaml
from filelock import FileLock

from tasks.catalog.atomic import scratch_folder, settle_folder, write_table, write_text
from tasks.catalog.digest import digest_file
from tasks.diagnosis.looks import add_look, count_looks
from tasks.diagnosis.predictions import join_predictions
from tasks.errors import InputError

LOOKS_FILE = "looks.parquet"
TAKEN = frozenset({"baseline", "errors", "labels", "human"})
"""Folders of a version's diagnosis that other commands write."""


def read_predictions(path: Path, manifest: Path) -> dict[str, pd.DataFrame]:
    """Read a file of predictions beside a manifest; see `tasks.diagnosis.predictions.join_predictions`.

    Raises
    ------
    InputError
        When the file is missing, is neither Parquet nor CSV, or what it holds cannot be used.
    """
    if not path.is_file():
        raise InputError(f"predictions: {path} is not there. A Parquet or CSV file with record_id, prediction wanted.")
    try:
        if path.suffix.lower() == ".csv":
            # Labels that look like numbers stay text: label 07 is not label 7.
            names = ("record_id", "prediction", "model")
            options = pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=True,
                null_values=["", "NaN", "nan", "NULL"],
            )
            table = pacsv.read_csv(path, convert_options=options)
        else:
            table = pq.read_table(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"predictions: {path} is no Parquet or CSV file that can be read ({str(error)[:120]})."
        ) from error
    return join_predictions(table, pq.read_table(manifest))


def read_errors(path: Path) -> Any:
    """Read rates that somebody wrote down, as YAML or JSON.

    Raises
    ------
    InputError
        When the file is missing or is neither.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"errors: {path} cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"errors: {path} is neither YAML nor JSON ({str(error)[:120]}).") from error


def note_look(store: Path, models: list[str], *, split: str, predictions: Path, version: int, drawing: int) -> int:
    """Count a look at dev or test in the store's ledger, and return how many there were since the split was drawn."""
    place = store / LOOKS_FILE
    with FileLock(store / f".{LOOKS_FILE}.lock"):
        ledger = pq.read_table(place) if place.exists() else None
        digest, at = digest_file(predictions), datetime.now(UTC).isoformat(timespec="seconds")
        for model in models:
            ledger = add_look(
                ledger, split=split, drawing=drawing, version=version, model=model, predictions=digest, at=at
            )
        assert ledger is not None  # noqa: S101 - there is at least one model
        write_table(ledger, place)
    return count_looks(ledger, split, drawing)


def folder_name(model: str) -> str:
    """Name a model's folder: letters, digits, dots and dashes; never that of another command."""
    name = re.sub(r"[^\w.-]+", "-", model, flags=re.ASCII).strip(".-") or "model"
    return f"model-{name}" if name in TAKEN else name[:80]


def write_result(folder: Path, page: str, values: Mapping[str, Any]) -> Path:
    """Put the page and the values in a folder, which replaces the one that was there; return the page's path."""
    with scratch_folder(folder.parent) as aside:
        (aside / "new").mkdir()
        write_text(page, aside / "new" / "index.html")
        write_text(json.dumps(values, indent=2, allow_nan=False) + "\n", aside / "new" / "diagnosis.json")
        if folder.exists():
            folder.rename(aside / "old")
        settle_folder(aside / "new", folder)
        shutil.rmtree(aside / "old", ignore_errors=True)
    return folder / "index.html"
