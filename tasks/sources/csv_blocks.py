"""CSV text in blocks: those without quotes are left whole, the others are parsed record by record.

Arrow alone would not do: for a row with a wrong number of fields it gives a wrong position (26.0), while a row's place
is part of its record id. Python's own reader alone takes four times as long. So Arrow gets what it reads without
fault.
"""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tasks.errors import InputError

BLOCK_BYTES = 2**20
_MARK = b"\xef\xbb\xbf"


class Record(NamedTuple):
    """One record."""

    line: int
    """The line that it begins in, from 1."""
    fields: list[str] | str
    """Its fields, or what is wrong with it."""


class Plain(NamedTuple):
    """Whole lines without a quote: each is a record, or blank."""

    text: bytes
    line: int
    """The first of them, from 1."""


def read_csv_blocks(path: str, *, where: str, delimiter: str) -> Iterator[list[Record] | Plain]:
    """Read a CSV file in blocks of about a megabyte.

    Parameters
    ----------
    path : str
    where : str
        What names the file, for messages.
    delimiter : str

    Yields
    ------
    list of Record or Plain
        In the file's order; the first is the header alone, or an empty list.

    Raises
    ------
    InputError
        When the text is not UTF-8, or a quote is opened and not closed: were only that row refused, all lines up to the
        next quote would vanish with it.
    """
    with Path(path).open("rb") as file:
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)
        lines = _Lines(file, where)
        yield list(islice(_records(lines, where, delimiter), 1))
        while block := lines.rest():
            if b'"' not in block and block.count(b"\r") == block.count(b"\r\n"):
                lines.decode(block)  # Arrow looks only at the columns that are wanted
                yield Plain(block, lines.line)
                lines.line += block.count(b"\n")
            else:
                lines.push(block)
                yield list(_records_of_block(lines, where, delimiter))


def parse_plain(plain: Plain, *, where: str, delimiter: str) -> list[Record]:
    """Parse a plain block record by record, to learn which is at fault."""
    lines = _Lines(io.BytesIO(), where, plain.line)
    lines.push(plain.text)
    return list(_records_of_block(lines, where, delimiter))


class _Lines:
    """The lines of a file, one after the other, read and decoded a block at a time."""

    def __init__(self, file: BinaryIO, where: str, line: int = 1) -> None:
        self.line = line
        """The number of the next line."""
        self._file = file
        self._where = where
        self._lines: list[str] = []
        self._at = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if not self.pending:
            self.push(self._block())
        if not self.pending:
            raise StopIteration
        self._at += 1
        self.line += 1
        return self._lines[self._at - 1]

    @property
    def pending(self) -> bool:
        """Whether lines of the block at hand are left."""
        return self._at < len(self._lines)

    def rest(self) -> bytes:
        """Take what is left of the block at hand, or the next block; nothing at the end."""
        left = "".join(self._lines[self._at :]).encode()
        self._lines, self._at = [], 0
        return left or self._block()

    def push(self, block: bytes) -> None:
        """Make a block the one at hand."""
        text = self.decode(block)
        self._lines, self._at = list(io.StringIO(text, newline="")), 0

    def decode(self, block: bytes) -> str:
        """Decode a block that begins with the next line.

        Raises
        ------
        InputError
            When it is not UTF-8.
        """
        try:
            return block.decode("utf-8")
        except UnicodeDecodeError as error:
            line = self.line + block.count(b"\n", 0, error.start)
            raise InputError(
                f"{self._where}: line {line:,} is not UTF-8 ({error.reason}). Save it as UTF-8."
            ) from error

    def _block(self) -> bytes:
        block = self._file.read(BLOCK_BYTES)
        return block + self._file.readline() if block and not block.endswith(b"\n") else block


def _records_of_block(lines: _Lines, where: str, delimiter: str) -> Iterator[Record]:
    """Yield the records that begin in the block at hand; the last may end in a later one."""
    records = _records(lines, where, delimiter)
    while lines.pending and (record := next(records, None)) is not None:
        yield record


def _records(lines: _Lines, where: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.line
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            said = str(error)
            if "end of data" in said or "field limit" in said:
                raise InputError(f"{where}: line {line:,}: a quote is opened and not closed. Mend the line.") from error
            yield Record(line, said)
        else:
            if fields:
                yield Record(line, fields)
