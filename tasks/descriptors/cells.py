"""Rows of a table as cells: each value rounded to the granularity of its column."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

FINE = 1e-5
"""A column without granularity counts as equal within this share of its standard deviation: what writing a float32 or
six digits changes."""
COARSE = 1e-3
"""Cells of such a column, as a share of its standard deviation: wide against FINE, so that few
pairs straddle a border."""
ON_GRID = 0.999
"""Share of a column's values that must be multiples of its granularity; the others are noise of re-writing."""


@dataclass(frozen=True)
class Cells:
    """A table as whole numbers: equal numbers, equal cell.

    Parameters
    ----------
    codes : (2, n, p) int64
        The cells in two grids, shifted by half a cell for columns without granularity.
    values : (n, q) float64
        The columns without granularity, in units of the tolerance; NaN for missing.
    """

    codes: NDArray[np.int64]
    values: NDArray[np.float64]


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
    The granularity of a number column is the largest power of ten of which (nearly) all its values are multiples.
    Missing equals missing and nothing else.
    """
    n = columns.num_rows
    codes = np.zeros((2, n, columns.num_columns), dtype=np.int64)
    values: list[NDArray[np.float64]] = []
    for j, column in enumerate(columns.columns):
        if not pa.types.is_floating(column.type):
            texts = column.cast(pa.string()).combine_chunks().dictionary_encode(null_encoding="encode")
            codes[:, :, j] = texts.indices.to_numpy()
            continue
        numbers = column.to_numpy().astype(np.float64)
        known = np.isfinite(numbers)
        step = granularity(numbers[known])
        if step is not None:
            codes[:, :, j] = _rounded(numbers / step)
            continue
        spread = float(numbers[known].std())
        cells = numbers / (spread * COARSE)
        codes[0, :, j], codes[1, :, j] = _rounded(cells), _rounded(cells + 0.5)
        values.append(np.where(known, numbers / (spread * FINE), np.nan))
    return Cells(codes, np.column_stack(values) if values else np.empty((n, 0)))


def granularity(numbers: NDArray[np.float64]) -> float | None:
    """Return the largest power of ten of which nearly all numbers are multiples; None if there is none.

    Parameters
    ----------
    numbers : (n,) float64
        Finite.

    Notes
    -----
    Steps finer than `FINE` standard deviations are none: a column of measured floats. A constant column has one.
    """
    spread = float(numbers.std()) if len(numbers) else 0.0
    if spread == 0.0:
        return 1.0
    few = numbers[:: max(1, len(numbers) // 1000)]
    for power in range(12, -13, -1):
        step = 10.0**power
        if step < spread * FINE:
            return None
        # A few values are enough to rule a step out.
        if _share_on_grid(few, power, spread) > 0.9 and _share_on_grid(numbers, power, spread) >= ON_GRID:
            return step
    return None


def _share_on_grid(numbers: NDArray[np.float64], power: int, spread: float) -> float:
    scaled = numbers * 10.0**-power
    nearest = np.rint(scaled)
    multiple = (np.abs(scaled - nearest) < 1e-4) & ((nearest != 0) | (np.abs(numbers) < spread * FINE))
    return float(multiple.mean())


def _rounded(cells: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round; missing and infinite values get cells of their own."""
    special = np.select([np.isnan(cells), cells == np.inf, cells == -np.inf], [1, 2, 3], 0)
    bounded = np.clip(np.where(special > 0, 0, cells), -(2.0**52), 2.0**52)
    return np.where(special > 0, np.iinfo(np.int64).min + special, np.rint(bounded).astype(np.int64))
