"""Rows of tables as a small model sees them: columns brought to one scale, and bends between them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.task_space.convolution import Floats

BENDS = 256
"""Random units max(0, w x + b): with them a linear model knows bends and interactions."""
MOST_LEVELS = 30
"""Categories of a column that have a coordinate of their own, the most frequent ones."""
FARTHEST = 5.0
"""Standard deviations beyond which a number is no farther: one broken row must not bend the model."""


@dataclass(frozen=True)
class Columns:
    """How a table becomes features; made by `fit_columns`.

    Parameters
    ----------
    numbers : dict of str to (middle, spread)
        Of each number that varies.
    gaps : tuple of str
        Numbers that some rows lack.
    levels : dict of str to list of str
        Of each category, its most frequent values.
    """

    numbers: dict[str, tuple[float, float]]
    gaps: tuple[str, ...]
    levels: dict[str, list[str]]
    seed: int

    def see(self, table: pa.Table) -> Floats:
        """Return features of rows, float32, shape (n, columns + BENDS), finite.

        A missing number counts as the middle one, and its gap as a column of its own. Invariant: a row's features
        depend on that row alone.
        """
        found: list[NDArray[np.float32]] = []
        for name, (middle, spread) in self.numbers.items():
            values = (table[name].to_numpy().astype(np.float64) - middle) / spread
            found.append(np.clip(np.nan_to_num(values, nan=0.0), -FARTHEST, FARTHEST).astype(np.float32))
        found += [np.isnan(table[name].to_numpy().astype(np.float64)).astype(np.float32) for name in self.gaps]
        for name, levels in self.levels.items():
            codes = pc.fill_null(pc.index_in(table[name], value_set=pa.array(levels, pa.string())), -1).to_numpy()
            found += [(codes == code).astype(np.float32) for code in range(len(levels))]
        plain = np.column_stack(found) if found else np.zeros((table.num_rows, 0), np.float32)
        rng = np.random.default_rng([self.seed, 0xBE9D])
        width = max(1, plain.shape[1])
        weights = rng.normal(size=(plain.shape[1], BENDS)) / np.sqrt(width)
        bends = np.maximum(plain @ weights.astype(np.float32) + rng.normal(size=BENDS).astype(np.float32), 0)
        return np.concatenate([plain, bends], axis=1, dtype=np.float32)


def fit_columns(table: pa.Table, *, seed: int) -> Columns:
    """Choose scales and levels by the rows that a model is fitted on.

    Parameters
    ----------
    table : pa.Table
        Numbers (NaN where missing) and text (null where missing), as `tasks.descriptors.tabular` makes them.
    seed : int
        Draws the bends.
    """
    numbers, gaps, levels = {}, [], {}
    for name in table.column_names:
        if not pa.types.is_floating(table.schema.field(name).type):
            counts = pc.value_counts(table[name].drop_null()).to_pylist()
            counts.sort(key=lambda entry: (-entry["counts"], entry["values"]))
            levels[name] = [entry["values"] for entry in counts[:MOST_LEVELS]]
            continue
        values = table[name].to_numpy().astype(np.float64)
        known = values[np.isfinite(values)]
        if 0 < np.isnan(values).sum() < len(values):
            gaps.append(name)
        if len(known) and known.min() < known.max():
            low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
            spread = float(high - low) / 1.349 or float(known.std())
            if spread > 0 and np.isfinite(spread):
                numbers[name] = (float(middle), spread)
    return Columns(numbers, tuple(gaps), levels, seed)
