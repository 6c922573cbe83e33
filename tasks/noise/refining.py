"""Turn all the numbers of a policy at once: follow the records' descriptors as if they moved in straight lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tasks.noise.coordinates import Coordinate, Kind, coordinates, turned
from tasks.noise.energy import EnergyTo, Matrix, Vector
from tasks.noise.policy import Policy

FARTHEST = 2.0
"""Lines are followed for so many steps; beyond, descriptors have bent away from them."""
SMALLEST = 0.2
"""Of a first step: smaller ones move a distance by less than chance does."""
SLIGHT = 0.03
"""A turn that lowers the distance by less than this share of it is followed by shorter steps."""
ITERATIONS = 15
ROUGHLY = 512
"""Rows that are enough to follow lines; how near a policy comes is then asked of all."""


@dataclass(frozen=True)
class Tried:
    """A policy and where it takes the source."""

    policy: Policy
    sample: Matrix
    """(n, p) standardised descriptors of the source's rows under it."""
    distance: float


def refine(
    start: Tried,
    look: Callable[[Policy], Tried],
    nearness: EnergyTo,
    weights: Vector,
    *,
    turns: int,
    worth: float,
    operation: str | None = None,
    kind: Kind | None = None,
    narrowest: float = 0.0,
) -> Tried:
    """Turn the numbers of a policy while the distance falls.

    Parameters
    ----------
    start : Tried
    look : callable Policy -> Tried
        Renders a policy: it is called once a number and once more each turn.
    nearness : EnergyTo
    weights : (n,) float64
    turns : int
    worth : float
        An improvement below it ends the refinement, once steps are small.
    operation : str, optional
        Only its numbers.
    kind : {"mean", "spread"}, optional
        Only these numbers.
    narrowest : float
        See `turned`.

    Returns
    -------
    Tried
        Never farther than `start`, unless that was narrower than allowed.

    Notes
    -----
    Each record undergoes the same draws under every policy (common random numbers), so its descriptors move smoothly
    with a mean or a spread. One look along each number gives their directions; how far to go along all of them at once
    is then found without rendering, by the gradient of the energy distance. This is the Gauss-Newton method with
    secants for derivatives and the energy distance for the sum of squares.
    """
    best = _wide_enough(start, look, narrowest)
    along = [each for each in coordinates(best.policy, operation) if kind in (None, each.kind)]
    steps, followed = np.ones(len(along)), nearness.roughly(ROUGHLY)
    for _ in range(turns if along else 0):
        looked = [_along(best, look, along, place, steps[place], narrowest) for place in range(len(along))]
        open_ = [place for place, found in enumerate(looked) if found is not None]
        tried = [found for found in looked if found is not None]
        if not tried:
            return best
        amounts = np.zeros(len(along))
        taken = np.array([found[1] for found in tried])
        amounts[open_] = taken * _best_mix(best.sample, [found[0].sample for found in tried], followed, weights)
        points = [found[0] for found in tried]
        together = turned(best.policy, along, amounts.tolist(), narrowest=narrowest)
        if together != best.policy:
            points.append(look(together))
        found = min(points, key=lambda point: point.distance)
        gain = best.distance - found.distance
        if gain > 0:
            best = found
        if gain < max(worth, SLIGHT * abs(best.distance)):
            if steps.max() <= SMALLEST * 2:
                return best
            steps /= 2
    return best


def _wide_enough(start: Tried, look: Callable[[Policy], Tried], narrowest: float) -> Tried:
    along = coordinates(start.policy)
    policy = turned(start.policy, along, [0.0] * len(along), narrowest=narrowest)
    return start if policy == start.policy else look(policy)


def _along(
    best: Tried,
    look: Callable[[Policy], Tried],
    along: Sequence[Coordinate],
    place: int,
    step: float,
    narrowest: float,
) -> tuple[Tried, float] | None:
    """Look a step up one number, or down where up is out of bounds; None where neither changes anything."""
    for amount in (step, -step):
        policy = turned(best.policy, [along[place]], [amount], narrowest=narrowest)
        if policy != best.policy:
            return look(policy), amount
    return None


def _best_mix(origin: Matrix, ends: list[Matrix], nearness: EnergyTo, weights: Vector) -> NDArray[np.float64]:
    """Return how far to go from the origin towards each end, all at once, -`FARTHEST` to `FARTHEST`."""
    rows = slice(None, None, max(1, len(origin) // ROUGHLY))
    origin, weights = origin[rows], weights[rows] / weights[rows].sum()
    ways = np.stack([end[rows] - origin for end in ends])

    def value(amounts: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        distance, slope = nearness.slope(origin + np.tensordot(amounts, ways, axes=1), weights)
        return distance, np.tensordot(ways, slope, axes=2)

    found = minimize(
        value,
        np.zeros(len(ends)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-FARTHEST, FARTHEST)] * len(ends),
        options={"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS},
    )
    return np.asarray(found.x, dtype=np.float64)
