"""A table, CSV or Parquet: its rows are the records, or each points at the file that is."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import normpath, splitext

import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.labels import Labels, configured_labels
from tasks.catalog.quarantine import quarantine_table
from tasks.config.inputs import Table
from tasks.errors import ConfigError, InputError, Unreadable
from tasks.sources import audio_folder, image_folder
from tasks.sources.column_types import TEXT, common_types
from tasks.sources.columns import Columns, plan_columns
from tasks.sources.label_values import ReadLabels
from tasks.sources.open_rows import open_rows
from tasks.sources.row_heads import head_rows
from tasks.sources.rows import Batch, Rows
from tasks.sources.safe_files import inspect_file, read_file
from tasks.sources.shards import SHARD_BYTES, SHARD_ROWS, Head, Listed, Refused, Shard, cut_shards, insist_on_records

SUFFIXES = {"image": image_folder.SUFFIXES, "audio": audio_folder.SUFFIXES}


def list_shards(
    source: Table,
    *,
    modality: str,
    shard_rows: int = SHARD_ROWS,
    shard_bytes: int = SHARD_BYTES,
    types: Mapping[str, pa.DataType] | None = None,
    labels: Labels | None = None,
) -> Iterator[Shard]:
    """List a table's rows, in the file's order.

    Parameters
    ----------
    source : Table
    modality : {"tabular", "image", "audio"}
        For tabular the shards carry a struct column `features`; else the column `file` points at the payloads.
    shard_rows, shard_bytes : int
        See `cut_shards`.
    types : mapping of str to pa.DataType, optional
        The features and their types, when several inputs must agree (`common_types`); a column that this table lacks
        is null, and none is read when it is empty. By default what the table itself holds.
    labels : Labels, optional
        Of the data set, when several inputs have labels (`configured_labels`). By default what this table lists.

    Yields
    ------
    Shard

    Raises
    ------
    ConfigError
        When a column that is named is not there, or a feature has a published column's name.
    InputError
        When the table cannot be read, is empty, or holds a column that cannot be compared.

    Notes
    -----
    Invariants: a row is known by its id, or by `row-<n>`, its place among the rows from 1, bad ones included; the types
    of features are the same in all shards.
    """
    known = configured_labels([source]) if labels is None else labels
    rows, columns = _open(source, known, tabular=modality == "tabular")
    read = ReadLabels(source, known, rows)
    if modality == "tabular":
        agreed = dict(types) if types is not None else common_types({source.name: feature_types(source)})
        shards = _shards_of_rows(source, read, columns, agreed, shard_rows=shard_rows, shard_bytes=shard_bytes)
    else:
        listed = _listed_files(source, read, columns, modality, shard_rows)
        shards = cut_shards(listed, known, shard_rows=shard_rows, shard_bytes=shard_bytes)
    where, wanted = f"inputs.{source.name}: {source.path}", "a line of column names, then one line a record"
    return insist_on_records(shards, where=where, wanted=wanted, grouped=source.group is not None)


def read_bytes(source: Table, path: str) -> bytes:
    """Read a file that the table points at; see `read_file`."""
    return read_file(str(Path(source.path).parent), path)


def feature_types(source: Table, labels: Labels | None = None) -> dict[str, pa.DataType]:
    """Tell the types of a table's features; of a CSV file every line is looked at.

    Returns
    -------
    dict
        Column -> type, in the table's order; null for a column without values. Text when a CSV column holds anything
        that is not a number, boolean, date or time.

    Raises
    ------
    ConfigError, InputError
        See `list_shards`.
    """
    rows, columns = _open(source, configured_labels([source]) if labels is None else labels, tabular=True)
    found = rows.types(columns.features)
    if odd := [name for name, kind in found.items() if kind is None]:
        raise InputError(
            f"inputs.{source.name}: {source.path}: column {odd[0]!r} holds lists, structs or bytes, which cannot be "
            f"compared. Spread it over columns of numbers or text, or list it in `ignore`."
        )
    return {name: kind for name, kind in found.items() if kind is not None}


def _open(source: Table, labels: Labels, *, tabular: bool) -> tuple[Rows, Columns]:
    where = f"inputs.{source.name}"
    rows = open_rows(source.path, where=where)
    columns = plan_columns(source, rows.columns, labels, tabular=tabular)
    _refuse_odd(rows, columns, where)
    return rows, columns


def _refuse_odd(rows: Rows, columns: Columns, where: str) -> None:
    parts = [(part, getattr(columns, part)) for part in ("id", "group", "file")]
    for part, name in [*parts, *(("label", name) for name in columns.labels)]:
        if name is not None and rows.kind(name) is None:
            raise InputError(
                f"{where}.{part}: column {name!r} holds lists, structs or bytes, expected text or numbers."
            )


def _shards_of_rows(
    source: Table,
    read: ReadLabels,
    columns: Columns,
    types: Mapping[str, pa.DataType],
    *,
    shard_rows: int,
    shard_bytes: int,
) -> Iterator[Shard]:
    for batch in read.rows.batches(columns.read, shard_rows):
        features = _features(source, read.rows, columns, batch, types)
        made = head_rows(source, columns, batch, read, features)
        heads = made.heads.append_column("features", _as_struct(features.take(made.kept), len(made.kept)))
        step = max(1, heads.num_rows * shard_bytes // max(1, heads.nbytes))  # long texts: fewer rows a shard
        yield Shard(heads.slice(0, step), quarantine_table(made.refused))
        for start in range(step, heads.num_rows, step):
            yield Shard(heads.slice(start, step), quarantine_table([]))


def _features(source: Table, rows: Rows, columns: Columns, batch: Batch, types: Mapping[str, pa.DataType]) -> pa.Table:
    made: dict[str, pa.Array] = {}
    for name, kind in types.items():
        if name not in columns.features:
            made[name] = pa.nulls(len(batch.rows), kind)
            continue
        try:
            made[name] = rows.typed(batch.columns[name], kind)
        except pa.ArrowInvalid as error:
            raise InputError(
                f"inputs.{source.name}: {source.path} changed while it was read: column {name!r}: {error}. "
                f"Run the build again when nobody writes to it."
            ) from error
    return pa.table(made)


def _as_struct(features: pa.Table, rows: int) -> pa.StructArray:
    if not features.column_names:
        return pa.array([{}] * rows, pa.struct([]))
    arrays = [column.combine_chunks() for column in features.columns]
    return pa.StructArray.from_arrays(arrays, fields=list(features.schema))


def _listed_files(
    source: Table, read: ReadLabels, columns: Columns, modality: str, batch_rows: int
) -> Iterator[Listed]:
    root = str(Path(source.path).parent)
    if columns.file is None:
        raise ConfigError(f"inputs.{source.name}: a table for modality {modality} needs `file`: the column of paths.")
    for batch in read.rows.batches(columns.read, batch_rows):
        made = head_rows(source, columns, batch, read)
        yield from made.refused
        given = pc.utf8_trim_whitespace(pc.cast(batch.columns[columns.file].take(made.kept), TEXT)).to_pylist()
        for head, path in zip(made.heads.to_pylist(), given, strict=True):
            try:
                inside, found = _find(root, path, SUFFIXES[modality])
            except Unreadable as why:
                yield Refused(head["record_id"], source.name, path, why.reason, why.detail)
            else:
                yield Head(
                    head["record_id"],
                    source.name,
                    source.domain,
                    tuple(head[name] for name in read.labels.columns),
                    head["group"],
                    inside,
                    found.st_size,
                    found.st_mtime_ns,
                )


def _find(root: str, given: str | None, suffixes: frozenset[str]) -> tuple[str, os.stat_result]:
    if not given:
        raise Unreadable("missing_file", "the row names no file")
    if "://" in given:
        raise Unreadable("outside_folder", "a URL, not a path below the table's folder")
    if (suffix := splitext(given)[1].lower()) not in suffixes:
        raise Unreadable("not_supported", f"its name ends in {suffix!r}" if suffix else "its name has no suffix")
    try:
        found = inspect_file(root, given)
    except Unreadable as why:
        turned = given.replace("\\", "/")  # written on Windows
        if why.reason != "missing_file" or turned == given:
            raise
        return normpath(turned), inspect_file(root, turned)
    return normpath(given), found
