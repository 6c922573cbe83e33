"""Splits in the task space: how far apart they are in what a small model of the task sees."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tasks.catalog.schema import AUGMENTED
from tasks.shift.accounting import count
from tasks.shift.embedding import compare_vectors, lent_rows
from tasks.shift.measurements import Measurement
from tasks.shift.sample import Floats
from tasks.shift.split_rows import atom_codes, rows_by_split

COORDINATE = "e"
"""Prefix of the columns that hold coordinates, `e0` and so on."""


@dataclass(frozen=True)
class TaskSpace:
    """The task space of a build: where its table lies, and what is told of its model."""

    path: Path
    facts: Mapping[str, Any]


def measure_task_space(
    table: pa.Table,
    facts: Mapping[str, Any],
    pairs: Sequence[tuple[str, str]],
    *,
    seed: int,
    fitted_to: pa.Array | None = None,
) -> Iterator[Measurement]:
    """Measure splits in the task space.

    Parameters
    ----------
    table : pa.Table
        record_id, split, synthetic, atom, then float32 coordinates `e0`, `e1` and so on: some rows of each split.
    facts : mapping
        Of the model: `rows`, `error` and `guessing` (None where it has no error); `embedding`: the user's embedding
        that takes its place, or None.
    pairs : sequence of pairs of str
        The splits to compare.
    seed : int
    fitted_to : pa.Array, optional
        Records of dev that the noise was fitted to: what it does is measured on the others.

    Yields
    ------
    Measurement
        task_error and task_guessing, with the rows that the model learned from as n; task_distance a pair, an energy
        distance; task_gap_closed. The user's embedding stands in `descriptor`. No rows where the space has no
        coordinates.
    """
    names = coordinates_of(table)
    for statistic in ("error", "guessing"):
        if facts[statistic] is not None:
            yield Measurement(f"task_{statistic}", "train", None, None, count(facts[statistic], facts["rows"]))
    if not names or not table.num_rows:
        return
    between, closed = compare_vectors(
        vectors_of(table, names),
        atom_codes(table),
        rows_by_split(table),
        lent_rows(table, fitted_to),
        pairs,
        seeds=(seed, 0x7A5C),
    )
    for (a, b), effect in between.items():
        yield Measurement("task_distance", a, b, facts["embedding"], effect)
    if closed is not None:
        yield Measurement("task_gap_closed", AUGMENTED, "dev", facts["embedding"], closed)


def coordinates_of(table: pa.Table) -> list[str]:
    """Return the names of the columns that hold coordinates, in order."""
    ends = [name.removeprefix(COORDINATE) for name in table.column_names if name.startswith(COORDINATE)]
    return [COORDINATE + end for end in sorted((end for end in ends if end.isdecimal()), key=int)]


def vectors_of(table: pa.Table, names: Sequence[str]) -> Floats:
    """Return the coordinates of all rows, shape (n, len(names))."""
    return np.column_stack([table[name].to_numpy().astype(np.float64) for name in names])
