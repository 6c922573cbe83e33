"""Splits in the task space: how far apart they are in what a small model of the task sees."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.schema import SPLITS
from tasks.shift.accounting import count
from tasks.shift.embedding import AUGMENTED, embedding_distance, fit_embedding
from tasks.shift.gap import gap_closed
from tasks.shift.measurements import Measurement
from tasks.shift.sample import Flags, Floats, Sample

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
    values = np.column_stack([table[name].to_numpy().astype(np.float64) for name in names])
    atoms = np.asarray(table["atom"].combine_chunks().dictionary_encode().indices, np.int64)
    samples = _samples(table, values, atoms, np.ones(table.num_rows, bool))
    unseen = samples
    if fitted_to is not None:
        lent = pc.is_in(table["record_id"], value_set=fitted_to).to_numpy()
        unseen = _samples(table, values, atoms, ~lent)
    for place, (a, b) in enumerate(pairs):
        known = unseen if a == AUGMENTED else samples
        if a in known and b in known:
            rng = np.random.default_rng([seed, 0x7A5C, place])
            found = embedding_distance(known[a], known[b], rng=rng)
            yield Measurement(
                "task_distance", a, b, facts["embedding"], replace(found, n_a=len(known[a]), n_b=len(known[b]))
            )
    if {AUGMENTED, "train", "dev"} <= unseen.keys():
        floor = (unseen["dev"], unseen["test"]) if "test" in unseen else None
        closed = gap_closed(
            unseen["train"], unseen[AUGMENTED], unseen["dev"], floor=floor, seed=seed, fit=fit_embedding
        )
        yield Measurement("task_gap_closed", AUGMENTED, "dev", facts["embedding"], closed)


def coordinates_of(table: pa.Table) -> list[str]:
    """Return the names of the columns that hold coordinates, in order."""
    ends = [name.removeprefix(COORDINATE) for name in table.column_names if name.startswith(COORDINATE)]
    return [COORDINATE + end for end in sorted((end for end in ends if end.isdecimal()), key=int)]


def _samples(table: pa.Table, values: Floats, atoms: np.ndarray, kept: Flags) -> dict[str, Sample]:
    synthetic = table["synthetic"].to_numpy()
    splits = table["split"].to_numpy()
    chosen = {split: (splits == split) & ~synthetic & kept for split in SPLITS}
    if synthetic.any():
        chosen[AUGMENTED] = (splits == "train") & kept
    return {
        name: Sample(
            {f"{at:02d}": column for at, column in enumerate(values[rows].T)}, atoms=np.asarray(atoms[rows], np.int64)
        )
        for name, rows in chosen.items()
        if rows.any()
    }
