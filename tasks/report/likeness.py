"""The records that a classifier of train and dev finds most and least like the other: what the mismatch looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tasks.report.gallery import Example, GalleryRow, within_budget

MOST_MEDIA = 700_000
"""Characters of pictures and sounds for these records, besides the page's other examples."""

MOST_COLUMNS = 8
"""Columns of a row that are shown: those that the mismatch consists of."""

TITLES = {
    "most": "Source records in train that look most like dev",
    "least": "Source records in train that look least like dev",
    "dev": "Records of dev that look least like train",
}


@dataclass(frozen=True)
class LikeRecords:
    """Records of one kind, the most telling first; `columns` are what is shown of a table's rows."""

    title: str
    examples: tuple[Example, ...]
    columns: tuple[str, ...] = ()


def like_records(chosen: pa.Table, shown: Mapping[str, Example]) -> tuple[tuple[str, tuple[Example, ...]], ...]:
    """Gather chosen records by kind.

    Parameters
    ----------
    chosen : pa.Table
        `tasks.shift.likeness.LIKENESS`.
    shown : mapping of str to Example
        By record id.

    Returns
    -------
    tuple of (kind, examples)
        Kinds without any record are left out.
    """
    found: dict[str, list[Example]] = {kind: [] for kind in TITLES}
    for row in sorted(chosen.to_pylist(), key=lambda row: row["place"]):
        if row["record_id"] in shown:
            found[row["kind"]].append(shown[row["record_id"]])
    return tuple((kind, tuple(examples)) for kind, examples in found.items() if examples)


def lay_out(
    likeness: Sequence[tuple[str, tuple[Example, ...]]], telling: Sequence[str], *, most: int = MOST_MEDIA
) -> tuple[tuple[LikeRecords, ...], int]:
    """Lay records out, as pictures and sounds or as rows of a table.

    Parameters
    ----------
    likeness : sequence of (kind, examples)
    telling : sequence of str
        Columns of a table, the most telling first.
    most : int
        Characters of pictures and sounds.

    Returns
    -------
    rows : tuple of LikeRecords
    int
        How many pictures and sounds there was no room for.
    """
    rows, left, dropped = [], most, 0
    for kind, examples in likeness:
        kept, _, more = within_budget([GalleryRow(None, example) for example in examples], (), most=left)
        fit = tuple(row.source for row in kept if row.source is not None)
        left -= sum(len(example.picture) + len(example.sound) for example in fit)
        dropped += more
        media = any(example.picture or example.sound for example in examples)
        names = dict.fromkeys([*telling, *(name for example in fit for name in example.values)])
        known = [name for name in names if any(name in example.values for example in fit)]
        rows.append(LikeRecords(TITLES[kind], fit, () if media else tuple(known[:MOST_COLUMNS])))
    return tuple(rows), dropped
