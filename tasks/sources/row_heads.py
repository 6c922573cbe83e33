"""Rows become heads, or are refused with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.catalog.schema import HEADS
from tasks.config.inputs import Table
from tasks.sources.column_types import TEXT
from tasks.sources.columns import Columns
from tasks.sources.rows import Batch
from tasks.sources.shards import Refused
from tasks.sources.words import plain_text


@dataclass(frozen=True)
class RowHeads:
    """What became of a batch.

    Attributes
    ----------
    heads : pa.Table, k rows
        Schema HEADS; path, size and time are null.
    kept : pa.Int64Array, shape (k,)
        The heads' rows within the batch.
    refused : list of Refused
    """

    heads: pa.Table
    kept: pa.Array
    refused: list[Refused]


def head_rows(source: Table, columns: Columns, batch: Batch, features: pa.Table | None = None) -> RowHeads:
    """Make heads of the rows that can be records.

    Parameters
    ----------
    source : Table
    columns : Columns
    batch : Batch, n rows
    features : pa.Table, n rows, optional
        Their typed features; rows with infinite values are refused.

    Returns
    -------
    RowHeads

    Notes
    -----
    Invariant: every row of the batch, and every bad row, is a head or refused once, for the first of its faults: no id,
    no label, a label that is not listed, an infinite value.
    """
    size = len(batch.rows)
    places = pc.binary_join_element_wise("row", pc.cast(batch.rows, TEXT), "-")
    ids = places if columns.id is None else plain_text(batch.columns[columns.id])
    labels = pa.nulls(size, TEXT) if columns.label is None else plain_text(batch.columns[columns.label])
    groups = pa.nulls(size, TEXT) if columns.group is None else plain_text(batch.columns[columns.group])
    names = pc.coalesce(ids, places)

    refused = [_refused(source, f"row-{bad.row}", "bad_row", bad.detail) for bad in batch.bad]
    kept = np.ones(size, bool)
    for fault, reason, detail in _faults(source, columns, ids, labels, features):
        for row in np.flatnonzero(fault & kept):
            told = detail if reason != "label_unknown" else f"the label is {labels[row].as_py()!r}"
            refused.append(_refused(source, names[row].as_py(), reason, told))
        kept &= ~fault

    chosen = pa.array(np.flatnonzero(kept), pa.int64())
    count = len(chosen)
    known: dict[str, Any] = {
        "record_id": pc.binary_join_element_wise(source.name, names.take(chosen), "/"),
        "input": pa.repeat(source.name, count),
        "domain": pa.repeat(source.domain, count),
        "label": labels.take(chosen),
        "group": groups.take(chosen),
    }
    arrays = [known.get(field.name, pa.nulls(count, field.type)) for field in HEADS]
    return RowHeads(pa.table(arrays, schema=HEADS), chosen, refused)


def _faults(
    source: Table, columns: Columns, ids: pa.Array, labels: pa.Array, features: pa.Table | None
) -> Iterator[tuple[NDArray[np.bool_], str, str]]:
    yield _mask(pc.is_null(ids)), "bad_row", f"no id in column {columns.id!r}"
    if columns.label is not None:
        yield _mask(pc.is_null(labels)), "label_missing", f"no label in column {columns.label!r}"
        if source.labels is not None:
            yield _mask(pc.invert(pc.is_in(labels, pa.array(source.labels, TEXT)))), "label_unknown", ""
    for name, values in zip(features.column_names, features.columns, strict=True) if features is not None else ():
        if pa.types.is_floating(values.type):
            infinite = pc.fill_null(pc.is_inf(values), False)
            yield _mask(infinite), "not_finite", f"column {name!r} is infinite"


def _mask(values: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(
        values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy(), bool
    )


def _refused(source: Table, name: str, reason: str, detail: str) -> Refused:
    return Refused(f"{source.name}/{name}", source.name, None, reason, detail)
