"""Which pairs of columns hang together otherwise in one sample than in the other."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit
from scipy.stats import rankdata

from tasks.shift.intervals import merge_atoms
from tasks.shift.measurements import NAN, Effect
from tasks.shift.multiplicity import adjust
from tasks.shift.sample import Codes, Floats

FEWEST_BLOCKS = 5
"""Of fewer independent parts nothing is said but the correlation itself."""
_CERTAIN = 1 - 1e-9
"""Correlations beyond have no finite Fisher transform."""


@dataclass(frozen=True)
class CorrelationShift:
    """How a pair of columns hangs together in two samples.

    Parameters
    ----------
    first, second : str
        The columns.
    in_x, in_y : float
        Spearman's correlation in each sample, NaN where a column is constant or missing.
    difference : Effect
        `in_y` minus `in_x`; n_a and n_b are the rows that have both values.
    p_adjusted : float
        The p-value adjusted for all pairs that were looked at.
    """

    first: str
    second: str
    in_x: float
    in_y: float
    difference: Effect
    p_adjusted: float = NAN

    def sentence(self, x: str = "x", y: str = "y") -> str:
        """Say it in words, with what the samples are called."""
        figures = f"{self.in_x:.2f} in {x}, {self.in_y:.2f} in {y}"
        return f"The correlation of {self.first} and {self.second} is {figures}."


@dataclass(frozen=True)
class _Side:
    """Spearman's correlations of one sample, whole and with each block of atoms left out."""

    whole: Floats
    error: Floats
    """Standard error of Fisher's transform."""
    blocks: Codes
    rows: Codes


def correlation_shift(
    x: Mapping[str, Floats],
    y: Mapping[str, Floats],
    *,
    atoms_x: npt.ArrayLike | None = None,
    atoms_y: npt.ArrayLike | None = None,
    seed: int,
    confidence: float = 0.95,
) -> list[CorrelationShift]:
    """Compare the rank correlation of every pair of columns between two samples.

    Parameters
    ----------
    x, y : mapping of str to ndarray, shape (n,), (m,)
        Numbers; NaN where missing. Columns that only one sample has are left out.
    atoms_x, atoms_y : array of int, shape (n,), (m,), optional
        Which rows belong together; every row its own by default.
    seed : int
        Merges atoms into blocks where there are many.
    confidence : float
        In (0, 1), of the interval.

    Returns
    -------
    list of CorrelationShift
        Every pair once, the surest differences first; pairs about which nothing can be said come last.

    Notes
    -----
    Invariants: rising transformations of a column change nothing; a falling one changes signs; swapping the samples
    changes the sign of the difference. Values are ranked among all that a column has, pairs are those of rows with
    both.

    The errors are those of the jackknife over whole atoms, on the scale of Fisher's transform, where they do not depend
    on the correlation; the interval joins the limits of both sides. Atoms on both sides make it too wide, never too
    narrow, where they move both correlations alike.

    References
    ----------
    Spearman 1904; Fisher 1915; Efron & Stein, The jackknife estimate of variance, Ann. Stat. 1981; Zou, Toward using
    confidence intervals to compare correlations, Psychol. Methods 2007; Benjamini & Hochberg 1995.
    """
    names = [name for name in x if name in y]
    rng = np.random.default_rng(seed)
    sides = [_side(sample, names, atoms, rng) for sample, atoms in ((x, atoms_x), (y, atoms_y))]
    pairs = list(combinations(range(len(names)), 2))
    effects = [_difference(sides[0], sides[1], pair, confidence) for pair in pairs]
    adjusted = adjust([effect.p_value for effect in effects])
    found = [
        CorrelationShift(
            names[i], names[j], float(sides[0].whole[i, j]), float(sides[1].whole[i, j]), effect, float(p_adjusted)
        )
        for (i, j), effect, p_adjusted in zip(pairs, effects, adjusted, strict=True)
    ]
    return sorted(found, key=_surest_first)


def _surest_first(shift: CorrelationShift) -> tuple[float, float]:
    p, size = shift.difference.p_value, abs(shift.difference.effect)
    return (2.0 if math.isnan(p) else p), (0.0 if math.isnan(size) else -size)


