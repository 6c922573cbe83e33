"""Vectors that a table holds: keys of records and numbers, in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.config.descriptors import EmbeddingTable
from tasks.config.section import did_you_mean
from tasks.errors import ConfigError, InputError, some
from tasks.sources.column_types import NUMBER
from tasks.sources.open_rows import open_rows
from tasks.sources.rows import Batch, Rows
from tasks.sources.words import plain_text

BATCH_BYTES = 8 * 2**20
"""Numbers of eight bytes that are in memory at a time: 1,300 rows of 768. Some copies are made of them."""
MOST_ROWS = 1024


@dataclass(frozen=True)
class Vectors:
    """Some rows of a table of vectors.

    Parameters
    ----------
    keys : list of str, length n
        What the rows call their records.
    values : ndarray of float64, shape (n, d)
        NaN where a number is missing.
    """

    keys: list[str]
    values: NDArray[np.float64]


def read_vectors(entry: EmbeddingTable) -> Iterator[Vectors]:
    """Read the vectors of an embedding, file after file.

    Parameters
    ----------
    entry : EmbeddingTable

    Yields
    ------
    Vectors
        All of one width.

    Raises
    ------
    ConfigError
        When a column that is named is not there.
    InputError
        When a file cannot be read, a row has no key, a value is no number, or rows differ in width.
    """
    width: int | None = None
    for path in entry.files:
        where = f"descriptors.{entry.name}: {path}"
        rows, names = _opened(entry, path)
        wide = 1 if len(names) > 1 else 256  # of a list nothing is known before it is read
        step = max(16, min(MOST_ROWS, BATCH_BYTES // 8 // (len(names) * wide)))
        for batch in rows.batches([entry.id, *names], step):
            if batch.bad:
                raise InputError(f"{where}: {batch.bad[0].detail}. Mend the row.")
            values = _matrix(rows, batch, names, where)
            if width is not None and values.shape[1] != width:
                raise InputError(
                    f"{where}: the rows from {batch.rows[0].as_py():,} on have {values.shape[1]:,} numbers, those "
                    f"before {width:,}. One embedding has one width: give each its own entry."
                )
            width = values.shape[1]
            yield Vectors(_keys(batch, entry.id, where), values)


def read_keys(entry: EmbeddingTable) -> list[str]:
    """Return what the rows call their records, without reading a vector."""
    keys: list[str] = []
    for path in entry.files:
        rows, _ = _opened(entry, path)
        for batch in rows.batches([entry.id], MOST_ROWS):
            keys += _keys(batch, entry.id, f"descriptors.{entry.name}: {path}")
    return keys


def insist_on_vectors(entry: EmbeddingTable) -> None:
    """Refuse a table that is missing, cannot be read, or lacks a column; no row is read.

    Raises
    ------
    ConfigError
        When a column that is named is not there.
    InputError
        When the file is missing, or neither CSV nor Parquet.
    """
    for path in entry.files:
        _opened(entry, path)


def _opened(entry: EmbeddingTable, path: str) -> tuple[Rows, tuple[str, ...]]:
    where = f"descriptors.{entry.name}"
    rows = open_rows(path, where=where)
    for key, wanted in (("id", (entry.id,)), ("columns", entry.columns or ())):
        for name in wanted:
            if name not in rows.columns:
                near = did_you_mean(name, list(rows.columns)[:50])
                raise ConfigError(f"{where}.{key}: {path} has no column {name!r}{near}")
    names = entry.columns or tuple(name for name in rows.columns if name != entry.id)
    if not names or entry.id in names:
        raise ConfigError(f"{where}.columns: {path} has no column for the vector besides {entry.id!r}")
    return rows, names


def _keys(batch: Batch, name: str, where: str) -> list[str]:
    keys = plain_text(batch.columns[name])
    if keys.null_count:
        row = batch.rows.filter(pc.is_null(keys))[0].as_py()
        raise InputError(f"{where}: row {row:,} has no {name!r}, so nobody knows its record. Fill it or take it out.")
    found: list[str] = keys.to_pylist()
    return found


def _matrix(rows: Rows, batch: Batch, names: Sequence[str], where: str) -> NDArray[np.float64]:
    columns = [batch.columns[name] for name in names]
    if len(columns) == 1 and _is_list(columns[0].type):
        return _of_lists(columns[0], batch, f"{where}: column {names[0]!r}")
    found = np.empty((len(batch.rows), len(names)))
    for place, (name, values) in enumerate(zip(names, columns, strict=True)):
        if _is_list(values.type):
            raise InputError(
                f"{where}: column {name!r} holds lists, beside {len(names) - 1:,} other columns. "
                f"Name either one column of lists in `columns`, or columns of numbers: {some(names)}."
            )
        found[:, place] = _numbers(rows, values, f"{where}: column {name!r}")
    return found


def _numbers(rows: Rows, values: pa.Array, where: str) -> NDArray[np.float64]:
    try:
        return np.asarray(pc.cast(rows.typed(values, NUMBER), NUMBER).to_numpy(zero_copy_only=False), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"{where} holds something that is no number ({' '.join(str(error).split())}). Name the columns of the "
            f"vector in `columns`, or mend the value."
        ) from error


def _of_lists(values: pa.Array, batch: Batch, where: str) -> NDArray[np.float64]:
    lengths = pc.list_value_length(values)
    known = pc.drop_null(lengths)
    width = known[0].as_py() if len(known) else 0
    if len(known) and (pc.min(known).as_py(), pc.max(known).as_py()) != (width, width):
        odd = batch.rows.filter(pc.fill_null(pc.not_equal(lengths, width), False))[0].as_py()
        raise InputError(f"{where}: row {odd:,} has another length than {width:,}. One embedding has one width.")
    inner = values.type.value_type
    if not (pa.types.is_floating(inner) or pa.types.is_integer(inner)):
        raise InputError(f"{where} holds lists of {inner}; expected lists of numbers.")
    given = values.filter(pc.is_valid(values)).flatten()
    found = np.full((len(values), width), np.nan)
    found[pc.is_valid(values).to_numpy(zero_copy_only=False)] = (
        pc.cast(given, NUMBER).to_numpy(zero_copy_only=False).reshape(-1, width) if width else 0.0
    )
    return found


def _is_list(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))
