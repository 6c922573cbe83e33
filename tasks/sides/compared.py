"""Two sides held against each other, with what a reader of the result has to know."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.shift.answer import Answer, answer
from tasks.shift.compare import Comparison, compare_samples
from tasks.shift.measurements import Measurement
from tasks.sides.correlated import correlation_remarks
from tasks.sides.parts import distance_parts
from tasks.sides.side import Side


@dataclass(frozen=True)
class Compared:
    """Two sides and what is known of their difference.

    Attributes
    ----------
    a, b : Side
    margin : float
        Up to which a difference does not matter.
    seed : int
    found : Comparison, optional
        None where both sides hold the same rows, so that there is nothing to compare.
    answer : Answer
    remarks : tuple of str
        What a reader has to know: rows that count as independent, labels that only one side has, rows in common,
        columns that hang together otherwise.
    parts : tuple of Measurement
        What the distance consists of, see `tasks.sides.parts.distance_parts`.
    """

    a: Side
    b: Side
    margin: float
    seed: int
    found: Comparison | None
    answer: Answer
    remarks: tuple[str, ...] = ()
    parts: tuple[Measurement, ...] = ()


def compare_sides(a: Side, b: Side, *, margin: float, seed: int) -> Compared:
    """Compare two sides in all columns that both have.

    Parameters
    ----------
    a, b : Side
        Of one kind.
    margin : float
        Up to which a difference does not matter, in Cliff's delta, total variation or shares.
    seed : int

    Returns
    -------
    Compared
    """
    remarks = [*_of_atoms(a, b), *_in_common(a, b)]
    if _same(a, b):
        remarks.append("A and B hold the same rows: there is no difference to measure.")
        return Compared(a, b, margin, seed, None, Answer("equivalent"), tuple(remarks))
    labels = a.labels is not None and b.labels is not None
    if (a.labels is None) != (b.labels is None):
        which = "A" if a.labels is not None else "B"
        remarks.append(f"Only {which} has labels, so labels are not compared.")
    found = compare_samples(
        a.table,
        b.table,
        atoms_x=a.atoms,
        atoms_y=b.atoms,
        labels_x=a.labels if labels else None,
        labels_y=b.labels if labels else None,
        seed=seed,
        margin=margin,
    )
    told = answer(found, left_out=[name for name in _left_out(a, b) if not _ignored(name, a, b)], margin=margin)
    remarks += correlation_remarks(a, b, margin=margin, seed=seed)
    parts = distance_parts(a, b, seed=seed)
    return Compared(a, b, margin, seed, found, told, tuple(remarks), parts)


def _of_atoms(a: Side, b: Side) -> Iterator[str]:
    alone = [name for name, side in (("A", a), ("B", b)) if side.atoms is None]
    if alone:
        option = "--atoms" if a.kind == "tabular" else "--group"
        rows = "rows" if len(alone) == 2 else f"rows of {alone[0]}"
        yield (
            f"Nothing says which {rows} belong together, so each counts as independent of all others. If some share a "
            f"person, a device or a day, say so with {option}: intervals are too narrow otherwise."
        )


def _in_common(a: Side, b: Side) -> Iterator[str]:
    if a.content is None or b.content is None:
        return
    shared = pc.sum(pc.is_in(b.content, value_set=a.content.unique())).as_py()
    if shared:
        yield f"{shared:,} of {b.rows:,} files of B have the content of a file of A."


def _same(a: Side, b: Side) -> bool:
    if a.table.schema != b.table.schema or a.rows != b.rows:
        return False
    if (a.labels is None) != (b.labels is None) or not _equal(a.labels, b.labels):
        return False
    return all(_equal(a.table[name], b.table[name]) for name in a.table.column_names)


def _equal(x: pa.ChunkedArray | None, y: pa.ChunkedArray | None) -> bool:
    if x is None or y is None:
        return x is y
    if pa.types.is_floating(x.type):
        return bool(np.array_equal(x.to_numpy(), y.to_numpy(), equal_nan=True))
    return bool(x.equals(y))


def _left_out(a: Side, b: Side) -> list[str]:
    return list(dict.fromkeys([*a.left_out, *b.left_out]))


def _ignored(name: str, a: Side, b: Side) -> bool:
    return "--ignore" in {**b.left_out, **a.left_out}[name]
