"""What kind of CSV a file is: its encoding, its delimiter, its header."""

import csv
from contextlib import suppress
from pathlib import Path

from tasks.errors import InputError, some
from tasks.sources.csv_blocks import Plain, read_csv_blocks

DELIMITERS = (",", ";", "\t")
SAMPLE_ROWS = 100
"""Rows that the delimiter is told from."""
_FOREIGN = {
    b"\xff\xfe": "it is UTF-16",
    b"\xfe\xff": "it is UTF-16",
    b"\x1f\x8b": "it is compressed by gzip",
    b"PK\x03\x04": "it is a zip archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "it is an old spreadsheet",
}


def read_header(path: str, *, where: str) -> tuple[tuple[str, ...], str]:
    """Tell a CSV file's delimiter and read its column names.

    Parameters
    ----------
    path : str
    where : str
        What names the file, for messages.

    Returns
    -------
    names : tuple of str
        Without surrounding blanks.
    delimiter : str
        The one of `DELIMITERS` with which most of the first rows have as many fields as the header.

    Raises
    ------
    InputError
        When it is not text in UTF-8, or its header is empty, lacks a name or has one twice.
    """
    _refuse_foreign(path, where)
    delimiter = max(DELIMITERS, key=lambda one: _consistency(path, one))
    header = next(read_csv_blocks(path, where=where, delimiter=delimiter))
    if isinstance(header, Plain) or not header or isinstance(header[0].fields, str):
        raise InputError(f"{where}: has no header. Expected a line of column names, then one line a record.")
    return _names(header[0].fields, where), delimiter


def _refuse_foreign(path: str, place: str) -> None:
    with Path(path).open("rb") as file:
        start = file.read(4)
    for mark, kind in _FOREIGN.items():
        if start.startswith(mark):
            raise InputError(f"{place}: {kind}, expected CSV in UTF-8 or Parquet. Save it as one of them.")


def _consistency(path: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows that have as many fields as the header, and how many; a single field tells nothing."""
    rows: list[list[str]] = []
    with Path(path).open(encoding="utf-8-sig", errors="replace", newline="") as file, suppress(csv.Error):
        for fields in csv.reader(file, delimiter=delimiter):  # a wrong delimiter may trip over quotes, which tells too
            if fields:
                rows.append(fields)
            if len(rows) == SAMPLE_ROWS:
                break
    width = len(rows[0]) if rows else 0
    return (sum(len(row) == width for row in rows) / len(rows), width) if width > 1 else (0.0, 0)


def _names(header: list[str], place: str) -> tuple[str, ...]:
    names = [name.strip() for name in header]
    if "" in names:
        raise InputError(
            f"{place}: column {names.index('') + 1} has no name. Give it one; if it only counts rows (pandas writes "
            f"such a column), write the table without it: to_csv(..., index=False)."
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{place}: column names occur more than once: {some(twice)}. Rename them.")
    return tuple(names)
