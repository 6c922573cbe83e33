"""Energy distance between two weighted samples of descriptors, and how far it scatters when nothing differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from tasks.noise.line import Line

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Blocks = Sequence[NDArray[np.intp]]

MOST_SD = 8.0
"""Standardised values are cut there: one broken record must not weigh like a hundred."""
IQR_OF_NORMAL = 1.349
"""Interquartile range of a normal distribution of standard deviation 1."""
TINY = 1e-9
QUANTILES = np.linspace(0.05, 0.95, 10)


@dataclass(frozen=True)
class Scale:
    """Centre and spread of each descriptor, learnt once so that distances of a fit can be compared."""

    keep: NDArray[np.intp]
    centre: Vector
    spread: Vector

    def __call__(self, values: NDArray[np.floating]) -> Matrix:
        """Standardise (n, p) descriptors; a missing value becomes the median, a constant column is left out."""
        chosen = np.asarray(values, dtype=np.float64)[:, self.keep]
        standard = (chosen - self.centre) / self.spread
        return np.clip(np.where(np.isfinite(standard), standard, 0.0), -MOST_SD, MOST_SD)


def pooled_scale(first: NDArray[np.floating], second: NDArray[np.floating]) -> Scale:
    """Learn centre and spread of each column over two samples, each counting half whatever its rows.

    Parameters
    ----------
    first : (n, p) floating
    second : (m, p) floating
        Not finite: missing.

    Returns
    -------
    Scale
        Without columns that are constant over both, or missing altogether in one.

    Notes
    -----
    The spread is measured within the samples (interquartile range, or the standard deviation where that is 0), so that
    a column in which they lie far apart counts by how far.
    """
    (centre_a, spread_a), (centre_b, spread_b) = _location(first), _location(second)
    centre, spread = (centre_a + centre_b) / 2, (spread_a + spread_b) / 2
    spread = np.where(spread > TINY, spread, np.abs(centre_a - centre_b))
    keep = np.flatnonzero(np.isfinite(spread) & (spread > TINY))
    return Scale(keep, centre[keep], spread[keep])


def _location(sample: NDArray[np.floating]) -> tuple[Vector, Vector]:
    """Return median and robust spread of each column, NaN where nothing is finite."""
    found = np.full((2, sample.shape[1]), np.nan)
    for place, column in enumerate(np.asarray(sample, dtype=np.float64).T):
        if len(finite := column[np.isfinite(column)]):
            low, middle, high = np.quantile(finite, (0.25, 0.5, 0.75))
            robust = (high - low) / IQR_OF_NORMAL
            found[:, place] = middle, robust if robust > TINY else finite.std()
    return found[0], found[1]


def blocks_of(names: Sequence[str]) -> Blocks:
    """Return the columns of each family, in the order of first occurrence."""
    return [np.array([place for place, name in enumerate(names) if name == family]) for family in dict.fromkeys(names)]


class EnergyTo:
    """Energy distance of samples to one fixed sample, summed over families of columns.

    Parameters
    ----------
    goal : (m, p) float64
    weights : (m,) float64
        Of sum 1.
    blocks : sequence of (k,) int, optional
        The columns of each family; all in one if left out.

    Notes
    -----
    A family of k columns counts by its distance over the root of k, so that families count alike. In one space of all
    columns a family in which the samples lie far apart hides the others, because distances grow with the root of the
    sum of squares, and a family of many columns hides one of few. The sum is 0 only if every family is of one law; that
    families depend on each other in another way in the target is not seen, which noise could not imitate anyway.
    """

    def __init__(self, goal: Matrix, weights: Vector, blocks: Blocks | None = None) -> None:
        self._blocks = [np.arange(goal.shape[1])] if blocks is None else blocks
        self._goals = [np.ascontiguousarray(goal[:, block]) for block in self._blocks]
        self._goal, self._weights = goal, weights
        self._lines = [Line(part[:, 0], weights) if part.shape[1] == 1 else None for part in self._goals]
        self._inside = [_inside(part, weights) for part in self._goals]

    def __call__(self, sample: Matrix, weights: Vector) -> float:
        """Return the unbiased distance; its mean is 0 when nothing differs, and it may then be negative.

        Parameters
        ----------
        sample : (n, p) float64
        weights : (n,) float64
            Of sum 1.

        References
        ----------
        Szekely & Rizzo (2013), Energy statistics: a class of statistics based on distances.
        """
        total = 0.0
        for place, block in enumerate(self._blocks):
            part = np.ascontiguousarray(sample[:, block])
            across = float(weights @ self._nearness(place, part))
            total += (2 * across - _inside(part, weights) - self._inside[place]) / len(block) ** 0.5
        return total

    def _nearness(self, place: int, part: Matrix) -> Vector:
        """Return the mean distance of each row to the goal in one family."""
        line = self._lines[place]
        found = cdist(part, self._goals[place]) @ self._weights if line is None else line.distances(part[:, 0])
        return np.asarray(found, dtype=np.float64)

    @cached_property
    def goal_quantiles(self) -> Vector:
        """`quantiles` of the sample that distances lead to."""
        return self.quantiles(self._goal, self._weights)

    def quantiles(self, sample: Matrix, weights: Vector) -> Vector:
        """Return the quantiles of each column, columns weighed so that families count alike."""
        found = np.zeros((sample.shape[1], len(QUANTILES)))
        for block in self._blocks:
            for column in block.tolist():
                order = np.argsort(sample[:, column], kind="stable")
                reached = np.cumsum(weights[order]) - weights[order] / 2
                found[column] = np.interp(QUANTILES, reached, sample[order, column]) / len(block) ** 0.25
        return found.ravel()

    def roughly(self, rows: int) -> "EnergyTo":
        """Return the distance to about so many of the rows, evenly taken."""
        some = slice(None, None, max(1, len(self._goal) // rows))
        if some.step == 1:
            return self
        weights = self._weights[some]
        return EnergyTo(self._goal[some], weights / weights.sum(), self._blocks)

    def slope(self, sample: Matrix, weights: Vector) -> tuple[float, Matrix]:
        """Return the distance and how it changes with each number of the sample, (n, p)."""
        total, slopes = 0.0, np.zeros_like(sample)
        share = 1 - float(np.sum(weights**2))
        for block, goal, line, inside in zip(self._blocks, self._goals, self._lines, self._inside, strict=True):
            part = np.ascontiguousarray(sample[:, block])
            if line is not None:
                points, itself = part[:, 0], Line(part[:, 0], weights)
                slopes[:, block[0]] = 2 * weights * (line.slopes(points) - itself.slopes(points) / share)
                between = 2 * float(weights @ line.distances(points))
                total += between - float(weights @ itself.distances(points)) / share - inside
                continue
            across, own = cdist(part, goal), cdist(part, part)
            value = 2 * float(weights @ across @ self._weights) - float(weights @ own @ weights) / share - inside
            pull = weights[:, None] * self._weights / np.maximum(across, TINY)
            push = weights[:, None] * weights / np.maximum(own, TINY)
            np.fill_diagonal(push, 0)
            towards = pull.sum(axis=1)[:, None] * part - pull @ goal
            apart = push.sum(axis=1)[:, None] * part - push @ part
            slopes[:, block] = (2 * towards - 2 / share * apart) / len(block) ** 0.5
            total += value / len(block) ** 0.5
        return total, slopes

    def best_share(self, changed: Matrix, unchanged: Matrix, weights: Vector) -> float:
        """Return the share of rows that should be changed for the least distance, 0 to 1.

        Parameters
        ----------
        changed, unchanged : (n, p) float64
            The same records, all of them with and all of them without an operation.
        weights : (n,) float64

        Notes
        -----
        The distance of a mixture is a quadratic function of its share: the least one needs no search.
        """
        off = 1 - float(np.sum(weights**2))
        gain = bend = 0.0
        for place, block in enumerate(self._blocks):
            after, before = np.ascontiguousarray(changed[:, block]), np.ascontiguousarray(unchanged[:, block])
            own = float(weights**2 @ np.linalg.norm(after - before, axis=1))
            between = (
                _between(after, before, weights) - own
            ) / off  # both of one record are never in a sample together
            still, moved = _inside(before, weights), _inside(after, weights)
            nearer = float(weights @ (self._nearness(place, before) - self._nearness(place, after)))
            gain += (nearer + between - still) / len(block) ** 0.5
            bend += (2 * between - still - moved) / len(block) ** 0.5
        return min(max(gain / bend, 0.0), 1.0) if bend > TINY else 1.0


def halves_scatter(sample: Matrix, weights: Vector, *, rounds: int, seed: int, blocks: Blocks | None = None) -> Vector:
    """Return the energy distances between random disjoint halves of one sample: what chance alone does.

    Parameters
    ----------
    sample : (n, p) float64
        At least 4 rows.
    weights : (n,) float64
    rounds : int
    seed : int
    blocks : sequence of (k,) int, optional
        As in `EnergyTo`.

    Returns
    -------
    (rounds,) float64
    """
    rng = np.random.default_rng(seed)
    distances = np.zeros((len(sample), len(sample)))
    for block in [np.arange(sample.shape[1])] if blocks is None else blocks:
        part = np.ascontiguousarray(sample[:, block])
        distances += cdist(part, part) / len(block) ** 0.5
    found = np.empty(rounds)
    for place in range(rounds):
        side = rng.permutation(len(sample)) < len(sample) // 2
        a, b = _share(np.where(side, weights, 0.0)), _share(np.where(side, 0.0, weights))
        found[place] = 2 * float(a @ distances @ b) - _within(distances, a) - _within(distances, b)
    return found


def _share(weights: Vector) -> Vector:
    total = float(weights.sum())
    return weights / total if total > 0 else np.full_like(weights, 1 / len(weights))


def _between(one: Matrix, two: Matrix, weights: Vector) -> float:
    """Mean distance of the rows of one sample to those of another of the same weights."""
    if one.shape[1] == 1:
        return float(weights @ Line(two[:, 0], weights).distances(one[:, 0]))
    return float(weights @ cdist(one, two) @ weights)


def _inside(sample: Matrix, weights: Vector) -> float:
    """Mean distance between two different rows of a sample."""
    share = 1 - float(np.sum(weights**2))
    return _between(sample, sample, weights) / share if share > 0 else 0.0


def _within(distances: Matrix, weights: Vector) -> float:
    """Mean distance between two different rows."""
    share = 1 - float(np.sum(weights**2))
    return float(weights @ distances @ weights) / share if share > 0 else 0.0
