"""What a comparison leaves on the disk for programs: every number as a table."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as pacsv

from tasks.catalog.atomic import file_aside, write_table, write_text
from tasks.errors import ConfigError
from tasks.report.comparison_words import headline
from tasks.shift.comparison_table import ROWS, comparison_table
from tasks.sides.compared import Compared
from tasks.sides.side import Side

FORMATS = (".parquet", ".csv", ".json")


def insist_on_writable(report: Path, out: Path | None) -> None:
    """Refuse places that nothing can be written to, before anything is read.

    Raises
    ------
    ConfigError
        When the folder is a file, or the table's name ends in no format that is known.
    """
    if report.exists() and not report.is_dir():
        raise ConfigError(f"--report: {report} is a file; name a folder")
    if out is not None and out.suffix.lower() not in FORMATS:
        raise ConfigError(f"--out: a file that ends in {', '.join(FORMATS)} wanted, found {out.name!r}")
    if out is not None and out.is_dir():
        raise ConfigError(f"--out: {out} is a folder; name a file in it")


def write_numbers(compared: Compared, path: Path) -> Path:
    """Write all numbers of a comparison, in the format that the file's name ends in; return the path.

    Notes
    -----
    Parquet and CSV hold `tasks.shift.comparison_table.ROWS`; JSON holds the answer and both sides beside them.
    """
    table = ROWS.empty_table()
    if compared.found is not None:
        table = comparison_table(compared.found, margin=compared.margin, parts=compared.parts)
    match path.suffix.lower():
        case ".parquet":
            write_table(table, path)
        case ".csv":
            with file_aside(path) as aside:
                pacsv.write_csv(table, aside)
        case _:
            write_text(json.dumps(_whole(compared, table), ensure_ascii=False, indent=1, allow_nan=False) + "\n", path)
    return path


def _whole(compared: Compared, table: pa.Table) -> dict[str, Any]:
    told = compared.answer
    return {
        "answer": told.state,
        "sentence": headline(compared),
        "differing": list(told.differing),
        "open": list(told.open),
        "not_compared": list(told.refused),
        "rows_to_decide": told.rows,
        "margin": compared.margin,
        "seed": compared.seed,
        "a": _side(compared.a),
        "b": _side(compared.b),
        "remarks": list(compared.remarks),
        "rows": table.to_pylist(),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "kind": side.kind,
        "rows": side.rows,
        "atoms": None if side.atoms is None else side.atom_count,
        "refused": dict(side.refused),
        "left_out": dict(side.left_out),
    }
