"""Rows as points: descriptors and labels as columns in which a step is as far in one as in any other."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_table import Codes

Points: TypeAlias = npt.NDArray[np.float32]
Numbers: TypeAlias = npt.NDArray[np.float64]

TAIL = 0.001
"""Share of rows on either side beyond which a value is an extreme."""

REACH = 10.0
"""Extremes are cut at so many times the spread between the tails beyond them: one row of 1e30 would otherwise make all
others equal. A normal, exponential or lognormal column is hardly touched."""

RARE = 0.1
"""An indicator's standard deviation counts as at least this: one missing value in a million is no outlier."""

MOST_LABEL_COLUMNS = 16
"""With more classes, labels are random directions in so many dimensions: nearly as far apart from each other."""

LEAST_ROWS = 16
"""Combinations of labels with fewer rows are one stratum together; their columns still tell them apart."""


@dataclass(frozen=True)
class LabelColumns:
    """What the matching sees of labels."""

    cell: Codes
    """Shape (n,): rows of one cell may change places without changing label counts; numbered from 0."""
    columns: Points
    """Shape (n, k): a coordinate or more for each label."""


def descriptor_columns(descriptors: npt.NDArray[np.floating]) -> Points:
    """Standardise descriptors; what is missing or infinite becomes an indicator.

    Parameters
    ----------
    descriptors : ndarray, shape (n, p)
        Any unit; NaN where missing.

    Returns
    -------
    ndarray of float32, shape (n, q)
        Finite. Constant columns are left out; of equal indicators one is kept.
    """
    columns: list[Numbers] = []
    indicators: dict[bytes, Numbers] = {}
    for values in np.asarray(descriptors, np.float64).T:
        finite = np.isfinite(values)
        column = _cut(np.where(finite, values, 0.0), finite)
        column = np.where(finite, column, column[finite].mean() if finite.any() else 0.0)
        spread = float(column.std())
        if spread > 1e-9 * max(1.0, float(np.abs(column).max(initial=0.0))):
            columns.append((column - column.mean()) / spread)
        for kind in (np.isnan(values), values == np.inf, values == -np.inf):
            if kind.any() and not kind.all():
                share = float(kind.mean())
                key = np.packbits(kind).tobytes()
                indicators[key] = (kind - share) / max(RARE, float(np.sqrt(share * (1 - share))))
    columns += indicators.values()
    return np.column_stack(columns).astype(np.float32) if columns else np.zeros((len(descriptors), 0), np.float32)


def label_columns(labels: npt.NDArray[np.generic], p: int, rng: np.random.Generator) -> LabelColumns:
    """Turn labels of any kind into cells and columns.

    Parameters
    ----------
    labels : ndarray
        Integer codes (n,), -1 for none; multi-hot (n, k), NaN where nobody looked; or numbers (n,), NaN where missing.
    p : int
        Columns of the descriptors: two labels are half as far apart as two random rows are.
    rng : numpy.random.Generator

    Notes
    -----
    Classes are taken in the order of the codes, which the caller has made independent of their names.
    """
    values = np.asarray(labels)
    weight = 0.5 * np.sqrt(max(1, p))
    if values.ndim == 2:
        shown = np.where(np.isnan(values), -1.0, values) if values.dtype.kind == "f" else values
        _, combination, rows = np.unique(shown, axis=0, return_inverse=True, return_counts=True)
        combination = combination.reshape(-1)
        cell = np.where(rows[combination] >= LEAST_ROWS, combination, len(rows))
        columns = _project(descriptor_columns(values.astype(np.float64)), rng)
        return LabelColumns(_numbered(cell), weight / np.sqrt(max(1, columns.shape[1])) * columns)
    if values.dtype.kind == "f":
        columns = descriptor_columns(values[:, None].astype(np.float64))
        return LabelColumns(np.zeros(len(values), np.int64), np.float32(weight) * columns)
    cell = _numbered(values.astype(np.int64))
    classes = int(cell.max(initial=-1)) + 1
    if classes <= MOST_LABEL_COLUMNS:
        codes = np.eye(classes)
    else:
        codes = rng.standard_normal((classes, MOST_LABEL_COLUMNS)) / np.sqrt(MOST_LABEL_COLUMNS)
    return LabelColumns(cell, (weight * codes).astype(np.float32)[cell] if classes > 1 else _none(len(values)))


def _cut(values: Numbers, finite: npt.NDArray[np.bool_]) -> Numbers:
    known = values[finite]
    if not len(known):
        return values
    # Squares of what is beyond 1e150 would not be finite.
    largest = float(np.abs(known).max())
    scaled = values / largest if largest > 1e100 else values
    known = scaled[finite]
    low_at = min(int(np.ceil(TAIL * len(known))), (len(known) - 1) // 2)
    high_at = len(known) - 1 - low_at
    parted = np.partition(known, [low_at, high_at])
    low, high = float(parted[low_at]), float(parted[high_at])
    reach = REACH * (high - low)
    return np.clip(scaled, low - reach, high + reach) if reach > 0 else scaled


def _project(columns: Points, rng: np.random.Generator) -> Points:
    if columns.shape[1] <= 4 * MOST_LABEL_COLUMNS:
        return columns
    directions = rng.standard_normal((columns.shape[1], 4 * MOST_LABEL_COLUMNS)) / np.sqrt(columns.shape[1])
    return np.asarray(columns @ directions, np.float32)


def _numbered(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _none(rows: int) -> Points:
    return np.zeros((rows, 0), np.float32)
