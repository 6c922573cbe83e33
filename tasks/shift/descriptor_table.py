"""Every descriptor of two samples on its own: how far apart, how sure, and whether it matters."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tasks.shift.columns import Columns
from tasks.shift.contrasts import Contrasts
from tasks.shift.features import ORDERS, Features
from tasks.shift.intervals import Pairing
from tasks.shift.measurements import NAN, Effect
from tasks.shift.multiplicity import adjust
from tasks.shift.numbers import THREADS, Numbers
from tasks.shift.sample import Codes, Floats
from tasks.shift.tails import p_values
from tasks.shift.units import Units
from tasks.shift.univariate import MOST_LEVELS, CategoryComparison, NumericComparison, compare_coded

MARGIN = 0.10
"""Cliff's delta, total variation or difference of shares up to which two samples count as alike: a model whose error
depends on a descriptor's rank as steeply as a straight line can reads at most a tenth of its error apart."""

SPREAD_MARGIN = 0.18
"""The same in standard deviations, for Wasserstein-1: a normal value that moves by .178 has Cliff's delta .10."""

RARE = 5
"""Rows of both sides below which a category tells nothing of its shares (the old rule for chi-squared)."""

MOSTLY_RARE = 0.10
"""Share of rows in rare categories, above which they may hide a difference, or feign one."""

