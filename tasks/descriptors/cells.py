"""Rows of a table as cells: each value rounded to the granularity of its column."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.descriptors.granularity import FINE, NOISE, granularity, recurring_values

COARSE = 1e-3
"""Cells of a column without granularity, as a share of its standard deviation: wide against FINE, so that few
pairs straddle a border."""
STEPS = 8
"""Least width of cells of a column with granularity and noise, in its steps."""
SHIFTED = 6
"""Shifted grids where a border may part two copies: with noise of a step, one grid parts a pair in five, six one in
10,000."""


@dataclass(frozen=True)
class Cells:
    """A table as whole numbers: equal numbers, equal cell.

    Parameters
    ----------
    codes : (n, p) int64
        Each value's place on its column's grid.
    places : (n, q) float64
        The number columns that need more than equal codes: in units of what they tolerate; 0 for missing.
    whole : (n, q) bool
        Whether a value lies on its column's grid or recurs: two such values are equal or different, never nearly equal.
    columns : (q,) int64
        Which columns of `codes` they are.
    widths : (q,) float64
        Cells of shifted grids, in units of what is tolerated.
    """

    codes: NDArray[np.int64]
    places: NDArray[np.float64]
    whole: NDArray[np.bool_]
    columns: NDArray[np.int64]
    widths: NDArray[np.float64]

    def grids(self) -> Iterator[NDArray[np.int64]]:
        """Yield the codes, then codes in wider cells whose borders are elsewhere each time, where borders may part."""
        yield self.codes
        rng = np.random.default_rng(0)  # any shifts do; the same for the same table
        for _ in range(SHIFTED if len(self.columns) else 0):
            shifted = self.codes.copy()
            cells = np.rint(self.places / self.widths + rng.uniform(-0.5, 0.5, len(self.widths))).astype(np.int64)
            special = self.codes[:, self.columns] < _SPECIAL_END
            shifted[:, self.columns] = np.where(special, self.codes[:, self.columns], cells)
            yield shifted

    def finest(self) -> NDArray[np.float64]:
        """Return the places in the column that tells most rows apart: in its order, copies are close to each other."""
        if not len(self.columns):
            return np.zeros(len(self.codes))
        told = [len(np.unique(self.codes[:, column])) for column in self.columns]
        return self.places[:, int(np.argmax(told))]

    def apart(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the largest difference of two rows over their columns, in units of what is tolerated; inf: differ."""
        difference = np.abs(self.places[one] - self.places[two])
        difference[self.whole[one] & self.whole[two] & (difference > 2 * NOISE)] = np.inf
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
    loose: list[tuple[int, NDArray[np.float64], NDArray[np.bool_], float]] = []
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
            if gap / 2 > tolerated:
                tolerated, width = gap / 2, float(2 * STEPS)
            codes[:, j] = _rounded(numbers / (tolerated * width))
            loose.append((j, np.where(known, numbers / tolerated, 0.0), np.isin(numbers, again), width))
            continue
        places = np.where(known, grid.places(np.where(known, numbers, 0.0)), numbers)
        codes[:, j] = _rounded(places)
        bounded = np.where(known, places, 0.0)
        whole = np.abs(bounded - np.rint(bounded)) < NOISE
        if not whole.all():
            loose.append((j, bounded, whole, float(STEPS)))
    if not loose:
        return Cells(codes, np.empty((n, 0)), np.empty((n, 0), dtype=bool), np.empty(0, dtype=np.int64), np.empty(0))
    places, whole = np.column_stack([part[1] for part in loose]), np.column_stack([part[2] for part in loose])
    # The more columns, the wider: the chance that a border parts two copies adds up.
    widths = np.maximum([part[3] for part in loose], 2 * len(loose))
    return Cells(codes, places, whole, np.array([part[0] for part in loose]), widths)


def _rounded(cells: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round; missing and infinite values get cells of their own."""
    special = np.select([np.isnan(cells), cells == np.inf, cells == -np.inf], [1, 2, 3], 0)
    bounded = np.clip(np.where(special > 0, 0, cells), -(2.0**52), 2.0**52)
    return np.where(special > 0, _MISSING + special, np.rint(bounded).astype(np.int64))
