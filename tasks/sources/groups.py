"""Which group a file belongs to: by a pattern in its path, or by a row of a CSV file."""

import re
from collections.abc import Callable
from pathlib import Path
from posixpath import normpath

from tasks.config.inputs import AudioFolder, GroupCsv, ImageFolder
from tasks.config.section import did_you_mean
from tasks.errors import ConfigError, InputError
from tasks.sources.names import one_form
from tasks.sources.open_rows import open_rows
from tasks.sources.words import plain_text

BATCH_ROWS = 8192
GroupOf = Callable[[str], str | None]
"""Posix path inside the input -> group, or None."""


def find_groups(source: ImageFolder | AudioFolder) -> GroupOf:
    """Return the function that tells a file's group, as the input is configured.

    Parameters
    ----------
    source : ImageFolder or AudioFolder
        Its `group` is nothing, a regular expression that is searched in the posix path, or a CSV file.

    Returns
    -------
    callable
        None for a file without a group: no match, an empty match, no row, an empty cell.

    Raises
    ------
    ConfigError
        When the CSV file lacks a column that is named.
    InputError
        When the CSV file cannot be read, or gives one file two groups.
    """
    if source.group is None:
        return lambda path: None
    if isinstance(source.group, GroupCsv):
        return _by_csv(source, source.group)
    search = re.compile(source.group).search

    def by_pattern(path: str) -> str | None:
        found = search(path)
        return (found["group"] or None) if found else None

    return by_pattern


def _by_csv(source: ImageFolder | AudioFolder, group: GroupCsv) -> GroupOf:
    """Match rows to files.

    A key may be the record's id, or a path: from the folder downwards (`0/a.png`); with the end of the folder's own
    path before it (`target/0/a.png` for the folder `data/target`); or, when no key of the file begins like the
    folder's path, any path that ends so (`/mnt/other/0/a.png`).
    """
    known = _rows(source, group)
    ids = {key[len(source.name) + 1 :]: value for key, value in known.items() if key.startswith(f"{source.name}/")}
    under = _below(known, source.path)
    ends, torn = ({}, frozenset()) if under else _ends(known)

    def by_csv(path: str) -> str | None:
        wanted = one_form(path)
        for table in (known, under, ids, ends):
            if wanted in table:
                return table[wanted]
        if wanted in torn:
            raise InputError(
                f"inputs.{source.name}.group: several rows of {group.csv} end in {wanted!r} and name different groups. "
                f"Write the paths as they are below {source.path}."
            )
        return None

    return by_csv


def _rows(source: ImageFolder | AudioFolder, group: GroupCsv) -> dict[str, str | None]:
    where = f"inputs.{source.name}.group"
    table = open_rows(group.csv, where=where)
    for name, what in ((group.key, "key"), (group.column, "column")):
        if name not in table.columns:
            raise ConfigError(
                f"{where}.{what}: {group.csv} has no column {name!r}{did_you_mean(name, list(table.columns))}"
            )
    seen: dict[str, str | None] = {}
    for batch in table.batches((group.key, group.column), BATCH_ROWS):
        if batch.bad:
            raise InputError(
                f"{where}: {group.csv}: {batch.bad[0].detail}. Mend the row: it may name somebody's group."
            )
        keys, groups = (plain_text(batch.columns[name]).to_pylist() for name in (group.key, group.column))
        for given, value in zip(keys, groups, strict=True):
            if given is None:
                continue
            key = one_form(normpath(given.replace("\\", "/")))
            if seen.setdefault(key, value) != value:
                raise InputError(
                    f"{where}: {group.csv} names {given!r} twice, with the groups {seen[key]!r} and {value!r}. "
                    f"Leave one row a file."
                )
    return seen


def _below(known: dict[str, str | None], folder: str) -> dict[str, str | None]:
    """Return the rows whose key begins with the end of the folder's path, without that beginning; the longest wins."""
    parts = Path(folder).absolute().parts
    found: dict[str, str | None] = {}
    for start in range(len(parts)):
        begin = one_form(normpath("/".join(parts[start:]))).replace("//", "/") + "/"
        for key, value in known.items():
            if key.startswith(begin):
                found.setdefault(key[len(begin) :], value)
    return found


def _ends(known: dict[str, str | None]) -> tuple[dict[str, str | None], frozenset[str]]:
    """Return every end of every key, and apart those ends whose rows do not agree."""
    found: dict[str, str | None] = {}
    torn: set[str] = set()
    for key, value in known.items():
        parts = key.split("/")
        for start in range(1, len(parts)):
            end = "/".join(parts[start:])
            if found.setdefault(end, value) != value:
                torn.add(end)
    return {end: value for end, value in found.items() if end not in torn}, frozenset(torn)
