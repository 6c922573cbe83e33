"""Rows of a table as cells: each value rounded to the granularity of its column."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.descriptors.granularity import FINE, granularity, recurring_values

COARSE = 1e-3
"""Cells of a column without granularity, as a share of its standard deviation: wide against FINE, so that few
pairs straddle a border."""
STEPS = 8
"""Cells of a column that has no grid but keeps a distance between its values, in units of what it tolerates."""


@dataclass(frozen=True)
class Cells:
    """A table as whole numbers: equal numbers, equal cell.

    Parameters
    ----------
    codes : (n, p) int64
        Each value's place on its column's grid.
    places : (n, q) float64
        The number columns that need more than equal codes, in units of what they tolerate: whole for values on the
        column's grid; 0 for missing.
    whole : (n, q) bool
        Whether a value lies on its column's grid or recurs: two such values are equal or different, never nearly equal.
    columns : (q,) int64
        Which columns of `codes` they are.
    """

    codes: NDArray[np.int64]
    places: NDArray[np.float64]
    whole: NDArray[np.bool_]
    columns: NDArray[np.int64]

    def strict(self) -> NDArray[np.int64]:
        """Return what rows must share to be compared: codes, without the numbers that may be nearly equal."""
        strict = self.codes.copy()
        special = strict[:, self.columns] < _SPECIAL_END
        strict[:, self.columns] = np.where(special, strict[:, self.columns], 0)
        return strict

    def apart(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the largest difference of two rows over their columns, in units of what is tolerated; inf: differ."""
        difference = np.abs(self.places[one] - self.places[two])
        difference[self.whole[one] & self.whole[two] & (difference > 0)] = np.inf
        return np.asarray(difference.max(axis=1, initial=0))


_MISSING = np.iinfo(np.int64).min
_SPECIAL_END = _MISSING + 4


def table_cells(columns: pa.Table) -> Cells:
    """Round each column to its own granularity.

    Parameters
    ----------
    columns : pa.Table, n rows, p columns
        Float64 (NaN or null: missing) or string columns.

    Returns
    -------
    Cells

    Notes
    -----
    Missing equals missing and nothing else. Columns all of whose values lie on their grid need no more than codes.
    """
    n = columns.num_rows
    codes = np.zeros((n, columns.num_columns), dtype=np.int64)
    loose: list[tuple[int, NDArray[np.float64], NDArray[np.bool_]]] = []
    for j, column in enumerate(columns.columns):
        if not pa.types.is_floating(column.type):
            texts = column.cast(pa.string()).combine_chunks().dictionary_encode(null_encoding="encode")
            codes[:, j] = texts.indices.to_numpy()
            continue
        numbers = column.to_numpy().astype(np.float64)
        known = np.isfinite(numbers)
        grid = granularity(numbers[known])
        if grid is None:
            again, gap = recurring_values(numbers[known])
            tolerated, width = float(numbers[known].std()) * FINE, COARSE / FINE
            if gap > tolerated:
                tolerated, width = gap, float(STEPS)
            codes[:, j] = _rounded(numbers / (tolerated * width))
            loose.append((j, np.where(known, numbers / tolerated, 0.0), np.isin(numbers, again) | ~known))
            continue
        places = np.where(known, grid.places(np.where(known, numbers, 0.0)), numbers)
        codes[:, j] = _rounded(places)
        bounded = np.where(known, places, 0.0)
        nearest = np.rint(bounded)
        whole = np.abs(bounded - nearest) <= grid.rounding(numbers[known])
        if not whole.all():
            loose.append((j, np.where(whole, nearest, bounded), whole))
    if not loose:
        return Cells(codes, np.empty((n, 0)), np.empty((n, 0), dtype=bool), np.empty(0, dtype=np.int64))
    places, whole = np.column_stack([part[1] for part in loose]), np.column_stack([part[2] for part in loose])
    return Cells(codes, places, whole, np.array([part[0] for part in loose]))


def _rounded(cells: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round; missing and infinite values get cells of their own."""
    special = np.select([np.isnan(cells), cells == np.inf, cells == -np.inf], [1, 2, 3], 0)
    bounded = np.clip(np.where(special > 0, 0, cells), -(2.0**52), 2.0**52)
    return np.where(special > 0, _MISSING + special, np.rint(bounded).astype(np.int64))