def _side(
    columns: Mapping[str, Floats], names: list[str], atoms: npt.ArrayLike | None, rng: np.random.Generator
) -> _Side:
    values = np.column_stack([np.asarray(columns[name], np.float64) for name in names]) if names else np.empty((0, 0))
    here = ~np.isnan(values)
    rank = np.zeros(values.shape)
    for column in range(len(names)):
        chosen = here[:, column]
        if chosen.any():
            ranks = rankdata(values[chosen, column])
            rank[chosen, column] = ranks / len(ranks) - 0.5
    block = merge_atoms(np.arange(len(values)) if atoms is None else np.asarray(atoms, np.int64), rng)
    parts = _moments(rank, here.astype(np.float64), block)
    total = parts.sum(axis=1)
    whole, rows = _correlation(total), total[0]
    left_out = np.arctanh(np.clip(_correlation(total[:, None] - parts), -_CERTAIN, _CERTAIN))
    told = (parts[0] > 0) & np.isfinite(left_out)  # a block without a row of a pair says nothing of it
    count = told.sum(axis=0)
    mean = np.where(told, left_out, 0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(told, (left_out - mean) ** 2, 0).sum(axis=0)
    error = np.sqrt(squares * (count - 1) / np.maximum(count, 1))
    return _Side(whole, error, count, rows.astype(np.int64))


def _moments(rank: Floats, here: Floats, block: Codes) -> Floats:
    """Sum, over each block's rows with both values of a pair: 1, u, v, uu, vv, uv; shape (6, blocks, p, p)."""
    order, sizes = np.argsort(block, kind="stable"), np.bincount(block)
    starts = np.cumsum(sizes) - sizes
    sums = np.zeros((6, len(sizes), rank.shape[1], rank.shape[1]))
    for size in np.unique(sizes).tolist():  # blocks of one size at once: few sizes where atoms are many
        blocks = np.flatnonzero(sizes == size)
        rows = order[starts[blocks][:, None] + np.arange(size)]
        u, there = rank[rows], here[rows]
        turned = u.transpose(0, 2, 1)
        first, square = turned @ there, (turned * turned) @ there
        sums[0, blocks] = there.transpose(0, 2, 1) @ there
        sums[1, blocks], sums[2, blocks] = first, first.transpose(0, 2, 1)
        sums[3, blocks], sums[4, blocks] = square, square.transpose(0, 2, 1)
        sums[5, blocks] = turned @ u
    return sums


def _correlation(moments: Floats) -> Floats:
    n, u, v, uu, vv, uv = moments
    safe = np.maximum(n, 1)
    spread = np.maximum(uu - u * u / safe, 0) * np.maximum(vv - v * v / safe, 0)
    told = spread > 1e-18 * safe**2
    return np.where(told, (uv - u * v / safe) / np.sqrt(np.where(told, spread, 1)), NAN)


def _difference(x: _Side, y: _Side, pair: tuple[int, int], confidence: float) -> Effect:
    in_x, in_y = float(x.whole[pair]), float(y.whole[pair])
    rows = int(x.rows[pair]), int(y.rows[pair])
    fewest = min(int(x.blocks[pair]), int(y.blocks[pair]))
    errors = float(x.error[pair]), float(y.error[pair])
    if math.isnan(in_x + in_y) or fewest < FEWEST_BLOCKS:
        return Effect(in_y - in_x, NAN, NAN, NAN, *rows)
    variances = errors[0] ** 2, errors[1] ** 2
    z = [math.atanh(min(max(r, -_CERTAIN), _CERTAIN)) for r in (in_x, in_y)]
    reach = [
        float(-stdtrit(int(side.blocks[pair]) - 1, (1 - confidence) / 2)) * error
        for side, error in zip((x, y), errors, strict=True)
    ]
    (low_x, high_x), (low_y, high_y) = (
        (math.tanh(middle - half), math.tanh(middle + half)) for middle, half in zip(z, reach, strict=True)
    )
    low = in_y - in_x - math.hypot(in_y - low_y, high_x - in_x)
    high = in_y - in_x + math.hypot(high_y - in_y, in_x - low_x)
    both = sum(variances)
    if both == 0:
        return Effect(in_y - in_x, low, high, 1.0 if in_x == in_y else NAN, *rows)
    # Satterthwaite's degrees of freedom.
    parts = [v * v / (int(side.blocks[pair]) - 1) for v, side in zip(variances, (x, y), strict=True)]
    p = 2 * float(stdtr(both * both / sum(parts), -abs(z[1] - z[0]) / math.sqrt(both)))
    return Effect(in_y - in_x, low, high, p, *rows)
