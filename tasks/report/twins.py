"""Pairs of records that were tied, to look at: the doubtful ones first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tasks.catalog.schema import BESIDE_PAYLOAD
from tasks.report.gallery import DuplicatePair, Example
from tasks.report.wording import number

PAIRS = 6
"""Pairs that the report shows: enough to see whether the threshold is sound."""
EQUAL = 2
"""Pairs of equal content among them, as long as there are others."""
MOST_CELLS = 12


def choose_pairs(pairs: pa.Table, seen: set[str]) -> list[dict[str, Any]]:
    """Choose pairs to show.

    Parameters
    ----------
    pairs : pa.Table
        Columns first, second, kind, distance.
    seen : set of str
        Ids of the records that may be looked at.

    Returns
    -------
    list of dict
        Rows of `pairs`: near-duplicates, furthest apart first, since they would be the first to be wrong; then pairs
        of equal content.
    """
    shown = [row for row in pairs.to_pylist() if row["first"] in seen and row["second"] in seen]
    near = sorted((row for row in shown if row["kind"] == "near"), key=lambda row: (-row["distance"], row["first"]))
    exact = [row for row in shown if row["kind"] != "near"]
    wanted = min(len(exact), max(EQUAL, PAIRS - len(near)))
    return near[: PAIRS - wanted] + exact[:wanted]


def pair_up(
    chosen: Sequence[Mapping[str, Any]], shown: Mapping[str, Example], published: pa.Table
) -> tuple[DuplicatePair, ...]:
    """Make pairs of examples; rows of tables come as the cells in which they differ.

    Parameters
    ----------
    chosen : sequence of mapping
        From `choose_pairs`.
    shown : mapping
        Record id -> example.
    published : pa.Table
        The published rows of all of them.
    """
    columns = [name for name in published.column_names if name not in BESIDE_PAYLOAD]
    tabular = not any(example.picture for example in shown.values())
    rows = {row["record_id"]: row for row in published.to_pylist()} if tabular else {}
    pairs = []
    for row in chosen:
        first, second = row["first"], row["second"]
        cells = [
            (name, _exactly(rows[first][name]), _exactly(rows[second][name]))
            for name in (columns if tabular else ())
            if _exactly(rows[first][name]) != _exactly(rows[second][name])
        ]
        pairs.append(
            DuplicatePair(
                kind=row["kind"],
                first=shown[first],
                second=shown[second],
                distance=row["distance"],
                cells=tuple(cells[:MOST_CELLS]),
                equal_columns=len(columns) - len(cells) if tabular else None,
                more_cells=max(0, len(cells) - MOST_CELLS),
            )
        )
    return tuple(pairs)


def _exactly(value: Any) -> str:
    """Return a cell with all its digits: what near-duplicates differ in is small."""
    if value is None or value != value:
        return "missing"
    return (number(value) if value == round(value) else f"{value:.9g}") if isinstance(value, float) else str(value)
