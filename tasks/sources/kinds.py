"""The kinds of input, and the two functions that every kind has."""

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pyarrow as pa

from tasks.catalog.labels import Labels, configured_labels
from tasks.config.inputs import Input, Table
from tasks.sources import audio_folder, image_folder, table
from tasks.sources.column_types import common_types
from tasks.sources.shards import SHARD_BYTES, SHARD_ROWS, Shard

KINDS: dict[str, ModuleType] = {"image_folder": image_folder, "audio_folder": audio_folder, "table": table}
"""Kind of input -> the file that knows it; each has `list_shards` and `read_bytes`."""


def list_shards(
    source: Input,
    *,
    modality: str,
    shard_rows: int = SHARD_ROWS,
    shard_bytes: int = SHARD_BYTES,
    types: Mapping[str, pa.DataType] | None = None,
    labels: Labels | None = None,
) -> Iterator[Shard]:
    """List an input's records, shard by shard, without opening a payload.

    Parameters
    ----------
    source : Input
    modality : {"image", "audio", "tabular"}
    shard_rows : int
        Heads a shard, at most.
    shard_bytes : int
        Bytes of files a shard, at most, unless it holds a single file.
    types : mapping of str to pa.DataType, optional
        For tabular inputs that must agree: what `agreed_types` returned.
    labels : Labels, optional
        For tables: the labels of the whole data set, what `configured_labels` returned.

    Yields
    ------
    Shard
        In an order that does not depend on the machine.

    Raises
    ------
    ConfigError
        When the input's section names what is not there.
    InputError
        When the input as a whole is missing, unreadable or empty.
    """
    more: dict[str, Any] = {"types": types} if types is not None else {}
    if source.kind == "table":
        more["labels"] = labels
    shards: Iterator[Shard] = KINDS[source.kind].list_shards(
        source, modality=modality, shard_rows=shard_rows, shard_bytes=shard_bytes, **more
    )
    return shards


def insist_on_input(source: Input, *, modality: str, labels: Labels | None = None) -> None:
    """Refuse an input that is missing, unreadable, or without the columns that are named; lists nothing.

    Parameters
    ----------
    source, modality, labels
        As for `list_shards`.

    Raises
    ------
    ConfigError, InputError
        As for `list_shards`.
    """
    # An input is opened when it is asked for its shards, and read when they are taken.
    list_shards(source, modality=modality, types={} if modality == "tabular" else None, labels=labels)


def read_bytes(source: Input, path: str) -> bytes:
    """Read the payload at `path`, as it stands in the heads.

    Raises
    ------
    tasks.errors.Unreadable
        When it is gone, empty, too large, not a plain file, or outside of the input's folder.
    """
    data: bytes = KINDS[source.kind].read_bytes(source, path)
    return data


def agreed_types(sources: Iterable[Input], *, modality: str) -> dict[str, pa.DataType] | None:
    """Agree on one type for each feature of all tables of a tabular data set; each table is read once for it.

    Parameters
    ----------
    sources : iterable of Input
    modality : {"image", "audio", "tabular"}

    Returns
    -------
    dict or None
        Column -> type; None when rows are not the records.

    Raises
    ------
    InputError
        When a column holds text in one table and numbers in another.
    """
    if modality != "tabular":
        return None
    tables = [source for source in sources if isinstance(source, Table)]
    labels = configured_labels(tables)
    return common_types({source.name: table.feature_types(source, labels) for source in tables})
