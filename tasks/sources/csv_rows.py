"""CSV files: delimiter, header, rows with their line numbers.

Python's own reader is used, not Arrow's, which is three times faster but gives wrong positions for rows with a wrong
number of fields (26.0), while a row's position is part of its record id.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import InputError, some
from tasks.sources.column_types import Guess, from_text
from tasks.sources.rows import BadRow, Batch

DELIMITERS = (",", ";", "\t")
SAMPLE_ROWS = 100
"""Rows that the delimiter is told from."""
BATCH_ROWS = 8192
_FOREIGN = {
    b"\xff\xfe": "it is UTF-16",
    b"\xfe\xff": "it is UTF-16",
    b"\x1f\x8b": "it is compressed by gzip",
    b"PK\x03\x04": "it is a zip archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "it is an old spreadsheet",
}


@dataclass(frozen=True)
class CsvRows:
    """A CSV file whose header has been read; see `Rows`."""

    path: str
    where: str
    columns: tuple[str, ...]
    delimiter: str

    @classmethod
    def open(cls, path: str, *, where: str) -> "CsvRows":
        """Tell a file's delimiter and read its header.

        Parameters
        ----------
        path : str
        where : str
            What names the file in the configuration, for messages.

        Raises
        ------
        InputError
            When it is not text in UTF-8, or its header is empty or names a column twice.
        """
        place = f"{where}: {path}"
        _refuse_foreign(path, place)
        delimiter = max(DELIMITERS, key=lambda one: _consistency(path, one))
        header = next(_read(path, place, delimiter), None)
        if header is None or not isinstance(header[1], list):
            raise InputError(f"{place}: has no header. Expected a line of column names, then one line a record.")
        return cls(path, place, _names(header[1], place), delimiter)

    def batches(self, names: Sequence[str], rows: int) -> Iterator[Batch]:
        """See `Rows`."""
        lines = _read(self.path, self.where, self.delimiter)
        next(lines, None)  # the header
        wanted = [self.columns.index(name) for name in names]
        row = 0
        while part := list(islice(lines, rows)):
            good: list[list[str]] = []
            places: list[int] = []
            bad: list[BadRow] = []
            for line, fields in part:
                row += 1
                if isinstance(fields, str):
                    bad.append(BadRow(row, f"line {line:,}: {fields}"))
                elif len(fields) != len(self.columns):
                    bad.append(BadRow(row, f"line {line:,}: {self._told(fields)}"))
                else:
                    good.append(fields)
                    places.append(row)
            cells = list(zip(*good, strict=True)) or [()] * len(self.columns)
            columns = {name: _blank_to_null(cells[at]) for name, at in zip(names, wanted, strict=True)}
            yield Batch(columns, pa.array(places, pa.int64()), bad)

    def kind(self, name: str) -> pa.DataType | None:
        """See `Rows`: all cells are text at first."""
        return pa.string()

    def types(self, names: Sequence[str]) -> dict[str, pa.DataType | None]:
        """See `Rows`; the whole file is read, so that a surprise in its last line is known from the start."""
        guesses = {name: Guess(decimal_comma=self._decimal_comma) for name in names}
        for batch in self.batches(names, BATCH_ROWS):
            for name, guess in guesses.items():
                guess.look(batch.columns[name])
        return {name: guess.type for name, guess in guesses.items()}

    def typed(self, values: pa.Array, kind: pa.DataType) -> pa.Array:
        """See `Rows`."""
        return from_text(values, kind, decimal_comma=self._decimal_comma)

    @property
    def _decimal_comma(self) -> bool:
        return self.delimiter == ";"  # where the comma separates decimals, the semicolon separates fields

    def _told(self, fields: list[str]) -> str:
        shown = self.delimiter.join(fields)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        return f"{len(fields)} fields where the header has {len(self.columns)}: {shown!r}"


def _refuse_foreign(path: str, place: str) -> None:
    with Path(path).open("rb") as file:
        start = file.read(4)
    for mark, kind in _FOREIGN.items():
        if start.startswith(mark):
            raise InputError(f"{place}: {kind}, expected CSV in UTF-8 or Parquet. Save it as one of them.")


def _read(path: str, place: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the number of the line that a row begins in, and its fields or what is wrong with it."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{place}: line {_first_foreign_line(path):,} is not UTF-8 ({error.reason}). Save it as UTF-8."
                ) from error
            except csv.Error as error:
                said = str(error)
                if "end of data" in said or "field limit" in said:
                    # Were this row only refused, all lines up to the next quote would vanish with it.
                    raise InputError(
                        f"{place}: line {line:,}: a quote is opened and not closed. Mend the line."
                    ) from error
                yield line, said
            else:
                if fields:
                    yield line, fields


def _first_foreign_line(path: str) -> int:
    with Path(path).open("rb") as file:  # text is decoded in blocks, so the reader's own count is up to a block behind
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError:
                return number
    return 0


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


def _blank_to_null(cells: Sequence[str]) -> pa.Array:
    text = pa.array(cells, pa.string())
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), pa.scalar(None, pa.string()), text)
