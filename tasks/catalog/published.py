"""The rows that are published: what every row has, then its payload."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from tasks.catalog.atomic import write_table
from tasks.catalog.labels import Labels, labels_in
from tasks.catalog.schema import BESIDE_PAYLOAD, WEIGHT

ROW_GROUP = 256
"""Rows that a reader who wants a single record has to read."""

INHERITED = ("input", "domain", "label", "group", "split")
"""What a synthetic record has from its parent."""


def real_rows(records: pa.Table, payload: pa.Table) -> pa.Table:
    """Return the published rows of real records.

    Parameters
    ----------
    records : pa.Table, n rows
        Columns record_id, input, domain, label (or one a label), group, split.
    payload : pa.Table, n rows
        The modality's columns, in step.
    """
    n = records.num_rows
    rows = records.select(labels_in(records.schema).spread(["record_id", *INHERITED]))
    rows = rows.append_column("synthetic", pa.array([False] * n, pa.bool_()))
    return _with(_unweighted(rows.append_column("parent_id", pa.nulls(n, pa.string()))), payload)


def synthetic_rows(parents: pa.Table, record_ids: pa.Array, payload: pa.Table) -> pa.Table:
    """Return the published rows of synthetic records, each in step with its parent: what it inherits and what not."""
    n = parents.num_rows
    rows = pa.table(
        {
            "record_id": record_ids,
            **{name: parents[name] for name in labels_in(parents.schema).spread(INHERITED)},
            "synthetic": pa.array([True] * n, pa.bool_()),
            "parent_id": parents["record_id"],
        }
    )
    return _with(_unweighted(rows), payload)


def write_published(rows: pa.Table, path: Path) -> None:
    """Write published rows so that `datasets.load_dataset` shows images as images and sound as sound."""
    kinds = {"image": {"_type": "Image"}, "audio": {"_type": "Audio"}}
    if any(_is_media(field) for field in rows.schema):
        features = {
            field.name: kinds[field.name] if _is_media(field) else {"dtype": _dtype(field), "_type": "Value"}
            for field in rows.schema
        }
        rows = rows.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    write_table(rows, path, row_group_rows=ROW_GROUP)


def identity_schema(labels: Labels) -> pa.Schema:
    """Return what every published row has: one schema for real and synthetic shards, or none could be read as one."""
    kinds = {name: pa.string() for name in BESIDE_PAYLOAD} | {"synthetic": pa.bool_(), WEIGHT: pa.float32()}
    return labels.spread_schema(pa.schema(list(kinds.items())))


def _unweighted(rows: pa.Table) -> pa.Table:
    """Let every record count once: what else it shall count is known when the whole of train is."""
    return rows.append_column(WEIGHT, pa.array(np.ones(rows.num_rows, np.float32)))


def _dtype(field: pa.Field) -> str:
    """Name a type as `datasets` does, which calls a float32 so and Arrow `float`."""
    return {"float": "float32", "double": "float64"}.get(str(field.type), str(field.type))


def _is_media(field: pa.Field) -> bool:
    return field.name in ("image", "audio") and pa.types.is_struct(field.type)


def _with(rows: pa.Table, payload: pa.Table) -> pa.Table:
    rows = rows.cast(identity_schema(labels_in(rows.schema)))
    for name in payload.column_names:
        rows = rows.append_column(payload.schema.field(name), payload[name])
    return rows
