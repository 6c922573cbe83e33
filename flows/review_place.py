"""Where sheets live: the store's folder for diagnosis, and the published version that they are drawn from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pa_dataset
import pyarrow.parquet as pq

from tasks.catalog.atomic import scratch_folder, settle_folder
from tasks.catalog.digest import digest_value
from tasks.catalog.labels import labels_in
from tasks.catalog.redraws import list_drawings
from tasks.catalog.store import Store, find_store
from tasks.config.dataset import DatasetConfig
from tasks.config.load import load_config, with_secrets
from tasks.diagnose import note_look, read_predictions
from tasks.diagnosis.sheet_answers import Answers, check_answers, read_page, read_rows
from tasks.diagnosis.sheet_predictions import choose_model
from tasks.diagnosis.sheet_spreadsheet import from_csv, from_xlsx, to_csv, to_xlsx
from tasks.errors import ConfigError, InputError, StoreError, some

PLAN, ABOUT = "plan.parquet", "plan.json"
LARGEST = 100_000_000
"""Bytes of a file that people hand in."""


@dataclass(frozen=True)
class Reviewed:
    """A published version that people look at."""

    config: DatasetConfig
    store: Store
    version: int

    @property
    def folder(self) -> Path:
        """The version's folder."""
        return self.store.version_folder(self.version)

    def answers(self, predictions: Path, wanted: str | None) -> tuple[str, pd.DataFrame]:
        """Return which model a file of predictions is read for, and its rows."""
        models = read_predictions(predictions, self.folder / "manifest.parquet")
        name = choose_model(models, wanted)
        return name, models[name]

    def note_look(self, split: str, predictions: Path, model: str) -> int:
        """Count the look at a split; the same answers were looked at once, whether diagnosed or put on a sheet."""
        path = self.folder / "ledger.parquet"
        drawings = list_drawings(pq.read_table(path) if path.exists() else None)
        return note_look(
            self.store.root,
            [model],
            split=split,
            predictions=predictions,
            version=self.version,
            drawing=len(drawings),
        )

    def home(self, kind: str) -> Path:
        """Where sheets of a kind are written."""
        return self.store.root / "diagnosis" / f"{self.version:06d}" / kind

    def records(self) -> pa.Table:
        """Return the real records of the manifest.

        Raises
        ------
        ConfigError
            When the labels are no classes.
        """
        manifest = pq.read_table(self.folder / "manifest.parquet")
        if labels_in(manifest.schema).kind != "class":
            raise ConfigError("this command is for data sets whose labels are classes; here they are of another kind.")
        return manifest.filter(pc.invert(manifest["synthetic"]))

    def published(self, record_ids: Sequence[str], splits: Sequence[str]) -> pa.Table:
        """Return published rows of some records, in their order."""
        wanted = pa.array(record_ids, pa.string())
        folders = [self.folder / "data" / split for split in splits]
        parts = [str(file) for folder in folders for file in sorted(folder.glob("real-*.parquet"))]
        found = pa_dataset.dataset(parts, format="parquet").to_table(filter=pa_dataset.field("record_id").isin(wanted))
        return found.take(pc.index_in(wanted, value_set=found["record_id"].combine_chunks()))


def reviewed(config: Path, version: int | None = None) -> Reviewed:
    """Find the published version of a configuration.

    Raises
    ------
    ConfigError, StoreError
        When there is no store, no version, or nothing of it on this machine.
    """
    settings = with_secrets(load_config(config))
    store = find_store(settings.store, settings.work)
    if not store.refresh():
        raise ConfigError(f"{store.place} is not a store yet; build it first: matchset build {config}")
    wanted = version if version is not None else store.current_version()
    if wanted is None:
        raise StoreError(f"{store.place} holds no version yet; build one: matchset build {config}")
    if not (store.version_folder(wanted) / "manifest.parquet").exists():
        raise StoreError(
            f"{store.version_folder(wanted)}: version {wanted} is not there; {store.place} has "
            f"{some(store.known_versions())}. Of a store behind a URL copy that folder here first."
        )
    return Reviewed(settings, store, wanted)


