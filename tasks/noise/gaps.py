"""Missing values as descriptors of their own: noise that leaves cells empty is seen by them alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MISSING = "missing values"
"""The family of what is added."""


def gappy_columns(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the columns in which either of two samples has values and gaps.

    Parameters
    ----------
    first : (n, p) floating
    second : (m, p) floating
        Not finite: missing.
    """
    share = np.stack([np.isfinite(sample).mean(axis=0) for sample in (first, second)])
    return np.flatnonzero(((share > 0) & (share < 1)).any(axis=0) & (share > 0).all(axis=0))


def with_gaps(values: NDArray[np.floating], columns: NDArray[np.intp]) -> NDArray[np.float64]:
    """Append a column of 0 and 1 for each of some columns: whether the value is missing.

    Returns
    -------
    (n, p + k) float64
    """
    return np.column_stack([values, ~np.isfinite(values[:, columns])]).astype(np.float64)


def families_with_gaps(families: Sequence[str], columns: NDArray[np.intp]) -> list[str]:
    """Return the family of each column of `with_gaps`."""
    return [*families, *[MISSING] * len(columns)]
