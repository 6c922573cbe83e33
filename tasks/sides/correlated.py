"""Which columns hang together otherwise on one side than on the other, in words."""

from collections.abc import Iterator

import numpy as np

from tasks.shift.columns import read_columns
from tasks.shift.correlations import CorrelationShift, correlation_shift
from tasks.sides.parts import LOOKED_AT, atom_codes
from tasks.sides.side import Side

MOST_COLUMNS = 40
"""Numbers that a side may have: of more, pairs are too many to be told one by one, and the joint test sees them."""

MOST_TOLD = 3

LEVEL = 0.05
"""Share of false discoveries among all pairs of columns."""


def correlation_remarks(a: Side, b: Side, *, margin: float, seed: int) -> Iterator[str]:
    """Tell the pairs of a table's numbers whose rank correlations differ for sure, by more than the margin.

    Parameters
    ----------
    a, b : Side
        Descriptors of pictures and sounds hang together by how they are made, so of these nothing is told.
    margin : float
    seed : int
        Chooses rows, and merges atoms.

    Yields
    ------
    str
        The largest differences, and how many more there are.
    """
    if a.kind != "tabular" or b.kind != "tabular":
        return
    rng = np.random.default_rng([seed, 0xC0])
    a, b = a.chosen(LOOKED_AT, rng), b.chosen(LOOKED_AT, rng)
    numbers = read_columns(a.table, b.table).numbers
    if not 2 <= len(numbers) <= MOST_COLUMNS:
        return
    x, y = ({name: sides[side] for name, sides in numbers.items()} for side in (0, 1))
    atoms_x, atoms_y = atom_codes(a, b)
    found = correlation_shift(x, y, atoms_x=atoms_x, atoms_y=atoms_y, seed=seed)
    sure = [shift for shift in found if shift.p_adjusted < LEVEL and _beyond(shift, margin)]
    sure.sort(key=lambda shift: -abs(shift.difference.effect))
    yield from (shift.sentence("A", "B") for shift in sure[:MOST_TOLD])
    if len(sure) > MOST_TOLD:
        yield f"{len(sure) - MOST_TOLD:,} more pairs of columns are correlated otherwise in A than in B."


def _beyond(shift: CorrelationShift, margin: float) -> bool:
    return shift.difference.ci_low > margin or shift.difference.ci_high < -margin
