"""Rank pairs of operations by what they promise together, without rendering any."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tasks.noise.energy import EnergyTo, Matrix, Vector

CONSIDERED = 40
"""So many pairs of operations, the best by quantiles, are judged by the distance."""
ROUGHLY = 128
"""Rows that are enough for that."""
FARTHEST = 1.5
"""No movement is followed farther than that many times; beyond, descriptors have bent away from it."""
LEAST = 0.1
"""Where a pair needs less than this of one movement, it is no pair."""
SWEEPS, ITERATIONS = 20, 8
TINY = 1e-9


@dataclass(frozen=True)
class Pair:
    """Two single changes, and how much of each."""

    first: int
    second: int
    """Their places among the movements."""
    amounts: tuple[float, float]
    """1: as it was rendered."""
    promise: float
    """The distance if each moves the records as it moved untouched ones."""


def promising_pairs(
    origin: Matrix, ends: Sequence[Matrix], names: Sequence[str], nearness: EnergyTo, weights: Vector
) -> list[Pair]:
    """Return the pairs of different operations that promise to come nearest, one pair for every two operations.

    Parameters
    ----------
    origin : (n, p) float64
        Standardised descriptors of untouched records.
    ends : sequence of (n, p) float64, k
        The same records after one change each.
    names : sequence of str, k
        The operation of each change; two of one operation make no pair.
    nearness : EnergyTo
    weights : (n,) float64
        Of sum 1.

    Returns
    -------
    list of Pair
        At most `CONSIDERED`, the most promising first.

    Notes
    -----
    What alone does most often does part of the work of two, and is no part of the pair that does all of it. Pairs are
    many, so that each is judged twice: by how both movements of all columns' quantiles add up to the way that is
    wanted (least squares for each pair), and the best of these by the distance of records moved both ways.
    """
    some = nearness.roughly(ROUGHLY)
    rows = slice(None, None, max(1, len(origin) // ROUGHLY))
    shares = weights[rows] / weights[rows].sum()
    found = []
    for one, two, amounts in _by_quantiles(origin, ends, names, nearness, weights)[:CONSIDERED]:
        ways = np.stack([ends[one][rows] - origin[rows], ends[two][rows] - origin[rows]])
        promise, best = _followed(origin[rows], ways, amounts, some, shares)
        if min(best) >= LEAST:
            found.append(Pair(one, two, best, promise))
    return sorted(found, key=lambda pair: pair.promise)


def _by_quantiles(
    origin: Matrix, ends: Sequence[Matrix], names: Sequence[str], nearness: EnergyTo, weights: Vector
) -> list[tuple[int, int, tuple[float, float]]]:
    """Return the best pair of every two operations, the best first."""
    start = nearness.quantiles(origin, weights)
    moved = np.array([nearness.quantiles(end, weights) - start for end in ends])
    products, towards = moved @ moved.T, moved @ (nearness.goal_quantiles - start)
    one, two = np.triu_indices(len(ends), 1)
    different = np.array([names[a] != names[b] for a, b in zip(one.tolist(), two.tolist(), strict=True)], dtype=bool)
    one, two = one[different], two[different]
    mixed, own_one, own_two = products[one, two], products[one, one], products[two, two]
    a, b = np.zeros(len(one)), np.zeros(len(one))
    for _ in range(SWEEPS):
        a = np.clip((towards[one] - mixed * b) / np.maximum(own_one, TINY), 0, FARTHEST)
        b = np.clip((towards[two] - mixed * a) / np.maximum(own_two, TINY), 0, FARTHEST)
    left = a * a * own_one + b * b * own_two + 2 * (a * b * mixed - a * towards[one] - b * towards[two])
    best: dict[frozenset[str], tuple[int, int, tuple[float, float]]] = {}
    for place in np.argsort(left, kind="stable").tolist():
        pair = int(one[place]), int(two[place])
        best.setdefault(frozenset(names[each] for each in pair), (*pair, (float(a[place]), float(b[place]))))
    return list(best.values())


def _followed(
    origin: Matrix, ways: NDArray[np.float64], amounts: tuple[float, float], nearness: EnergyTo, weights: Vector
) -> tuple[float, tuple[float, float]]:
    """Return the least distance along two movements, and where it is."""

    def value(given: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        distance, slope = nearness.slope(origin + np.tensordot(given, ways, axes=1), weights)
        return distance, np.tensordot(ways, slope, axes=2)

    found = minimize(
        value,
        np.maximum(amounts, LEAST),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, FARTHEST)] * 2,
        options={"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS},
    )
    return float(found.fun), (float(found.x[0]), float(found.x[1]))
