"""Walking a folder of files."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from tasks.catalog.quarantine import quarantine_table
from tasks.catalog.schema import HEADS
from tasks.config.inputs import AudioFolder, ImageFolder
from tasks.errors import InputError, Unreadable
from tasks.sources.shards import Shard


def list_folder(
    source: ImageFolder | AudioFolder, suffixes: frozenset[str], *, shard_rows: int, shard_bytes: int
) -> Iterator[Shard]:
    """List the files below the input's folder."""
    root = Path(source.path)
    if not root.is_dir():
        raise InputError(f"inputs.{source.name}: {source.path} is not a folder")
    pattern = re.compile(source.group) if isinstance(source.group, str) else None
    heads: list[tuple[object, ...]] = []
    refused: list[tuple[str, str, str | None, str, str]] = []
    size = 0
    for file in sorted((f for f in root.rglob("*") if f.is_file()), key=lambda f: os.fsencode(f.relative_to(root))):
        path = file.relative_to(root).as_posix()
        known = f"{source.name}/{path}"
        if file.suffix.lower() not in suffixes:
            refused.append((known, source.name, path, "not_supported", f"suffix {file.suffix!r}"))
            continue
        if "/" not in path:
            refused.append((known, source.name, path, "label_missing", "not in a label's folder"))
            continue
        found = pattern.search(path) if pattern else None
        group = found["group"] if found else None
        stat = file.stat()
        label = path.split("/", 1)[0]
        heads.append((known, source.name, source.domain, label, group, path, stat.st_size, stat.st_mtime_ns))
        size += stat.st_size
        if len(heads) >= shard_rows or size >= shard_bytes:
            yield _shard(heads, refused)
            heads, refused, size = [], [], 0
    if heads or refused:
        yield _shard(heads, refused)


def _shard(heads: list[tuple[object, ...]], refused: list[tuple[str, str, str | None, str, str]]) -> Shard:
    columns = zip(*heads, strict=True) if heads else [[] for _ in HEADS]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, HEADS, strict=True)]
    return Shard(pa.table(arrays, schema=HEADS), quarantine_table(refused))


def read_file(root: str, path: str) -> bytes:
    """Read one file below `root`."""
    file = Path(root) / path
    if not file.resolve().is_relative_to(Path(root).resolve()):
        raise Unreadable("outside_folder", path)
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise Unreadable("missing_file", path) from error
    except OSError as error:
        raise Unreadable("unreadable", str(error)) from error
    if not data:
        raise Unreadable("empty_file", "0 bytes")
    return data
