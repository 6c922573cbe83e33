"""The learning curve: a power law through the errors of models that were taught few rows and many."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri, gammaincc

Floats = NDArray[np.float64]

POWERS = np.geomspace(0.02, 2.0, 120)
"""Exponents that are tried. Beyond 2 a curve has fallen to its floor between two sizes, and any will do."""
MISFIT = 0.05
"""A power law that errors leave by more than chance does once in twenty times widens every interval as far as needed
(Birge 1932): it still extrapolates better than no law, but knows less than it says."""
FARTHEST = 1000.0
"""Nothing is said of more than so many times the rows that were tried."""
STEPS = 240
FEWEST_SIZES = 4
"""The law has three numbers, and one size has to be left to contradict it."""

Reach: TypeAlias = Literal["reached", "more", "not reachable", "undecided"]


@dataclass(frozen=True)
class Points:
    """Errors at several sizes.

    Parameters
    ----------
    rows : ndarray of float64, shape (k,)
        Rows that were taught, ascending.
    errors : ndarray of float64, shape (k,)
    covariance : ndarray of float64, shape (k, k)
        Of the errors; positive definite.
    freedom : float
        Degrees of freedom that the covariance is known with.
    by_atoms : bool
        False where dev has too few atoms to know how atoms differ: intervals then speak of rows of these atoms only.
    """

    rows: Floats
    errors: Floats
    covariance: Floats
    freedom: float
    by_atoms: bool = True


@dataclass(frozen=True)
class Span:
    """A number and the interval that the errors allow for it; `high` may be infinite."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """A fitted law: error = floor + scale * rows ** -power.

    Parameters
    ----------
    floor, scale, power : float
        floor and scale 0 or more, power above 0 and at most 2.
    misfit : float
        The chance of errors so far from any such law, where one holds.
    points : Points
    limit : float
        How much worse than the best law one may fit and still be inside the interval.
    """

    floor: float
    scale: float
    power: float
    misfit: float
    points: Points
    limit: float

    def error(self, rows: float | Floats) -> Floats:
        """Return the law's error at so many rows; infinite rows give the floor."""
        return np.asarray(self.floor + self.scale * np.asarray(rows, np.float64) ** -self.power)

    def error_span(self, rows: float) -> Span:
        """Return the error at so many rows, infinitely many included, with its interval."""
        best = _best(self.points)[3]
        high = 2 * float(self.points.errors.max()) + 6 * float(np.sqrt(np.diag(self.points.covariance).max()))
        tried = np.linspace(0.0, high, 4 * STEPS + 1)
        worse = _through(self.points, np.full(len(tried), rows), tried) - best
        return _span(float(self.error(rows)), tried, worse <= self.limit)


@dataclass(frozen=True)
class Needed:
    """How many rows an error would take.

    Parameters
    ----------
    wanted : float
    state : {"reached", "more", "not reachable", "undecided"}
        "reached": surely by the rows that were tried; "more": surely by some number of rows, `rows`; "not reachable":
        surely by no number up to `FARTHEST` times those tried; "undecided": neither is sure.
    rows : Span
        What the best law says, and the interval; infinite where it is never reached.
    """

    wanted: float
    state: Reach
    rows: Span


def fit_curve(points: Points, *, confidence: float = 0.95) -> Curve:
    """Fit error = a + b n^-c with a >= 0, b >= 0, 0 < c <= 2.

    Parameters
    ----------
    points : Points
    confidence : float
        Of all intervals that the curve gives.

    Returns
    -------
    Curve

    Raises
    ------
    ValueError
        Where there are fewer than `FEWEST_SIZES` sizes.

    Notes
    -----
    Generalised least squares; for each exponent a and b have a solution in closed form. Intervals invert the F test of
    "the law passes here" over all laws that do (profile likelihood): a floor at 0 and rows that run off to infinity
    need no other treatment. Invariants: neither the order of sizes nor the unit of the errors matters.

    References
    ----------
    Cortes et al. (1994), Learning curves: asymptotic values and rate of convergence; Hestness et al. (2017) for power
    laws of real tasks; Venzon & Moolgavkar (1988) for the intervals.
    """
    k = len(points.rows)
    if k < FEWEST_SIZES:
        raise ValueError(f"a learning curve needs errors at {FEWEST_SIZES} sizes, there are {k}")
    floor, scale, power, best = _best(points)
    spare = k - 3
    misfit = float(gammaincc(spare / 2, best / 2))
    stretch = best / spare if misfit < MISFIT else 1.0
    return Curve(floor, scale, power, misfit, points, float(fdtri(1, points.freedom, confidence)) * stretch)


