"""Rows of a table that are one row written twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.descriptors.calibration import label_codes
from tasks.descriptors.cells import table_cells
from tasks.descriptors.coincidence import column_hashes, explained_by_chance
from tasks.descriptors.neighbours import clusters, spanning_forest

REACH = 64
"""Followers that a row is compared with among rows of one cell."""
FEW = 3
"""Rows that are tied whatever chance explains: an atom of three costs the splits nothing, and one may be a copy."""


@dataclass(frozen=True)
class NearRows:
    """Pairs of rows that agree, without those that chance explains.

    Parameters
    ----------
    pairs : (m, 2) int64
        A spanning forest of the clusters, smaller first, ascending.
    distances : (m,) float64
        Largest difference over the columns, as a share of what they tolerate: 0 to 1.
    by_chance : (n,) bool
        Rows so common that chance explains who agrees with them, more than three of them; they are tied to nobody.
    refused : int
        Ties (likewise k - 1 for k rows) that were left out because chance explains them.
    expected_by_chance : float
        Agreeing pairs that chance makes, all k (k - 1) / 2 of k rows counted.
    """

    pairs: NDArray[np.int64]
    distances: NDArray[np.float64]
    by_chance: NDArray[np.bool_]
    refused: int
    expected_by_chance: float


def near_rows(columns: pa.Table, labels: Sequence[str | None]) -> NearRows:
    """Find rows that agree in every column to its own granularity, more often than chance explains.

    Parameters
    ----------
    columns : pa.Table, n rows
        Float64 (NaN: missing) or string columns; rows in an order that does not depend on how they came.
    labels : sequence of (str or None), length n
        Rows of one label and rows of different labels tell how often rows agree by chance; where some are None, labels
        are left out of that.

    Returns
    -------
    NearRows
    """
    n = columns.num_rows
    if n == 0 or columns.num_columns == 0:
        return NearRows(np.empty((0, 2), dtype=np.int64), np.empty(0), np.zeros(n, dtype=bool), 0, 0.0)
    cells = table_cells(columns)
    known = label_codes(labels)
    found = [np.empty((0, 2), dtype=np.int64)]
    far = [np.empty(0)]
    cluster = np.arange(n)
    finest = cells.finest()
    for grid in cells.grids():
        hashes = column_hashes(grid).sum(axis=1, dtype=np.uint64)
        order = np.lexsort((finest, hashes))
        in_order = hashes[order]
        for step in range(1, min(REACH, n - 1) + 1):
            one, two = (ends[in_order[step:] == in_order[:-step]] for ends in (order[:-step], order[step:]))
            apart = cluster[one] != cluster[two]
            one, two = one[apart], two[apart]
            if not len(one):
                break
            distances = cells.apart(one, two)
            # A label speaks against a copy: with another one, a row must be the same to the last digit.
            differ = (known[one] != known[two]) & (known[one] >= 0) & (known[two] >= 0)
            near = distances <= np.where(differ, 0, 1)
            found.append(np.column_stack([one[near], two[near]]))
            far.append(distances[near])
            cluster = clusters(n, np.concatenate(found)) if near.any() else cluster
    pairs, distances = spanning_forest(n, np.sort(np.concatenate(found), axis=1), np.concatenate(far))
    by_chance, expected = explained_by_chance(_with_labels(cells.codes, known))
    tied = clusters(n, pairs)
    by_chance &= np.bincount(tied, minlength=n)[tied] > FEW
    kept = ~(by_chance[pairs[:, 0]] | by_chance[pairs[:, 1]])
    return NearRows(pairs[kept], distances[kept], by_chance, int((~kept).sum()), expected)


def _with_labels(codes: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.int64]:
    return codes if (known < 0).any() else np.column_stack([codes, known])
