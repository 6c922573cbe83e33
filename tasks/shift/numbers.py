"""All numbers of two samples: each sorted once, compared, and kept as ranks."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from tasks.shift.intervals import Pairing
from tasks.shift.ranks import Ranked
from tasks.shift.sample import Floats, Points
from tasks.shift.univariate import NumericComparison, compare_ranked

THREADS = 2


@dataclass(frozen=True)
class Numbers:
    """What sorting the numbers of two samples tells.

    Parameters
    ----------
    ranks : ndarray of float32, shape (n + m, p)
        Mid-ranks in (0, 1); NaN where missing.
    distinct : dict of str to int
        Name -> distinct values, in the order of the columns of `ranks`.
    compared : dict of str to NumericComparison
    """

    ranks: Points
    distinct: dict[str, int]
    compared: dict[str, NumericComparison]


def compare_numbers(columns: dict[str, tuple[Floats, Floats]], rows: int, pairing: Pairing) -> Numbers:
    """Sort and compare every number of two samples.

    Parameters
    ----------
    columns : dict of str to (ndarray, ndarray)
        Name -> values of x and y; NaN where missing.
    rows : int
        n + m.
    pairing : Pairing
        Draws for the intervals.

    Notes
    -----
    What a sort leaves behind is as large as the column itself four times over, so none of it is kept.
    """
    ranks = np.empty((rows, len(columns)), np.float32)

    def compare(at: int, sides: tuple[Floats, Floats]) -> tuple[int, NumericComparison]:
        ranked = Ranked.of(*sides)
        # float32 rounds the greatest of a hundred million ranks up to 1, whose normal score is infinite.
        ranks[:, at] = np.clip(ranked.midranks(), 1e-7, 1 - 1e-7)
        return len(ranked.values), compare_ranked(ranked, pairing)

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(compare, range(len(columns)), columns.values()))
    distinct = {name: count for name, (count, _) in zip(columns, found, strict=True)}
    return Numbers(ranks, distinct, {name: compared for name, (_, compared) in zip(columns, found, strict=True)})
