"""CSV files: delimiter, header, rows with their places."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pacsv

from tasks.sources.csv_blocks import Plain, Record, parse_plain, read_csv_blocks
from tasks.sources.csv_header import read_header
from tasks.sources.rows import BadRow, Batch
from tasks.sources.text_types import Guess, from_text

BATCH_ROWS = 8192


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
        columns, delimiter = read_header(path, where=place)
        return cls(path, place, columns, delimiter)

    def batches(self, names: Sequence[str], rows: int) -> Iterator[Batch]:
        """See `Rows`."""
        held: list[pa.Table] = []
        bad: list[BadRow] = []
        for good, refused in self._pieces(names):
            held.append(good)
            bad += refused
            count = sum(piece.num_rows for piece in held)
            if count < rows and len(bad) < rows:
                continue
            joined = pa.concat_tables(held)
            for start in range(0, max(1, count - rows + 1), rows):
                yield _batch(names, joined.slice(start, rows), bad)
                bad = []
            held = [joined.slice(start + rows)]
        if held and (bad or any(piece.num_rows for piece in held)):
            yield _batch(names, pa.concat_tables(held), bad)

    def _pieces(self, names: Sequence[str]) -> Iterator[tuple[pa.Table, list[BadRow]]]:
        """Read block by block: the wanted columns by position, then the rows' places; and the bad rows."""
        blocks = read_csv_blocks(self.path, where=self.where, delimiter=self.delimiter)
        next(blocks)  # the header
        wanted = [self.columns.index(name) for name in names]
        row = 0
        bad: list[BadRow]
        for block in blocks:
            if isinstance(block, Plain) and (cells := self._plain_cells(block, wanted)) is not None:
                places, bad = list(range(row + 1, row + 1 + len(cells[0]))), []
                row += len(places)
            else:
                if isinstance(block, Plain):
                    block = parse_plain(block, where=self.where, delimiter=self.delimiter)
                good, places, bad = self._sorted(block, row)
                columns = list(zip(*good, strict=True)) or [()] * len(self.columns)
                cells = [pa.array(columns[at], pa.string()) for at in wanted]
                row += len(block)
            arrays = [*(_blank_to_null(column) for column in cells), pa.array(places, pa.int64())]
            yield pa.table(arrays, names=[str(at) for at in range(len(arrays))]), bad

    def _plain_cells(self, block: Plain, wanted: Sequence[int]) -> list[pa.Array] | None:
        """Let Arrow read a block; None when a row is at fault, which Arrow cannot place."""
        if not wanted:
            return None
        faults: list[str] = []

        def skip(row: pacsv.InvalidRow) -> str:
            faults.append(row.text)
            return "skip"

        names = [str(at) for at in range(len(self.columns))]
        try:
            table = pacsv.read_csv(
                pa.BufferReader(block.text),
                read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(block.text) + 1),
                parse_options=pacsv.ParseOptions(delimiter=self.delimiter, quote_char=False, invalid_row_handler=skip),
                convert_options=pacsv.ConvertOptions(
                    include_columns=[names[at] for at in wanted],
                    column_types={names[at]: pa.string() for at in wanted},
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            return None
        return None if faults else [column.combine_chunks() for column in table.columns]

    def _sorted(self, records: Sequence[Record], row: int) -> tuple[list[list[str]], list[int], list[BadRow]]:
        good: list[list[str]] = []
        places: list[int] = []
        bad: list[BadRow] = []
        for place, (line, fields) in enumerate(records, start=row + 1):
            if isinstance(fields, str):
                bad.append(BadRow(place, f"line {line:,}: {fields}"))
            elif len(fields) != len(self.columns):
                bad.append(BadRow(place, f"line {line:,}: {self._told(fields)}"))
            else:
                good.append(fields)
                places.append(place)
        return good, places, bad

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


def _batch(names: Sequence[str], piece: pa.Table, bad: list[BadRow]) -> Batch:
    *columns, places = (column.combine_chunks() for column in piece.columns)
    return Batch(dict(zip(names, columns, strict=True)), places, bad)


def _blank_to_null(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), pa.scalar(None, pa.string()), text)