def rows_needed(curve: Curve, wanted: float) -> Needed:
    """Say how many rows an error would take, with an interval.

    Parameters
    ----------
    curve : Curve
    wanted : float
        Above 0.

    Returns
    -------
    Needed
    """
    points = curve.points
    most = float(points.rows.max())
    tried = np.append(np.geomspace(1.0, FARTHEST * most, STEPS), np.inf)
    best = _best(points)[3]
    worse = _through(points, tried, np.full(len(tried), wanted)) - best
    value = (curve.scale / (wanted - curve.floor)) ** (1 / curve.power) if wanted > curve.floor else np.inf
    allowed = worse <= curve.limit
    span = _span(float(max(1.0, value)), tried, allowed)
    if not allowed[:-1].any():
        state: Reach = "not reachable"
    elif allowed[-2:].any():
        state = "undecided"
    else:
        state = "reached" if span.high <= most else "more"
    return Needed(wanted, state, span)


def _span(value: float, tried: Floats, allowed: NDArray[np.bool_]) -> Span:
    """Return the interval of the values that are allowed, up to the next ones that are not."""
    inside = np.flatnonzero(allowed)
    if not len(inside):
        return Span(value, value, value)
    low, high = float(tried[max(0, inside[0] - 1)]), float(tried[min(len(tried) - 1, inside[-1] + 1)])
    if np.isinf(high) and not allowed[-1]:
        high = float(tried[-2])
    return Span(value, min(value, low), max(value, high))


def _white(points: Points) -> tuple[Floats, Floats, Floats]:
    """Return errors, ones and powers of rows in coordinates where errors are independent: (k,), (k,), (powers, k)."""
    root = np.linalg.cholesky(points.covariance)
    shapes = points.rows[None, :] ** -POWERS[:, None]
    solved = np.linalg.solve(root, np.column_stack([points.errors, np.ones(len(points.rows)), shapes.T]))
    return solved[:, 0], solved[:, 1], np.ascontiguousarray(solved[:, 2:].T)


def _best(points: Points) -> tuple[float, float, float, float]:
    """Return floor, scale and power of the law that fits best, and its squared distance."""
    errors, ones, shapes = _white(points)
    one, cross, square = ones @ ones, shapes @ ones, np.sum(shapes**2, axis=1)
    with_one, with_shape = errors @ ones, shapes @ errors
    determinant = np.maximum(one * square - cross**2, 1e-300)
    both = np.stack([with_one * square - with_shape * cross, with_shape * one - with_one * cross]) / determinant
    flat = np.stack([np.full(len(POWERS), max(0.0, with_one / one)), np.zeros(len(POWERS))])
    steep = np.stack([np.zeros(len(POWERS)), np.maximum(0.0, with_shape / square)])
    laws = np.stack([np.where((both >= 0).all(axis=0), both, flat), flat, steep])
    fitted = laws[:, 0, :, None] * ones + laws[:, 1, :, None] * shapes
    distance = np.sum((errors - fitted) ** 2, axis=2)
    kind, power = np.unravel_index(int(distance.argmin()), distance.shape)
    floor, scale = laws[kind, :, power].tolist()
    return floor, scale, float(POWERS[power]), float(distance.min())


def _through(points: Points, rows: Floats, wanted: Floats) -> Floats:
    """Return the least squared distance of the laws that have an error at so many rows, for each of n pairs, (n,)."""
    errors, ones, shapes = _white(points)
    there = np.where(np.isfinite(rows), np.maximum(rows, 1.0), np.inf)[:, None] ** -POWERS  # (n, powers)
    left = errors - wanted[:, None] * ones  # (n, k): what the scale has to explain
    # errors = wanted + scale * (shape - there), and the floor, wanted - scale * there, may not be below 0
    ss, so, oo = np.sum(shapes**2, axis=1), shapes @ ones, ones @ ones
    sl, ol, ll = left @ shapes.T, left @ ones, np.sum(left**2, axis=1)
    square = np.maximum(ss - 2 * there * so + there**2 * oo, 1e-300)
    product = sl - there * ol[:, None]
    most = np.where(there > 0, wanted[:, None] / np.maximum(there, 1e-300), np.inf)
    scale = np.clip(product / square, 0.0, most)
    return np.asarray((ll[:, None] - 2 * scale * product + scale**2 * square).min(axis=1))
