"""Rows of a table as examples: source, synthetic and target under each other, a few columns at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.report.gallery import Example, GalleryRow

COLUMNS_SIDE_BY_SIDE = 8
MOST_COLUMNS = 48
MOST_CHOICES = 6
"""Three rows each; more would push the rest of the page out of sight."""


@dataclass(frozen=True)
class Line:
    """One record; `cells` are (value, whether noise changed it)."""

    role: str
    record_id: str
    cells: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class RowTable:
    """Some columns of all chosen records; `groups` are (label, lines)."""

    columns: tuple[str, ...]
    groups: tuple[tuple[str | None, tuple[Line, ...]], ...]


@dataclass(frozen=True)
class RowTables:
    """The tables, and how many columns there is no room for."""

    tables: tuple[RowTable, ...]
    more: int


def row_tables(gallery: Sequence[GalleryRow], *, most: int = MOST_CHOICES) -> RowTables | None:
    """Lay the first `most` rows of a gallery out as tables, or return None if it shows pictures or sounds."""
    shown = [(row.label, _examples(row)) for row in gallery[:most]]
    everyone = [example for _, examples in shown for example in examples]
    if not everyone or any(example.picture or example.sound for example in everyone):
        return None
    names = list(dict.fromkeys(name for example in everyone for name in example.values))
    changed = {name for row in gallery[:most] for name in _changed(row)}
    if len(names) > COLUMNS_SIDE_BY_SIDE:
        names.sort(key=lambda name: name not in changed)  # what noise changed is seen first, the rest in its order
    drawn = names[:MOST_COLUMNS]
    chunks = [drawn[start : start + COLUMNS_SIDE_BY_SIDE] for start in range(0, len(drawn), COLUMNS_SIDE_BY_SIDE)]
    tables = tuple(
        RowTable(tuple(chunk), tuple((label, _lines(examples, chunk)) for label, examples in shown)) for chunk in chunks
    )
    return RowTables(tables, len(names) - len(drawn))


def _examples(row: GalleryRow) -> list[Example]:
    return [example for example in (row.source, row.synthetic, row.target) if example is not None]


def _changed(row: GalleryRow) -> set[str]:
    if row.source is None or row.synthetic is None:
        return set()
    before, after = row.source.values, row.synthetic.values
    return {name for name in after if after[name] != before.get(name)}


def _lines(examples: Sequence[Example], columns: Sequence[str]) -> tuple[Line, ...]:
    parent = next((example for example in examples if example.role == "source"), None)
    lines = []
    for example in examples:
        made = example.role == "synthetic" and parent is not None
        before = parent.values if made and parent is not None else example.values
        cells = tuple((example.values.get(name, ""), example.values.get(name) != before.get(name)) for name in columns)
        lines.append(Line(example.role, example.record_id, cells))
    return tuple(lines)
