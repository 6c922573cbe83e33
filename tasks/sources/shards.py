"""Shards: a bounded number of heads, with what was refused beside them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import pyarrow as pa

from tasks.catalog.labels import Labels
from tasks.catalog.quarantine import quarantine_table
from tasks.catalog.schema import HEADS
from tasks.errors import InputError

SHARD_ROWS = 2048
"""Rows a shard: the 1 to 10 s of work that make a task's own cost of 5 to 240 ms small."""
SHARD_BYTES = 16 * 2**20
"""Bytes of files a shard, so that large photographs do not make shards of minutes and some thousand photos keep two
cores busy."""


class Head(NamedTuple):
    """One row of HEADS."""

    record_id: str
    input: str
    domain: str
    labels: tuple[str | int | float | None, ...]
    """In the order of the columns that hold them; of a class it is the only one."""
    group: str | None
    path: str
    size_bytes: int
    mtime_ns: int


class Refused(NamedTuple):
    """One row of QUARANTINE."""

    record_id: str
    input: str
    path: str | None
    reason: str
    detail: str


Listed: TypeAlias = Head | Refused

CLASSES = Labels()

BATCH_BYTES = 4 * 2**20
"""Stored bytes that are decoded at a time: some 100 MB of pixels or samples, a single photo of 12 megapixels."""


@dataclass(frozen=True)
class Shard:
    """A part of an input.

    Attributes
    ----------
    heads : pa.Table
        Schema HEADS with the labels' columns; tabular shards carry a struct column `features` too.
    refused : pa.Table
        Schema QUARANTINE.
    """

    heads: pa.Table
    refused: pa.Table


def cut_shards(
    listed: Iterable[Listed], labels: Labels = CLASSES, *, shard_rows: int, shard_bytes: int
) -> Iterator[Shard]:
    """Cut a stream of heads and refused records into shards, in order.

    Parameters
    ----------
    listed : iterable of Head or Refused
    labels : Labels
        Which columns hold the heads' labels.
    shard_rows : int
        At most so many heads, and as many refused records, a shard.
    shard_bytes : int
        A shard's files are no larger together, unless it holds a single file.

    Yields
    ------
    Shard
        Never an empty one.
    """
    heads: list[Head] = []
    refused: list[Refused] = []
    size = 0
    for entry in listed:
        full = len(heads) >= shard_rows or len(refused) >= shard_rows
        if full or (heads and isinstance(entry, Head) and size + entry.size_bytes > shard_bytes):
            yield _shard(heads, refused, labels)
            heads, refused, size = [], [], 0
        if isinstance(entry, Head):
            heads.append(entry)
            size += entry.size_bytes
        else:
            refused.append(entry)
    if heads or refused:
        yield _shard(heads, refused, labels)


def _shard(heads: list[Head], refused: list[Refused], labels: Labels) -> Shard:
    schema = labels.spread_schema(HEADS)
    rows = [(*head[:3], *head.labels, *head[4:]) for head in heads]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return Shard(pa.table(arrays, schema=schema), quarantine_table(refused))


def insist_on_records(shards: Iterable[Shard], *, where: str, wanted: str, grouped: bool) -> Iterator[Shard]:
    """Pass shards on, and refuse an input of which nothing can be used, or whose groups were all missed.

    Parameters
    ----------
    shards : iterable of Shard
    where : str
        The input's name and path, for the message.
    wanted : str
        What would have been a record, for the message.
    grouped : bool
        Whether the configuration names groups for this input.

    Raises
    ------
    InputError
        At the end, when there was no record; or when groups are configured and not one record has one: then every
        record would be its own group, and the same person would sit in train and in test.
    """
    heads = with_group = 0
    reasons: dict[str, int] = {}
    example = ""
    for shard in shards:
        heads += shard.heads.num_rows
        with_group += shard.heads.num_rows - shard.heads["group"].null_count
        for reason in shard.refused["reason"].to_pylist():
            reasons[reason] = reasons.get(reason, 0) + 1
        if not example and shard.heads.num_rows:
            example = shard.heads["path"][0].as_py() or shard.heads["record_id"][0].as_py()
        yield shard
    if not heads:
        counts = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
        found = f"all that was found is refused ({counts})" if reasons else "it is empty"
        raise InputError(f"{where}: no record can be used, {found}. Expected {wanted}.")
    if grouped and not with_group:
        raise InputError(
            f"{where}: group: none of the {heads:,} records has a group, such as {example!r}. Correct `group`, or take "
            f"it out if no two records belong together."
        )


def batch_rows(stored_bytes: int, rows: int, *, most: int) -> int:
    """Return how many records may be decoded at a time: fewer where they are large.

    Parameters
    ----------
    stored_bytes : int
        Of all `rows` records together.
    rows : int
    most : int
        For small records.
    """
    return max(1, min(most, BATCH_BYTES * rows // stored_bytes)) if stored_bytes > 0 else most
