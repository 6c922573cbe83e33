"""A table: one record a row."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from tasks.catalog.quarantine import quarantine_table
from tasks.catalog.schema import HEADS
from tasks.config.inputs import Table
from tasks.errors import InputError
from tasks.sources.files import read_file
from tasks.sources.shards import SHARD_BYTES, SHARD_ROWS, Shard


def list_shards(
    source: Table, *, modality: str, shard_rows: int = SHARD_ROWS, shard_bytes: int = SHARD_BYTES
) -> Iterator[Shard]:
    """List the table's rows."""
    path = Path(source.path)
    if not path.is_file():
        raise InputError(f"inputs.{source.name}: {source.path} is not a file")
    frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    apart = {source.label, source.id, source.file, source.group.column if source.group else None, *source.ignore}
    features = frame[[c for c in frame.columns if c not in apart]]
    for start in range(0, len(frame), shard_rows):
        part = frame.iloc[start : start + shard_rows]
        heads, refused = [], []
        kept = []
        for n, (_, row) in enumerate(part.iterrows(), start=start):
            known = f"{source.name}/" + (_text(row[source.id]) or "" if source.id else f"row-{n}")
            label = _text(row[source.label]) if source.label else None
            if source.label and label is None:
                refused.append((known, source.name, None, "label_missing", ""))
                continue
            if source.labels and label not in source.labels:
                refused.append((known, source.name, None, "label_unknown", str(label)))
                continue
            group = _text(row[source.group.column]) if source.group else None
            file = str(row[source.file]) if source.file else None
            heads.append((known, source.name, source.domain, label, group, file, None, None))
            kept.append(n)
        columns = zip(*heads, strict=True) if heads else [[] for _ in HEADS]
        table = pa.table([pa.array(c, f.type) for c, f in zip(columns, HEADS, strict=True)], schema=HEADS)
        if modality == "tabular":
            inner = pa.Table.from_pandas(features.iloc[kept], preserve_index=False)
            struct = pa.StructArray.from_arrays([c.combine_chunks() for c in inner.columns], fields=list(inner.schema))
            table = table.append_column("features", struct)
        yield Shard(table, quarantine_table(refused))


def _text(value: object) -> str | None:
    if value is None or value != value or not str(value).strip():
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def read_bytes(source: Table, path: str) -> bytes:
    """Read a file that the table points at."""
    return read_file(str(Path(source.path).parent), path)
