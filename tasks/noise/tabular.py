"""Render noise on rows of a table: numbers, categories and gaps, never labels or sensitive columns."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.noise.drawing import draw_policy, drawn_values
from tasks.noise.uniforms import uniforms

draw = draw_policy


@dataclass(frozen=True)
class ColumnStatistics:
    """What train knows of one column."""

    kind: Literal["number", "category"]
    granularity: float
    """The step that its numbers are recorded in; 0 if there is none."""
    sd: float
    low: float
    high: float
    missing_share: float
    categories: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    """How often each category occurs, of those present."""


@dataclass(frozen=True)
class TableStatistics:
    """What train knows of each column that may be changed; columns that are not listed stay as they are."""

    columns: tuple[tuple[str, ColumnStatistics], ...]


def table_statistics(train: pa.Table, *, keep: tuple[str, ...] = ()) -> TableStatistics:
    """Learn the columns' steps, spread, categories and gaps from training rows.

    Parameters
    ----------
    train : pa.Table
        Feature columns of training rows: numbers, booleans or text.
    keep : tuple of str
        Columns that noise never changes: sensitive ones, and the label if it is among them.

    Returns
    -------
    TableStatistics
    """
    learnt = []
    for name in train.column_names:
        if name not in keep and (column := _learn(train.column(name))) is not None:
            learnt.append((name, column))
    return TableStatistics(tuple(learnt))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _learn(column: pa.ChunkedArray) -> ColumnStatistics | None:
    missing = column.null_count / len(column) if len(column) else 0.0
    if _is_number(column.type):
        values = column.cast(pa.float64()).to_numpy()
        finite = values[np.isfinite(values)]
        if not len(finite):
            return None
        missing = 1 - len(finite) / len(values)
        return ColumnStatistics(
            "number", granularity(finite), float(finite.std()), float(finite.min()), float(finite.max()), missing
        )
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        counts = column.drop_null().value_counts()
        pairs = sorted((row["values"], row["counts"]) for row in counts.to_pylist())
        total = sum(count for _, count in pairs)
        names, shares = tuple(name for name, _ in pairs), tuple(count / total for _, count in pairs)
        return ColumnStatistics("category", 0, 0, 0, 0, missing, names, shares)
    return None


def granularity(values: NDArray[np.float64]) -> float:
    """Find the step that numbers are recorded in: the largest one of which all differences are multiples.

    Parameters
    ----------
    values : (n,) float64, finite

    Returns
    -------
    float
        0 if numbers are not on a grid of at least a millionth of their range.
    """
    distinct = np.unique(values)
    if len(distinct) < 2:
        return 0.0
    span = distinct[-1] - distinct[0]
    step = float(np.diff(distinct).min())
    steps = (distinct - distinct[0]) / step
    return step if step > span * 1e-6 and np.allclose(steps, np.rint(steps), atol=1e-3) else 0.0


def apply(rows: pa.Table, draws: pa.Table, statistics: TableStatistics) -> pa.Table:
    """Render one synthetic row a row of draws.

    Parameters
    ----------
    rows : pa.Table, n rows
        Feature columns of the parent of each row of `draws`.
    draws : pa.Table, n rows
        As `draw` returns it.
    statistics : TableStatistics
        Of train.

    Returns
    -------
    pa.Table
        The same schema; columns without statistics as they were.

    Raises
    ------
    ValueError
        If the numbers of rows differ.

    Notes
    -----
    Numbers stay within train's range and on the column's own grid, categories among train's; a gap appears only in
    columns that have gaps in train, since elsewhere a gap alone would mark a row as synthetic.
    """
    if rows.num_rows != draws.num_rows:
        raise ValueError(f"{draws.num_rows} rows of draws need as many rows, found {rows.num_rows}")
    keys = draws.column("seed").to_numpy()
    for name, column in statistics.columns:
        place = rows.column_names.index(name)
        given = rows.column(place).combine_chunks()
        changed = (_number if column.kind == "number" else _category)(given, draws, keys, name, column)
        rows = rows.set_column(place, rows.schema.field(place), _gaps(changed, draws, keys, name, column))
    return rows


def _number(
    given: pa.Array, draws: pa.Table, keys: NDArray[np.uint64], name: str, column: ColumnStatistics
) -> pa.Array:
    from scipy.special import ndtri

    before = given.cast(pa.float64()).to_numpy(zero_copy_only=False)
    noise_sd = drawn_values(draws, "measurement_noise", "sd_share", 0.0) * column.sd
    step = drawn_values(draws, "rounding", "step_share", 0.0) * column.sd
    after = before + noise_sd * ndtri(uniforms(keys, f"measurement_noise:{name}"))
    with np.errstate(divide="ignore", invalid="ignore"):
        after = np.where(step > 0, np.rint(after / step) * step, after)
    if column.granularity > 0:
        after = column.low + np.rint((after - column.low) / column.granularity) * column.granularity
    after = np.clip(after, column.low, column.high)
    after = np.where((noise_sd > 0) | (step > 0), after, before)
    if pa.types.is_integer(given.type):
        after = np.rint(after)
    return pa.array(after, pa.float64(), mask=given.is_null().to_numpy(zero_copy_only=False)).cast(
        given.type, safe=False
    )


def _category(
    given: pa.Array, draws: pa.Table, keys: NDArray[np.uint64], name: str, column: ColumnStatistics
) -> pa.Array:
    if not column.categories:
        return given
    hit = uniforms(keys, f"category_confusion:{name}") < drawn_values(draws, "category_confusion", "rate", 0.0)
    ends = np.cumsum(column.shares)
    which = np.searchsorted(ends, uniforms(keys, f"category_confusion.which:{name}") * ends[-1], side="right")
    other = pa.array([column.categories[min(i, len(ends) - 1)] for i in which.tolist()], given.type)
    present = ~given.is_null().to_numpy(zero_copy_only=False)
    return pc.if_else(pa.array(hit & present), other, given)


def _gaps(given: pa.Array, draws: pa.Table, keys: NDArray[np.uint64], name: str, column: ColumnStatistics) -> pa.Array:
    if column.missing_share == 0:
        return given
    hit = uniforms(keys, f"missingness:{name}") < drawn_values(draws, "missingness", "rate", 0.0)
    return pc.if_else(pa.array(hit), pa.scalar(None, given.type), given)
