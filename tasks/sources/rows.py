"""Rows of a table as they are read: what CSV and Parquet have in common."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import pyarrow as pa


class BadRow(NamedTuple):
    """A row that does not fit the table's columns."""

    row: int
    """Its position among the rows, from 1."""
    detail: str


@dataclass(frozen=True)
class Batch:
    """Some rows.

    Attributes
    ----------
    columns : mapping of str to pa.Array, each of shape (n,)
        As stored: text for CSV.
    rows : pa.Int64Array, shape (n,)
        Position of each row in the file, from 1; bad rows count.
    bad : sequence of BadRow
        The bad rows among and before these rows.
    """

    columns: Mapping[str, pa.Array]
    rows: pa.Array
    bad: Sequence[BadRow] = ()


class Rows(Protocol):
    """A table that can be read in batches, any number of times."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""

    def batches(self, names: Sequence[str], rows: int) -> Iterator[Batch]:
        """Read some columns, at most so many rows at a time."""

    def kind(self, name: str) -> pa.DataType | None:
        """Return the simple type that a column is stored as, without reading it; None when it cannot be compared."""

    def types(self, names: Sequence[str]) -> dict[str, pa.DataType | None]:
        """Return the simple type of each column: null when it is empty, None when it cannot be compared."""

    def typed(self, values: pa.Array, kind: pa.DataType) -> pa.Array:
        """Bring values as they are stored to a type.

        Raises
        ------
        pa.ArrowInvalid
            When a value does not fit, although `types` said so: the file has changed.
        """
