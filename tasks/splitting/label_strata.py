"""Labels of any kind as strata whose counts a split keeps, beside the domain's."""

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from tasks.splitting.atom_table import Codes
from tasks.splitting.points import LEAST_ROWS, MOST_LABEL_COLUMNS

BANDS = 10
"""Bands of a number that hold equally many rows each: inside one it is matched as any descriptor is."""


def with_ranks(labels: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Put a number's rank beside it, for `match_splits`: few huge values would make all others alike.

    Parameters
    ----------
    labels : ndarray, shape (n,) or (n, k)
        As for `tasks.splitting.matched.match_splits`.

    Returns
    -------
    ndarray
        Of numbers shape (n, 2): the value, and its rank in (0, 1); equal ones share theirs. Other labels as they are.
        Values that `LEAST_ROWS` rows have become strata, as combinations of labels do.
    """
    if labels.ndim == 2 or labels.dtype.kind != "f":
        return labels
    values = labels.astype(np.float64)
    known = np.isfinite(values)
    rank = np.full(len(values), np.nan)
    rank[known] = (rankdata(values[known]) - 0.5) / max(1, int(known.sum()))
    return np.column_stack([values, rank])


def label_strata(labels: npt.NDArray[np.generic], seed: int) -> tuple[Codes, npt.NDArray[np.float64]]:
    """Return the stratum of each row, and what it leaves out of its label, as columns to be matched like descriptors.

    Parameters
    ----------
    labels : ndarray, shape (n,) or (n, k)
        As for `tasks.splitting.matched.match_splits`.
    seed : int
        Of the directions that stand for very many labels.

    Returns
    -------
    strata : ndarray of int64, shape (n,)
        Classes as they are, -1 for none; of several labels each combination with `LEAST_ROWS` rows, and all others
        together; of numbers the band.
    told : ndarray of float64, shape (n, q)
        NaN where nobody looked. q is 0 for classes.
    """
    if labels.ndim == 2:
        values = labels.astype(np.float64)
        _, combination, rows = np.unique(
            np.nan_to_num(values, nan=-1.0), axis=0, return_inverse=True, return_counts=True
        )
        combination = combination.reshape(-1)
        strata = np.where(rows[combination] >= LEAST_ROWS, combination, len(rows)).astype(np.int64)
        return strata, values if values.shape[1] <= MOST_LABEL_COLUMNS else _along_directions(values, seed)
    if labels.dtype.kind == "f":
        values = labels.astype(np.float64)
        known = np.isfinite(values)
        edges = np.unique(np.quantile(values[known], np.arange(1, BANDS) / BANDS)) if known.any() else np.empty(0)
        return np.where(known, np.searchsorted(edges, values), -1).astype(np.int64), values[:, None]
    return labels.astype(np.int64), np.empty((len(labels), 0))


def _along_directions(values: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.float64]:
    """Return very many labels along a few random directions, shape (n, MOST_LABEL_COLUMNS)."""
    rate = np.nansum(values, axis=0) / np.maximum(1, np.isfinite(values).sum(0))
    away = np.where(np.isfinite(values), values - rate, 0.0) / np.sqrt(np.maximum(rate * (1 - rate), 0.01))
    directions = np.random.default_rng(seed).standard_normal((values.shape[1], MOST_LABEL_COLUMNS))
    return np.asarray(away @ directions / np.sqrt(values.shape[1]))
