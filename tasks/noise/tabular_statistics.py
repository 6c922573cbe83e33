"""What training rows tell about each column: its steps, spread, categories and gaps."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

FEW_LEVELS = 10
"""A numeric column with at most so many values is a code (0/1, a grade): it is confused, not measured."""
MOST_LEVELS = 4096
"""Up to so many values are remembered, so that noise lands on values that occur; beyond, on the decimals in use."""
MOST_CATEGORIES = 1000
ROWS_PER_CATEGORY = 5
"""Text with more values, or fewer rows a value, is an identifier or free text: confusing it means nothing."""
MOST_DECIMALS = 9


@dataclass(frozen=True)
class ColumnStatistics:
    """What train knows of one column.

    Parameters
    ----------
    kind : {"number", "code", "category"}
    missing_share : float
    sd : float
        Standard deviation of a number.
    levels : tuple of float
        The values of a number or code that occur, ascending; empty where there are more than `MOST_LEVELS`.
    low, high : float
        Range of a number.
    decimals : int or None
        Decimals that a number is recorded with; None where there are more than `MOST_DECIMALS`.
    categories : tuple of str
    shares : tuple of float
        How often each category, or level of a code, occurs among those present.
    """

    kind: Literal["number", "code", "category"]
    missing_share: float
    sd: float = 0.0
    levels: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    decimals: int | None = None
    categories: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class TableStatistics:
    """What train knows of each column that may be changed; columns that are not listed stay as they are."""

    columns: tuple[tuple[str, ColumnStatistics], ...]


def table_statistics(train: pa.Table, *, keep: tuple[str, ...] = ()) -> TableStatistics:
    """Learn from training rows; never from dev or test.

    Parameters
    ----------
    train : pa.Table
        Feature columns: numbers, booleans or text; others are left alone.
    keep : tuple of str
        Columns that noise never changes: sensitive ones, and the label if it is among them.

    Returns
    -------
    TableStatistics
    """
    learnt = ((name, _learn(train.column(name))) for name in train.column_names if name not in keep)
    return TableStatistics(tuple((name, column) for name, column in learnt if column is not None))


def _learn(column: pa.ChunkedArray) -> ColumnStatistics | None:
    if is_text(column.type):
        return _text(column)
    if is_number(column.type):
        return _number(column.cast(pa.float64()).to_numpy())
    return None


def is_number(kind: pa.DataType) -> bool:
    """Tell whether noise treats a column as numbers; booleans are the numbers 0 and 1."""
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind))


def is_text(kind: pa.DataType) -> bool:
    """Tell whether noise treats a column as categories."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _text(column: pa.ChunkedArray) -> ColumnStatistics | None:
    counts = pc.value_counts(column.drop_null())
    present = len(column) - column.null_count
    if not 2 <= len(counts) <= min(MOST_CATEGORIES, present / ROWS_PER_CATEGORY):
        return _only_gaps("category", column.null_count / max(1, len(column)))
    pairs = sorted((str(row["values"]), int(row["counts"])) for row in counts.to_pylist())
    return ColumnStatistics(
        "category",
        column.null_count / len(column),
        categories=tuple(name for name, _ in pairs),
        shares=tuple(count / present for _, count in pairs),
    )


def _number(values: NDArray[np.float64]) -> ColumnStatistics | None:
    finite = values[np.isfinite(values)]
    missing = 1 - len(finite) / max(1, len(values))
    levels, counts = np.unique(finite, return_counts=True)
    if len(levels) < 2:
        return _only_gaps("number", missing)
    if len(levels) <= FEW_LEVELS:
        shares = tuple((counts / counts.sum()).tolist())
        return ColumnStatistics("code", missing, levels=tuple(levels.tolist()), shares=shares)
    return ColumnStatistics(
        "number",
        missing,
        sd=float(finite.std()),
        levels=tuple(levels.tolist()) if len(levels) <= MOST_LEVELS else (),
        low=float(levels[0]),
        high=float(levels[-1]),
        decimals=decimals(levels),
    )


def _only_gaps(kind: Literal["number", "category"], missing: float) -> ColumnStatistics | None:
    return ColumnStatistics(kind, missing) if 0 < missing < 1 else None


def decimals(values: NDArray[np.float64]) -> int | None:
    """Return how many decimals numbers are recorded with; None where it is more than `MOST_DECIMALS`."""
    return next((d for d in range(MOST_DECIMALS + 1) if np.array_equal(np.round(values, d), values)), None)
