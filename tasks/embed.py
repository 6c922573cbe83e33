"""Embed: descriptors of the user's own, from tables of vectors and from functions."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.caching import Made, Ref, store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.digest import digest_file, digest_value
from tasks.catalog.embeddings import EMBEDDINGS
from tasks.catalog.schema import EMBEDDING
from tasks.config.descriptors import Embedding, EmbeddingCallable, EmbeddingTable
from tasks.config.inputs import Input
from tasks.descriptors.embedding_join import join_vectors, joined_column
from tasks.descriptors.function import identify_function
from tasks.errors import InputError
from tasks.modalities.embed import VECTORS, embed_records, embed_rows, embed_table
from tasks.workers import in_worker

CODE = ("tasks.sources", "tasks.payloads", "tasks.descriptors", "tasks.modalities")


@store_task("tasks.descriptors.function", reads=("descriptors",), always=True, retries=2)
def identify_embeddings(out: Path, *, descriptors: tuple[Embedding, ...]) -> dict[str, Any]:
    """Tell today's tables and functions from those of earlier builds: a digest of each, by its name."""
    return {"identity": {entry.name: _identity(entry) for entry in descriptors}}


@store_task("tasks.sources", "tasks.descriptors.embedding", "tasks.modalities.embed", retries=2)
def read_embedding(out: Path, *, entry: EmbeddingTable, identity: str) -> dict[str, Any]:
    """Read a table of vectors once: `vectors.parquet`."""
    return in_worker(embed_table, out, entry) | {"identity": identity}


@store_task(*CODE, reads=("modality",), retries=2)
def embed_shard(
    out: Path, *, records: Ref, source: Input, entry: EmbeddingCallable, identity: str, modality: str
) -> dict[str, Any]:
    """Call a user's function on one shard of described records: `vectors.parquet`."""
    return in_worker(embed_records, out, records.path, source, entry, identity, modality) | {"identity": identity}


@store_task(*CODE, reads=("modality",))
def embed_synthetic(out: Path, *, rows: Ref, entry: EmbeddingCallable, identity: str, modality: str) -> dict[str, Any]:
    """Call a user's function on one shard of synthetic rows: `vectors.parquet`."""
    return in_worker(embed_rows, out, rows.path, entry, identity, modality) | {"identity": identity}


@store_task("tasks.descriptors.embedding_join", "tasks.catalog", reads=("descriptors",))
def join_embeddings(
    out: Path, *, catalog: Ref, vectors: list[Made], descriptors: tuple[Embedding, ...]
) -> dict[str, Any]:
    """Put vectors beside their records: `embeddings.parquet`, in the catalog's order, with a column an embedding.

    Its facts tell of each embedding its kind, width, and how many records lack it.
    """
    table = pq.read_table(catalog.path, columns=["record_id"])
    ids = table["record_id"].to_pylist()
    facts: dict[str, Any] = {}
    for entry in descriptors:
        parts = [made for made in vectors if made.facts["name"] == entry.name]
        known = [pq.read_table(made.ref(VECTORS).path) for made in parts if made.facts["rows"]]
        where = f"descriptors.{entry.name}"
        if not known:
            raise InputError(f"{where}: no record has a vector. Take it out of the configuration, or give vectors.")
        if len(widths := sorted({made.facts["width"] for made in parts if made.facts["rows"]})) > 1:
            raise InputError(
                f"{where}: vectors of {widths[0]:,} and of {widths[1]:,} numbers. One embedding has one width."
            )
        whole = pa.concat_tables(known)
        joined = join_vectors(ids, whole["key"].to_pylist(), where=where)
        table = table.append_column(EMBEDDING + entry.name, joined_column(whole["vector"], joined.place))
        facts[entry.name] = {
            "kind": entry.kind,
            "identity": parts[0].facts["identity"],
            "width": widths[0],
            "columns": whole["vector"].type.list_size,
            "unused": joined.unused,
        }
    write_table(table, out / EMBEDDINGS)
    return {"embeddings": facts}


def _identity(entry: Embedding) -> str:
    if isinstance(entry, EmbeddingCallable):
        return identify_function(entry)
    return digest_value([digest_file(Path(path)) for path in entry.files])
