"""The plan of a build's embeddings: how many records have a vector, and whether functions can be imported."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from tasks.config.dataset import DatasetConfig
from tasks.config.descriptors import EmbeddingCallable, EmbeddingTable
from tasks.descriptors.embedding_join import NOWHERE, join_vectors
from tasks.descriptors.function import identify_function, load_function
from tasks.sources.vectors import insist_on_vectors, read_keys


def insist_on_embeddings(config: DatasetConfig) -> None:
    """Refuse tables of vectors and functions that are not there; no row is read and no code runs.

    Raises
    ------
    ConfigError
        When a module or a column is missing.
    InputError
        When a table is missing, or neither CSV nor Parquet.
    """
    for entry in config.descriptors:
        if isinstance(entry, EmbeddingCallable):
            identify_function(entry)
        else:
            insist_on_vectors(entry)


def embedding_lines(config: DatasetConfig, listed: Mapping[str, Sequence[pa.ChunkedArray]]) -> Iterator[str]:
    """Say of each embedding what a build would find; functions are imported, and none is called.

    Parameters
    ----------
    config : DatasetConfig
    listed : mapping of str to sequence of pa.ChunkedArray
        Input -> ids of its records.

    Raises
    ------
    ConfigError
        When a function cannot be imported.
    InputError
        When a table cannot be joined to the records.
    """
    if config.descriptors:
        yield from ("", "descriptors of your own")
    for entry in config.descriptors:
        if isinstance(entry, EmbeddingTable):
            yield f"  {entry.name:<12} table    {_covered(entry, listed)}"
        else:
            load_function(entry)
            yield f"  {entry.name:<12} callable {entry.function} can be imported; a build calls it on every record"


def _covered(entry: EmbeddingTable, listed: Mapping[str, Sequence[pa.ChunkedArray]]) -> str:
    ids = {name: [one for part in parts for one in part.to_pylist()] for name, parts in listed.items()}
    every = [one for part in ids.values() for one in part]
    joined = join_vectors(every, read_keys(entry), where=f"descriptors.{entry.name}")
    has = np.split(joined.place != NOWHERE, np.cumsum([len(part) for part in ids.values()])[:-1])
    told = [f"{int(part.sum()):,} of {len(part):,} in {name}" for name, part in zip(ids, has, strict=True)]
    unused = f"; {joined.unused:,} vectors belong to no record" if joined.unused else ""
    return f"records with a vector: {', '.join(told)}{unused}"
