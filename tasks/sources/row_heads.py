"""Rows become heads, or are refused with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.schema import HEADS
from tasks.config.inputs import Table
from tasks.sources.column_types import TEXT
from tasks.sources.columns import Columns
from tasks.sources.label_values import Fault, LabelsRead, ReadLabels, as_mask
from tasks.sources.rows import Batch
from tasks.sources.shards import Refused
from tasks.sources.words import plain_text


@dataclass(frozen=True)
class RowHeads:
    """What became of a batch.

    Attributes
    ----------
    heads : pa.Table, k rows
        Schema HEADS with the labels' columns; path, size and time are null.
    kept : pa.Int64Array, shape (k,)
        The heads' rows within the batch.
    refused : list of Refused
    """

    heads: pa.Table
    kept: pa.Array
    refused: list[Refused]


def head_rows(
    source: Table, columns: Columns, batch: Batch, read: ReadLabels, features: pa.Table | None = None
) -> RowHeads:
    """Make heads of the rows that can be records.

    Parameters
    ----------
    source : Table
    columns : Columns
    batch : Batch, n rows
    read : ReadLabels
        Reads their labels.
    features : pa.Table, n rows, optional
        Their typed features; rows with infinite values are refused.

    Returns
    -------
    RowHeads

    Notes
    -----
    Invariant: every row of the batch, and every bad row, is a head or refused once, for the first of its faults: no id,
    a label that it cannot have, no label, an infinite value.
    """
    size = len(batch.rows)
    places = pc.binary_join_element_wise("row", pc.cast(batch.rows, TEXT), "-")
    ids = places if columns.id is None else plain_text(batch.columns[columns.id])
    labels = read(batch)
    groups = pa.nulls(size, TEXT) if columns.group is None else plain_text(batch.columns[columns.group])
    names = pc.coalesce(ids, places)

    refused = [_refused(source, f"row-{bad.row}", "bad_row", bad.detail) for bad in batch.bad]
    kept = np.ones(size, bool)
    for fault, reason, detail in _faults(columns, ids, labels, features):
        faulty = np.flatnonzero(fault & kept).tolist()
        refused += [_refused(source, names[row].as_py(), reason, detail(row)) for row in faulty]
        kept &= ~fault

    chosen = pa.array(np.flatnonzero(kept), pa.int64())
    count = len(chosen)
    known: dict[str, Any] = {
        "record_id": pc.binary_join_element_wise(source.name, names.take(chosen), "/"),
        "input": pa.repeat(source.name, count),
        "domain": pa.repeat(source.domain, count),
        **{name: values.take(chosen) for name, values in labels.columns.items()},
        "group": groups.take(chosen),
    }
    schema = read.labels.spread_schema(HEADS)
    arrays = [known.get(field.name, pa.nulls(count, field.type)) for field in schema]
    return RowHeads(pa.table(arrays, schema=schema), chosen, refused)


def _faults(columns: Columns, ids: pa.Array, labels: LabelsRead, features: pa.Table | None) -> Iterator[Fault]:
    yield as_mask(pc.is_null(ids)), "bad_row", lambda row: f"no id in column {columns.id!r}"
    yield from labels.faults
    for name, values in zip(features.column_names, features.columns, strict=True) if features is not None else ():
        if pa.types.is_floating(values.type):
            infinite = pc.fill_null(pc.is_inf(values), False)
            yield as_mask(infinite), "not_finite", lambda row, name=name: f"column {name!r} is infinite"  # type: ignore[misc]


def _refused(source: Table, name: str, reason: str, detail: str) -> Refused:
    return Refused(f"{source.name}/{name}", source.name, None, reason, detail)
