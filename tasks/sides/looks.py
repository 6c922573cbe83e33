"""Which rows of two sides look most and least like the other side, to a classifier that has not seen them."""

from dataclasses import dataclass

import pyarrow as pa

from tasks.shift.likeness import choose_by_likeness
from tasks.sides.compared import Compared
from tasks.sides.parts import atom_codes
from tasks.sides.side import Side

MOST = 6
"""Rows of each kind: one row of pictures."""

_KINDS = {
    "least": ("A", "Of A, least like B"),
    "most": ("A", "Of A, most like B"),
    "dev": ("B", "Of B, least like A"),
}


@dataclass(frozen=True)
class Look:
    """Some rows of one side.

    Attributes
    ----------
    letter : str
        "A" or "B".
    title : str
    rows : tuple of int
        The most telling first, at most one an atom.
    """

    letter: str
    title: str
    rows: tuple[int, ...]


def choose_looks(compared: Compared) -> tuple[Look, ...]:
    """Choose the rows; none where the classifier tells nothing apart."""
    found = compared.found
    if found is None or not (found.classifier.p_value < 0.05 and found.classifier.effect > compared.margin):
        return ()
    places = [pa.array(range(side.rows)).cast(pa.string()) for side in (compared.a, compared.b)]
    scores, tied = (found.scores_x, found.scores_y), atom_codes(compared.a, compared.b)
    chosen = choose_by_likeness(scores, (places[0], places[1]), tied, most=MOST).to_pylist()
    return tuple(
        Look(letter, title, tuple(int(row["record_id"]) for row in chosen if row["kind"] == kind))
        for kind, (letter, title) in _KINDS.items()
    )


def name_of(side: Side, row: int) -> str:
    """Name a row: a file's path, a record's id, or the row's number in its table; empty where it has none."""
    if side.paths is None:
        return ""
    name = side.paths[row].as_py()
    return f"row {name:,}" if isinstance(name, int) else str(name)