@dataclass(frozen=True)
class Plan:
    """What a sheet was drawn from, which no file that people edit can change.

    Parameters
    ----------
    about : mapping
        kind, sheet, version, model, population, and what else the reading needs.
    rows : pa.Table
        A row a record on the sheet: record_id, stratum, atom, split, label, and more.
    """

    about: Mapping[str, Any]
    rows: pa.Table

    @property
    def sheet(self) -> str:
        """The sheet's name."""
        return str(self.about["sheet"])


def name_sheet(kind: str, version: int, *inputs: Any) -> str:
    """Name a sheet by what it is drawn from: the same call gives the same sheet."""
    return digest_value([kind, version, *inputs])[:8]


def write_sheet(
    home: Path,
    plan: Plan,
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    page: str,
    more: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a sheet as a page and as spreadsheets, and its plan beside it; return the folder."""
    files = {
        "sheet.html": page.encode("utf-8"),
        "sheet.csv": to_csv(columns, cells),
        "sheet.xlsx": to_xlsx(columns, cells),
        ABOUT: json.dumps(dict(plan.about), indent=1, sort_keys=True, allow_nan=False).encode("utf-8"),
        **(more or {}),
    }
    folder = home / plan.sheet
    with scratch_folder(home) as aside:
        staged = aside / "new"
        staged.mkdir()
        for name, data in files.items():
            (staged / name).write_bytes(data)
        pq.write_table(plan.rows, staged / PLAN)
        if folder.exists():  # the same sheet, drawn again; what people saved elsewhere fits it still
            folder.rename(aside / "old")
        settle_folder(staged, folder)
    return folder


def write_answer(folder: Path, name: str, value: Any) -> Path:
    """Write what was read from sheets beside their plan, in one step."""
    from tasks.catalog.atomic import write_text

    write_text(json.dumps(value, indent=1, allow_nan=False) + "\n", folder / name)
    return folder / name


def read_sheets(place: Reviewed, kind: str, files: Sequence[Path]) -> tuple[Plan, list[Answers], Path]:
    """Read what people handed in, and find the plan of their sheet.

    Raises
    ------
    InputError
        When a file cannot be read, is of another kind, sheet or version, or names records that are not on it.
    """
    given = [read_file(path, kind) for path in files]
    first = given[0]
    folder = place.store.root / "diagnosis" / f"{first.version:06d}" / kind / first.sheet
    if not first.sheet.isalnum() or not (folder / ABOUT).exists():
        raise InputError(
            f"{files[0].name}: there is no sheet {first.sheet!r} of version {first.version} in "
            f"{place.store.place}. Hand over a sheet of this store, its columns 'sheet' and 'version' unchanged."
        )
    plan = Plan(json.loads((folder / ABOUT).read_text(encoding="utf-8")), pq.read_table(folder / PLAN))
    check_answers(given, plan.sheet, int(plan.about["version"]), plan.rows["record_id"].to_pylist())
    return plan, given, folder


def read_file(path: Path, kind: str) -> Answers:
    """Read one file that somebody handed in."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: {path.stat().st_size:,} bytes are more than a sheet has.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror}).") from error
    match path.suffix.lower():
        case ".json":
            found = read_page(data.decode("utf-8", errors="replace"), kind, path.name)
            return (
                found if found.reviewer else Answers(found.kind, found.sheet, found.version, path.stem, *_rest(found))
            )
        case ".csv":
            return read_rows(from_csv(data, path.name), kind, path.name, path.stem)
        case ".xlsx":
            return read_rows(from_xlsx(data, path.name), kind, path.name, path.stem)
    raise InputError(f"{path}: a .json, .csv or .xlsx file wanted.")


def _rest(found: Answers) -> tuple[Any, int]:
    return found.rows, found.left
