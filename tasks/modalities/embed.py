"""Embedding, from files to files: a table of vectors, records of the inputs, rows that were synthesized."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.catalog.atomic import write_table
from tasks.catalog.embeddings import embedding_column
from tasks.config.descriptors import EmbeddingCallable, EmbeddingTable
from tasks.config.inputs import Input
from tasks.descriptors.embedding import COLUMNS, insist_on_finite, project
from tasks.descriptors.embedding_call import SAMPLE, call_function, insist_on_repeatable
from tasks.descriptors.function import identify_function, load_function
from tasks.errors import InputError
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.modality import Decoded
from tasks.sources.reader import reader
from tasks.sources.shards import batch_rows
from tasks.sources.vectors import read_vectors

BATCH = 128
"""Small records that a function is handed at a time; of large ones fewer."""

VECTORS = "vectors.parquet"
"""What each of these writes: `key` and `vector`, a row for each record that has one."""


def embed_table(out: Path, entry: EmbeddingTable) -> dict[str, Any]:
    """Bring the vectors of a table to a few columns: `vectors.parquet`. No more than a batch is in memory as it was.

    Raises
    ------
    ConfigError, InputError
        When the table does not hold what the configuration says.
    """
    keys: list[str] = []
    parts: list[NDArray[np.float32]] = []
    width = 0
    for batch in read_vectors(entry):
        where = f"descriptors.{entry.name}"
        insist_on_finite(batch.values, batch.keys, where=where)
        known = ~np.isnan(batch.values).any(axis=1) if batch.values.shape[1] else np.zeros(len(batch.keys), bool)
        if known.any():
            width = batch.values.shape[1]
            keys += [batch.keys[row] for row in np.flatnonzero(known).tolist()]
            parts.append(project(batch.values[known]))
    return _written(out, entry.name, keys, parts, width)


def embed_records(
    out: Path, records: Path, source: Input, entry: EmbeddingCallable, identity: str, modality: str
) -> dict[str, Any]:
    """Call a user's function on the described records of one shard: `vectors.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    records : Path
        What `describe_heads` made of the shard.
    source : Input
        The input that it lists.
    entry : EmbeddingCallable
    identity : str
        What `identify_function` said when the build began.
    modality : str
    """
    kind = find_modality(modality)
    table = pq.read_table(records)
    read = reader([source])

    def batches() -> Iterator[tuple[list[str], Decoded]]:
        step = batch_rows(pc.sum(table["size_bytes"]).as_py() or 0, table.num_rows, most=BATCH)
        for start in range(0, table.num_rows, step):
            part = table.slice(start, step)
            yield part["record_id"].to_pylist(), kind.decode(kind.payload(part, read))

    return _embedded(out, batches(), entry, identity)


def embed_rows(out: Path, rows: Path, entry: EmbeddingCallable, identity: str, modality: str) -> dict[str, Any]:
    """Call a user's function on published rows, such as synthetic ones: `vectors.parquet`."""
    kind = find_modality(modality)

    def batches() -> Iterator[tuple[list[str], Decoded]]:
        table = pq.read_table(rows)
        step = batch_rows(table.nbytes, table.num_rows, most=BATCH)
        for start in range(0, table.num_rows, step):
            part = table.slice(start, step)
            yield part["record_id"].to_pylist(), kind.decode(part)

    return _embedded(out, batches(), entry, identity)


def _embedded(
    out: Path, batches: Iterator[tuple[list[str], Decoded]], entry: EmbeddingCallable, identity: str
) -> dict[str, Any]:
    where = f"descriptors.{entry.name}: {entry.function}"
    function = load_function(entry)
    if identify_function(entry) != identity:
        raise InputError(f"{where}: its file changed while the build was running. Run the build again.")
    keys: list[str] = []
    parts: list[NDArray[np.float32]] = []
    width = 0
    for ids, decoded in batches:
        if not width:
            insist_on_repeatable(function, decoded[:SAMPLE], ids[:SAMPLE], where=where)
        vectors = call_function(function, decoded, ids, where=where)
        if width and vectors.shape[1] != width:
            raise InputError(
                f"{where}: {vectors.shape[1]:,} numbers a record in the batch that begins with {ids[0]!r}, {width:,} "
                f"in those before. Return as many for every record."
            )
        width = vectors.shape[1]
        known = ~np.isnan(vectors).any(axis=1)
        keys += [ids[row] for row in np.flatnonzero(known).tolist()]
        parts.append(project(vectors[known]))
    return _written(out, entry.name, keys, parts, width)


def _written(out: Path, name: str, keys: Sequence[str], parts: list[NDArray[np.float32]], width: int) -> dict[str, Any]:
    columns = np.concatenate(parts) if parts else np.empty((0, min(max(width, 1), COLUMNS)), np.float32)
    table = pa.table({"key": pa.array(keys, pa.string()), "vector": embedding_column(columns)})
    write_table(table, out / VECTORS)
    return {"name": name, "width": width, "rows": len(keys)}
