"""Rows of a table that are one row written twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.descriptors.calibration import label_codes
from tasks.descriptors.cells import Cells, table_cells
from tasks.descriptors.coincidence import explained_by_chance
from tasks.descriptors.near_cells import equal_rows, nearly_equal_rows
from tasks.descriptors.neighbours import clusters, spanning_forest

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
    reach : float
        Largest distance that was accepted.
    """

    pairs: NDArray[np.int64]
    distances: NDArray[np.float64]
    by_chance: NDArray[np.bool_]
    refused: int
    expected_by_chance: float
    reach: float


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
        return NearRows(np.empty((0, 2), dtype=np.int64), np.empty(0), np.zeros(n, dtype=bool), 0, 0.0, 1.0)
    cells = table_cells(columns)
    known = label_codes(labels)
    equal = equal_rows(cells)
    near, apart, reach = nearly_equal_rows(cells, known)
    pairs, distances = spanning_forest(n, np.concatenate([equal, near]), np.concatenate([np.zeros(len(equal)), apart]))
    by_chance, expected = explained_by_chance(_with_labels(_as_copied(cells, near, apart), known))
    tied = clusters(n, pairs)
    by_chance &= np.bincount(tied, minlength=n)[tied] > FEW
    kept = ~(by_chance[pairs[:, 0]] | by_chance[pairs[:, 1]])
    return NearRows(pairs[kept], distances[kept], by_chance, int((~kept).sum()), expected, reach)


def _as_copied(cells: Cells, near: NDArray[np.int64], apart: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the codes, those of a row off the grid replaced by those of the nearest row on the grid.

    Noise of more than half a step rounds to another cell: such copies would not count as agreeing, and what agrees
    would seem to be all chance.
    """
    codes = cells.codes.copy()
    on = np.asarray(cells.whole.all(axis=1), dtype=bool)
    for one, two in (near.T, near.T[::-1]):
        order = np.argsort(-apart, kind="stable")  # of several writes to a row the last one counts: the nearest
        copied = order[~on[one[order]] & on[two[order]]]
        codes[one[copied]] = cells.codes[two[copied]]
    return codes


def _with_labels(codes: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.int64]:
    return codes if (known < 0).any() else np.column_stack([codes, known])
