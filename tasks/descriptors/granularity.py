"""The grid that a column's numbers lie on: whole dollars, two decimals, or whole numbers that somebody standardised."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FINE = 1e-5
"""A column without granularity counts as equal within this share of its standard deviation: what writing a float32 or
six digits changes."""
ON_GRID = 0.8
"""Share of a column's values that must be multiples of its granularity; the others are copies with noise."""
RECURRING = 0.5
"""Share of a column's values that must occur more than once for them to tell the granularity."""
FINER_POWERS = 3
"""Values off a decimal grid that lie on one up to so many decimals finer are values of their own, no noise."""
NOISE = 0.02
"""What rounding leaves of a step on the grid's own values, at most."""
EXACT = 1e-6
"""And at least: what double precision leaves of a step after some arithmetic."""
_MOST = 4096


@dataclass(frozen=True)
class Grid:
    """Where a column's values lie: `origin + k * step` for whole k."""

    origin: float
    step: float

    def places(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return k for each number, whole where the number is on the grid."""
        return np.asarray((numbers - self.origin) / self.step)

    def holds(self, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which numbers are on the grid, rounding aside."""
        return self.off(numbers) < NOISE

    def off(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far each number is from the grid: 0 to .5 steps."""
        places = self.places(numbers)
        return np.asarray(np.abs(places - np.rint(places)))

    def rounding(self, numbers: NDArray[np.float64]) -> float:
        """Return how far off the grid, in steps, writing puts the grid's own numbers; noise puts copies further off."""
        off = self.off(numbers)
        own = off[off < NOISE]
        usual = float(np.median(own)) if len(own) else 0.0
        return float(np.clip(6 * usual, EXACT, NOISE))


def granularity(numbers: NDArray[np.float64]) -> Grid | None:
    """Return the grid that most numbers lie on; None if there is none.

    Parameters
    ----------
    numbers : (n,) float64
        Finite.

    Notes
    -----
    Two ways to find it: the largest power of ten of which at least four fifths of the numbers are multiples; or, of
    numbers that recur, equal gaps from any origin, as standardised whole numbers have them. The coarser one counts.
    Steps finer than `FINE` standard deviations are none: a column of measured floats. A constant column has one.
    """
    spread = float(numbers.std()) if len(numbers) else 0.0
    if spread == 0.0:
        return Grid(0.0, 1.0)
    decimal, gaps = _decimal(numbers, spread), _equal_gaps(numbers, spread)
    if decimal is None or gaps is None:
        return decimal or gaps
    off = numbers[~gaps.holds(numbers)]
    own = len(off) > len(numbers) // 1000 and float(decimal.holds(off).mean()) > 0.5
    return decimal if own or gaps.step <= decimal.step * (1 + NOISE) else gaps


def recurring_values(numbers: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the values that occur more than once, and the gap that nearly all of them keep from each other.

    Parameters
    ----------
    numbers : (n,) float64
        Finite.

    Returns
    -------
    values : (k,) float64
        Ascending; empty where less than half of the numbers recur.
    gap : float
        What nine of ten gaps between them exceed; 0 where there is none.
    """
    values, counts = np.unique(numbers, return_counts=True)
    again = counts > 1
    if np.count_nonzero(again) < 2 or counts[again].sum() < RECURRING * len(numbers):
        return np.empty(0), 0.0
    return values[again], float(np.quantile(np.diff(values[again]), 0.1))


def _decimal(numbers: NDArray[np.float64], spread: float) -> Grid | None:
    few = numbers[:: max(1, len(numbers) // 1000)]
    for power in range(12, -13, -1):
        step = 10.0**power
        if step < spread * FINE:
            return None
        # A few values are enough to rule a step out.
        if _on_decimals(few, power, spread).mean() <= ON_GRID - 0.1:
            continue
        on = _on_decimals(numbers, power, spread)
        # Zeros are on every grid: those of a column that is mostly zeros must not answer for its other values.
        telling = np.abs(numbers) > step / 2
        if not telling.any() or on[telling].mean() < ON_GRID:
            continue
        if on.mean() >= ON_GRID and not _finer(numbers[~on], power, spread, len(numbers)):
            return Grid(0.0, step)
    return None


def _on_decimals(numbers: NDArray[np.float64], power: int, spread: float) -> NDArray[np.bool_]:
    scaled = numbers * 10.0**-power
    nearest = np.rint(scaled)
    on: NDArray[np.bool_] = (np.abs(scaled - nearest) < 1e-4) & ((nearest != 0) | (np.abs(numbers) < spread * FINE))
    return on


def _finer(off: NDArray[np.float64], power: int, spread: float, number: int) -> bool:
    """Tell whether values off a grid lie on a finer one, so that they are values of their own."""
    if len(off) <= number // 1000:
        return False
    return any(_on_decimals(off, power - finer, spread).mean() > 0.5 for finer in range(1, FINER_POWERS + 1))


def _equal_gaps(numbers: NDArray[np.float64], spread: float) -> Grid | None:
    values, counts = np.unique(numbers, return_counts=True)
    recurring = values[counts > 1]
    if len(recurring) < 2 or counts[counts > 1].sum() < RECURRING * len(numbers):
        return None
    # The commonest values are the grid's own; rare ones may be noise that somebody copied.
    often = np.sort(recurring[np.argsort(-counts[counts > 1], kind="stable")][:_MOST])
    gaps = np.diff(often)
    step = float(np.median(gaps[gaps < 1.5 * np.quantile(gaps, 0.1)]))
    if step < spread * FINE:
        return None
    # From neighbours outwards: the step must be known ever more exactly to number places far away.
    origin, middle = float(often[len(often) // 2]), len(often) // 2
    reach = 4
    while True:
        near = often[max(0, middle - reach) : middle + reach + 1]
        places = np.rint((near - origin) / step)
        if places.any():
            step = float(((near - origin) * places).sum() / (places * places).sum())
        if reach >= len(often):
            break
        reach *= 2
    on = Grid(origin, step).holds(recurring)
    return Grid(origin, step) if counts[counts > 1][on].sum() >= 0.99 * counts[counts > 1].sum() else None
