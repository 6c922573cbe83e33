"""Folders of files as `<path>/<label>/<file>`: what every kind of file has in common."""

import os
from collections.abc import Iterator
from pathlib import Path
from posixpath import splitext

from tasks.config.inputs import AudioFolder, ImageFolder
from tasks.errors import InputError
from tasks.sources.groups import GroupOf, find_groups
from tasks.sources.names import name_to_text, text_to_name
from tasks.sources.safe_files import read_file
from tasks.sources.shards import Head, Listed, Refused, Shard, cut_shards, insist_on_records
from tasks.sources.walking import Found, walk

Folder = ImageFolder | AudioFolder


def list_folder(
    source: Folder, suffixes: frozenset[str], *, shard_rows: int, shard_bytes: int, flat: bool = False
) -> Iterator[Shard]:
    """List the files below an input's folder.

    Parameters
    ----------
    source : ImageFolder or AudioFolder
    suffixes : frozenset of str
        Lower-case suffixes that are taken; the content is looked at when the file is opened.
    shard_rows, shard_bytes : int
        See `cut_shards`.
    flat : bool
        Take files that lie directly in the folder too; they have no label.

    Yields
    ------
    Shard
        Ordered by the paths' bytes.

    Raises
    ------
    InputError
        When the folder is missing, may not be read, or holds no record; when no record has the group that is
        configured.

    Notes
    -----
    Invariant: everything in the folder is either a head or refused with its reason.
    """
    listed = _listed(source, suffixes, _root(source), find_groups(source), flat or not source.labelled)
    shards = cut_shards(listed, shard_rows=shard_rows, shard_bytes=shard_bytes)
    wanted = f"files as <path>/<label>/<file> ending in {', '.join(sorted(suffixes))}"
    where = f"inputs.{source.name}: {source.path}"
    return insist_on_records(shards, where=where, wanted=wanted, grouped=source.group is not None)


def read_from_folder(source: Folder, path: str) -> bytes:
    """Read one file by its path in the heads.

    Raises
    ------
    Unreadable
        See `read_file`.
    """
    return read_file(source.path, text_to_name(path))


def _root(source: Folder) -> str:
    where, path = f"inputs.{source.name}", source.path
    if "://" in path:
        raise InputError(f"{where}: {path} is a URL, expected a folder on this machine. Copy the data or mount it.")
    root = Path(path)
    if not root.exists():
        raise InputError(f"{where}: there is no folder {path}. Correct `path`, or mount what should be there.")
    if not root.is_dir():
        raise InputError(f"{where}: {path} is a file, expected a folder of <label>/<file>. Name the folder above it.")
    try:
        with os.scandir(path):
            pass
    except OSError as error:
        raise InputError(
            f"{where}: the folder {path} cannot be read ({error.strerror}). Mend its permissions."
        ) from error
    return path


def _listed(source: Folder, suffixes: frozenset[str], root: str, group_of: GroupOf, flat: bool) -> Iterator[Listed]:
    allowed = None if source.labels is None else frozenset(source.labels)
    for found in walk(root):
        path = name_to_text(found.path)
        reason, detail = _objection(found, path, suffixes, allowed, flat)
        record_id = f"{source.name}/{path}"
        if reason:
            yield Refused(record_id, source.name, path, reason, detail)
        else:
            label = path.partition("/")[0] if "/" in path and source.labelled else None
            group = group_of(path)
            yield Head(record_id, source.name, source.domain, (label,), group, path, found.size_bytes, found.mtime_ns)


def _objection(
    found: Found, path: str, suffixes: frozenset[str], allowed: frozenset[str] | None, flat: bool
) -> tuple[str, str]:
    if found.refused and found.refused.reason != "empty_file":
        return found.refused.reason, found.refused.detail
    suffix = splitext(path)[1].lower()
    if suffix not in suffixes:
        return "not_supported", f"its name ends in {suffix!r}" if suffix else "its name has no suffix"
    if found.refused:
        return found.refused.reason, found.refused.detail
    label, slash, _ = path.partition("/")
    if not slash and not flat:
        return "label_missing", "lies beside the labels' folders, not in one"
    if allowed is not None and label not in allowed:
        return "label_unknown", f"the label is {label!r}"
    return "", ""
