"""Parquet files: columns with types, in batches."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import InputError, some
from tasks.sources.column_types import from_stored, simple_type
from tasks.sources.rows import Batch

_INDEX = re.compile("__index_level_[0-9]+__")
"""How pandas stores a frame's index: it counts rows and is no column of the frame."""


@dataclass(frozen=True)
class ParquetRows:
    """A Parquet file whose schema has been read; see `Rows`."""

    path: str
    where: str
    columns: tuple[str, ...]
    schema: pa.Schema

    @classmethod
    def open(cls, path: str, *, where: str) -> "ParquetRows":
        """Read a file's schema.

        Raises
        ------
        InputError
            When the file cannot be read as Parquet, or names a column twice.
        """
        place = f"{where}: {path}"
        try:
            schema = pq.read_schema(path)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(place, error) from error
        names = schema.names
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise InputError(f"{place}: column names occur more than once: {some(twice)}. Rename them.")
        columns = tuple(name for name in names if not _INDEX.fullmatch(name))
        return cls(path, place, columns, schema)

    def batches(self, names: Sequence[str], rows: int) -> Iterator[Batch]:
        """See `Rows`."""
        seen = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for part in file.iter_batches(batch_size=rows, columns=list(names), use_threads=False):
                    places = pa.array(range(seen + 1, seen + part.num_rows + 1), pa.int64())
                    seen += part.num_rows
                    yield Batch({name: part.column(name) for name in names}, places)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(f"{self.where}: after row {seen:,}", error) from error

    def kind(self, name: str) -> pa.DataType | None:
        """See `Rows`."""
        return simple_type(self.schema.field(name).type)

    def types(self, names: Sequence[str]) -> dict[str, pa.DataType | None]:
        """See `Rows`."""
        return {name: self.kind(name) for name in names}

    def typed(self, values: pa.Array, kind: pa.DataType) -> pa.Array:
        """See `Rows`."""
        return from_stored(values, kind)


def _unreadable(place: str, error: Exception) -> InputError:
    said = " ".join(str(error).split())
    return InputError(f"{place}: cannot be read as Parquet ({said}). Write the file again.")