COLUMNS = pa.schema(
    [
        ("descriptor", pa.string()),
        ("statistic", pa.string()),
        ("effect", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("p_value", pa.float64()),
        ("p_adjusted", pa.float64()),
        ("margin", pa.float64()),
        ("state", pa.string()),
        ("n_x", pa.int64()),
        ("n_y", pa.int64()),
        ("note", pa.string()),
    ]
)


@dataclass(frozen=True)
class _Row:
    descriptor: str
    statistic: str
    effect: Effect
    note: str | None = None


def compare_descriptors(
    columns: Columns,
    numbers: Numbers,
    features: Features,
    found: Sequence[Contrasts],
    units: Units,
    pairing: Pairing,
    *,
    margin: float = MARGIN,
    level: float = 0.05,
) -> pa.Table:
    """Compare two samples descriptor by descriptor.

    Parameters
    ----------
    columns : Columns
    numbers : Numbers
        The numbers, compared.
    features, found
        What each of `found` contrasts; of a descriptor the largest of their p-values counts.
    units : Units
    pairing : Pairing
        Draws for the intervals.
    margin : float
        Up to which a difference does not matter, in Cliff's delta, total variation or share.
    level : float
        Share of false discoveries among all rows of the table.

    Returns
    -------
    pa.Table
        Of numbers cliffs_delta (x over y: location) and wasserstein (any difference, in pooled standard deviations), of
        categories total_variation, of columns with gaps missing_share_difference (x minus y). `p_value` by dealing
        whole atoms anew, `p_adjusted` over all rows (Benjamini & Hochberg 1995). `state` is

        - "different": p_adjusted is below `level` and the whole interval lies beyond the margin;
        - "equivalent": the whole interval lies within the margin (two one-sided tests, Schuirmann 1987);
        - "undecided": neither, or there was nothing to compare; then `note` says why.
    """
    tests = [_tests(features, each, units) for each in found]
    p = {key: max(test[key] for test in tests) for key in tests[0]}
    with ThreadPoolExecutor(THREADS) as threads:
        words = dict(
            zip(columns.words, threads.map(lambda sides: _coded(sides, pairing), columns.words.values()), strict=True)
        )
    rows = [row for name, of in numbers.compared.items() for row in _of_numbers(name, of, numbers.distinct[name], p)]
    rows += [row for name, of in words.items() for row in _of_words(name, of, columns.words[name], features, p)]
    rows += [_Row(name, "none", Effect(NAN), why) for name, why in columns.refused.items()]
    adjusted = adjust([row.effect.p_value for row in rows]).tolist()
    return pa.Table.from_pylist(
        [_cells(row, q, margin, level) for row, q in zip(rows, adjusted, strict=True)], schema=COLUMNS
    )


def _tests(features: Features, found: Contrasts, units: Units) -> dict[tuple[str, str], float]:
    """Return the p-value of each descriptor and statistic that can be tested."""
    if min(units.x, units.y) < 2:
        return {}
    squares = found.squares
    statistics: dict[tuple[str, str], Floats] = {}
    weights = 1 / np.arange(1, ORDERS + 1)
    for name in features.numbers:
        orders = squares[features.of(name)]
        statistics[name, "cliffs_delta"] = orders[0]
        statistics[name, "wasserstein"] = weights @ orders
    for name in features.words:
        statistics[name, "total_variation"] = squares[features.of(name)].sum(0)
    for at, name in enumerate(features.gappy):
        statistics[name, "missing_share_difference"] = squares[features.groups["gaps"].start + at]
    if not statistics:
        return {}
    values = p_values(np.array(list(statistics.values())), units.x, units.y)
    return dict(zip(statistics, values.tolist(), strict=True))


def _coded(sides: tuple[Codes, Codes], pairing: Pairing) -> CategoryComparison:
    x, y = sides
    return compare_coded(x, y, 1 + max(int(x.max(initial=-1)), int(y.max(initial=-1))), pairing)


def _of_numbers(name: str, found: NumericComparison, distinct: int, p: dict[tuple[str, str], float]) -> Iterator[_Row]:
    n, m = found.cliffs_delta.n_a, found.cliffs_delta.n_b
    note = None if distinct > 1 else "one value in every row" if distinct else "no value"
    if distinct and not (n and m):
        note = f"no value in {'y' if n else 'x'}"
    if not note and found.wasserstein.effect == 0.0:
        note = "exactly the same shares of every value on both sides: nearer than independent rows come"
    for statistic in ("cliffs_delta", "wasserstein"):
        yield _Row(name, statistic, _with(getattr(found, statistic), p.get((name, statistic), NAN)), note)
    yield from _gaps(name, found.missing_share_difference, p)


def _of_words(
    name: str,
    found: CategoryComparison,
    sides: tuple[Codes, Codes],
    features: Features,
    p: dict[tuple[str, str], float],
) -> Iterator[_Row]:
    codes = np.concatenate(sides)
    counts = np.bincount(codes[codes >= 0])
    rare = counts < max(RARE, np.sort(counts)[-MOST_LEVELS:].min(initial=0))
    note = None
    if not all((side >= 0).any() for side in sides):
        missing = [which for which, side in zip("xy", sides, strict=True) if not (side >= 0).any()]
        note = "no value" if len(missing) == 2 else f"no value in {missing[0]}"
    elif len(counts) < 2:
        note = "one value in every row"
    elif counts[rare].sum() > MOSTLY_RARE * counts.sum():
        note = f"{rare.sum():,} of {len(counts):,} categories are too rare to compare"
    yield _Row(name, "total_variation", _with(found.total_variation, p.get((name, "total_variation"), NAN)), note)
    yield from _gaps(name, found.missing_share_difference, p)


def _gaps(name: str, found: Effect, p: dict[tuple[str, str], float]) -> Iterator[_Row]:
    if (name, "missing_share_difference") in p or found.effect != 0:
        yield _Row(name, "missing_share_difference", _with(found, p.get((name, "missing_share_difference"), NAN)))


def _with(found: Effect, p_value: float) -> Effect:
    return found.with_p(NAN if math.isnan(found.effect) else p_value)


def _cells(row: _Row, adjusted: float, margin: float, level: float) -> dict[str, object]:
    found = row.effect
    limit = margin * SPREAD_MARGIN / MARGIN if row.statistic == "wasserstein" else margin
    inside = -limit < found.ci_low and found.ci_high < limit
    outside = found.ci_low > limit or found.ci_high < -limit
    state = "undecided"
    if adjusted < level and outside:
        state = "different"
    elif inside and row.note is None and not math.isnan(found.p_value):
        state = "equivalent"
    numbers = [found.effect, found.ci_low, found.ci_high, found.p_value, adjusted]
    cells = [None if math.isnan(number) else float(number) for number in numbers]
    names = ("effect", "ci_low", "ci_high", "p_value", "p_adjusted")
    return {
        "descriptor": row.descriptor,
        "statistic": row.statistic,
        **dict(zip(names, cells, strict=True)),
        "margin": limit,
        "state": state,
        "n_x": found.n_a,
        "n_y": found.n_b,
        "note": row.note,
    }
