"""Render noise on rows of a table: numbers, categories and gaps, never labels or sensitive columns."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import ndtri

from tasks.noise.drawing import draw_policy, drawn_values
from tasks.noise.tabular_statistics import ColumnStatistics, TableStatistics, table_statistics
from tasks.noise.uniforms import uniforms

__all__ = ["ColumnStatistics", "TableStatistics", "apply", "draw", "table_statistics"]

Keys = NDArray[np.uint64]
Numbers = NDArray[np.float64]

draw = draw_policy


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
        If the numbers of rows differ, or a column of the statistics is missing.

    Notes
    -----
    A row depends on its parent and its row of draws only; what befalls a cell comes from the record's seed and the
    column's name. Numbers that change take values that occur in train (or, where these are many, keep train's range and
    decimals); categories are exchanged for others as often as these occur; a gap appears only in columns that have
    gaps in train, since elsewhere the gap alone would mark a row as synthetic.
    """
    if rows.num_rows != draws.num_rows:
        raise ValueError(f"{draws.num_rows} rows of draws need as many rows, found {rows.num_rows}")
    if missing := [name for name, _ in statistics.columns if name not in rows.column_names]:
        raise ValueError(f"the statistics know columns that the rows lack: {missing}")
    keys = draws.column("seed").to_numpy()
    for name, column in statistics.columns:
        place = rows.column_names.index(name)
        given = rows.column(place).combine_chunks()
        changed = given
        if column.kind == "number" and column.sd > 0:
            changed = _measured(given, draws, keys, name, column)
        elif column.shares:
            changed = _confused(given, draws, keys, name, column)
        if column.missing_share > 0:
            changed = _with_gaps(changed, draws, keys, name)
        rows = rows.set_column(place, rows.schema.field(place), changed)
    return rows


def _measured(given: pa.Array, draws: pa.Table, keys: Keys, name: str, column: ColumnStatistics) -> pa.Array:
    before = given.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    sd = drawn_values(draws, "measurement_noise", "sd_share", 0.0) * column.sd
    step = drawn_values(draws, "rounding", "step_share", 0.0) * column.sd
    touched = ((sd > 0) | (step > 0)) & np.isfinite(before)
    after = before[touched] + sd[touched] * ndtri(uniforms(keys[touched], f"measurement_noise:{name}"))
    coarse = step[touched]
    after = np.where(coarse > 0, np.rint(after / np.where(coarse > 0, coarse, 1)) * coarse, after)
    return _exchange(given, touched, pa.array(_as_recorded(after, column), pa.float64()))


def _as_recorded(values: Numbers, column: ColumnStatistics) -> Numbers:
    """Bring numbers to the nearest value that train holds, or to its range and decimals."""
    if not column.levels:
        kept = np.clip(values, column.low, column.high)
        return kept if column.decimals is None else np.round(kept, column.decimals)
    levels = np.array(column.levels)
    above = np.clip(np.searchsorted(levels, values), 1, len(levels) - 1)
    nearer = values - levels[above - 1] <= levels[above] - values
    return np.asarray(levels[above - nearer])


def _confused(given: pa.Array, draws: pa.Table, keys: Keys, name: str, column: ColumnStatistics) -> pa.Array:
    rate = drawn_values(draws, "category_confusion", "rate", 0.0)
    hit = (uniforms(keys, f"category_confusion:{name}") < rate) & given.is_valid().to_numpy(zero_copy_only=False)
    ends = np.cumsum(column.shares)
    picked = np.searchsorted(ends, uniforms(keys[hit], f"category_confusion.other:{name}") * ends[-1], side="right")
    values = pa.array(column.categories or column.levels)
    return _exchange(given, hit, values.take(pa.array(np.minimum(picked, len(ends) - 1))))


def _with_gaps(given: pa.Array, draws: pa.Table, keys: Keys, name: str) -> pa.Array:
    hit = uniforms(keys, f"missingness:{name}") < drawn_values(draws, "missingness", "rate", 0.0)
    return pc.if_else(pa.array(hit), pa.scalar(None, given.type), given)


def _exchange(given: pa.Array, where: NDArray[np.bool_], values: pa.Array) -> pa.Array:
    """Put values into the cells that are marked; all others stay as they are, to the bit."""
    if pa.types.is_integer(given.type):
        values = pc.round(values)
    return pc.replace_with_mask(given, pa.array(where), values.cast(given.type))
