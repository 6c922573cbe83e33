"""What a noise policy drew, summed up: one line a parameter."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BINS = 24
"""Enough to tell a normal from a uniform distribution at the size of a line of text."""

_KEYS = frozenset({"record_id", "parent_id", "copy", "seed"})


@dataclass(frozen=True)
class DrawnParameter:
    """How often an operation was drawn and how strong it came out.

    Parameters
    ----------
    operation, parameter : str
        The two halves of the column's name `<operation>.<parameter>`.
    rows : int
        Synthetic records that it was drawn for, of `of` in all.
    low, median, high : float, optional
        5th, 50th and 95th percentile of the drawn values; None for words.
    words : str
        The commonest values of a parameter that is not a number.
    edges, counts : tuple
        How many drawn values lie in each of `BINS` bins from the lowest to the highest; empty for words.
    """

    operation: str
    parameter: str
    rows: int
    of: int
    low: float | None = None
    median: float | None = None
    high: float | None = None
    words: str = ""
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


def summarise_draws(draws: pa.Table) -> tuple[DrawnParameter, ...]:
    """Sum up a table of draws.

    Parameters
    ----------
    draws : pa.Table (n rows)
        Columns `record_id`, `parent_id`, `copy`, `seed` and one `<operation>.<parameter>` each, null where the
        operation was not drawn.

    Returns
    -------
    tuple of DrawnParameter
        In the order of the columns; parameters that were never drawn are part of it with 0 rows.
    """
    return tuple(_sum_up(name, draws) for name in _parameters(draws.column_names))


def _parameters(names: Iterable[str]) -> list[str]:
    return [name for name in names if name not in _KEYS and "." in name]


def _sum_up(name: str, draws: pa.Table) -> DrawnParameter:
    operation, parameter = name.split(".", 1)
    values = draws.column(name).drop_null()
    line = DrawnParameter(operation, parameter, len(values), draws.num_rows)
    kind = values.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        numbers = values.to_numpy().astype(np.float64)
        numbers = numbers[np.isfinite(numbers)]
        if not numbers.size:
            return line
        low, median, high = (float(q) for q in np.quantile(numbers, (0.05, 0.5, 0.95)))
        counts, edges = np.histogram(numbers, bins=BINS)
        shape = (tuple(edges.tolist()), tuple(counts.tolist()))
        return DrawnParameter(operation, parameter, len(values), draws.num_rows, low, median, high, "", *shape)
    common = pc.value_counts(values.cast(pa.string())).to_pylist()
    common.sort(key=lambda entry: (-entry["counts"], entry["values"]))
    words = ", ".join(f"{entry['values']} ({entry['counts']:,})" for entry in common[:3])
    more = f" and {len(common) - 3:,} more" if len(common) > 3 else ""
    return DrawnParameter(operation, parameter, len(values), draws.num_rows, words=words + more)
