"""Which columns of a table hang together otherwise in one split than in another, as measurements."""

from collections.abc import Iterator

import numpy as np

from tasks.shift.correlations import correlation_shift
from tasks.shift.few_rows import choose
from tasks.shift.measurements import Measurement
from tasks.shift.sample import Sample

ROWS = 4_000
"""Rows a side at most: a correlation is then known to .03."""

MOST_COLUMNS = 40
"""Of more numbers there are too many pairs to be told one by one; the joint test and the classifier see them."""

MOST_TOLD = 20

LEVEL = 0.05
"""Share of false discoveries among all pairs of columns."""


def measure_correlations(name_a: str, a: Sample, name_b: str, b: Sample, *, seed: int) -> Iterator[Measurement]:
    """Measure the rank correlations that differ for sure between two splits.

    Parameters
    ----------
    name_a, name_b : str
    a, b : Sample
    seed : int
        Chooses rows, and merges atoms into blocks.

    Yields
    ------
    Measurement
        `correlation_difference`, b's minus a's; the descriptor names both columns. At most `MOST_TOLD`, the largest
        first, of the pairs that differ after adjustment for all of them.
    """
    rng = np.random.default_rng([seed, 0xC0])
    rows = [choose(np.arange(len(sample)), ROWS, rng) for sample in (a, b)]
    both = [name for name in a.numeric if name in b.numeric]
    if not 2 <= len(both) <= MOST_COLUMNS:
        return
    x, y = ({name: side.numeric[name][kept] for name in both} for side, kept in zip((a, b), rows, strict=True))
    found = correlation_shift(x, y, atoms_x=a.atoms[rows[0]], atoms_y=b.atoms[rows[1]], seed=seed)
    sure = [shift for shift in found if shift.p_adjusted < LEVEL]
    for shift in sorted(sure, key=lambda shift: -abs(shift.difference.effect))[:MOST_TOLD]:
        names = f"{shift.first}, {shift.second}"
        yield Measurement("correlation_difference", name_a, name_b, names, shift.difference)
