"""From which distance on two pictures are near-duplicates, and not just alike by chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from tasks.descriptors.fingerprint import KEPT, Pictures

WIDEST = 0.12
"""No threshold is wider. Measured on photos of 213 px: re-encoding (quality 50 to 90), scaling by .5 to 1.3, cropping
1 px and +10 % gain move a picture by less in 95 of 100 cases; distinct photos are more than .5 apart."""
LABEL_SHARE = 0.25
"""Threshold as a share of the distance at which different labels meet. Measured: the nearest distinct pair of one label
is .29 times as far apart as the nearest of different labels on two sets of handwritten digits, .55 on spoken ones."""
CHANCE_PAIRS_A_RECORD = 1e-4
"""Pairs that chance may bring below the threshold: one in 10,000 records."""
LOWEST_DIMENSION = 3.0
"""Records alike by chance have many ways to differ, so pairs grow rarer at a high power of the distance. A power below
3 speaks of bursts and films: then closeness says nothing about chance."""
SAMPLE = 4096
_PAIRS_FOR_LAW = (20, 200)
_SPAN_FOR_LAW = 1.5
_FURTHEST = 0.6
_FINEST = 0.005
"""Below this, distances are rounding."""


@dataclass(frozen=True)
class Law:
    """How many pairs lie within a distance of each other: `pairs * (distance / reach) ** dimension`."""

    pairs: float
    reach: float
    dimension: float

    def distance(self, pairs: float) -> float:
        """Return the distance within which so many pairs are expected."""
        return float(self.reach * (pairs / self.pairs) ** (1 / self.dimension))


def calibrate(pictures: Pictures, labels: Sequence[str | None], *, seed: int) -> tuple[float, str]:
    """Set the near-duplicate threshold from distances between pictures that are not near-duplicates.

    Parameters
    ----------
    pictures : Pictures
        All pictures; a sample of at most 4,096 fingerprints' first pictures is compared pair by pair.
    labels : sequence of (str or None)
        The label of each fingerprint; None: not labelled.
    seed : int
        Seed of the sample.

    Returns
    -------
    threshold : float
        At most `WIDEST`.
    calibration : str
        One sentence for the report: what set the threshold.

    Notes
    -----
    Pairs nearer than `WIDEST` may be true copies, even under different labels (a labelling error), so they are left
    out: the numbers of pairs beyond it are fitted by a power law (the intrinsic dimension) and extrapolated downwards.
    Two bounds follow: (1) at most one chance pair in 10,000 records, whatever the labels; (2) a quarter of the distance
    at which one pair of different labels is expected among all records. Without labels, or with one, only (1) holds.
    Where even the nearest pairs hardly agree in label (frames of one camera), they are no copies, and (2) counts them.
    """
    rows = pictures.of_first()
    n = len(rows)
    chosen = np.sort(np.random.default_rng(seed).choice(rows, size=min(n, SAMPLE), replace=False))
    known = np.array(
        [labels[owner] if labels[owner] is not None else "" for owner in pictures.owners[chosen]], dtype=str
    )
    nearby, differ = _near_distances(pictures.numbers(chosen), known)
    scale = (n / max(len(chosen), 1)) ** 2
    bounds = [(WIDEST, f"no picture is alike by chance; the widest threshold in use, {WIDEST}")]
    law = _fit(nearby, scale)
    if law and law.dimension >= LOWEST_DIMENSION:
        bounds.append((law.distance(n * CHANCE_PAIRS_A_RECORD), "at most one pair in 10,000 records alike by chance"))
    mixed = _labels_mix(differ[nearby <= WIDEST], known)
    other = _fit(nearby[differ], scale, beyond=_FINEST if mixed else WIDEST)
    if other and (mixed or other.dimension >= LOWEST_DIMENSION):
        bounds.append((LABEL_SHARE * other.distance(1.0), "a quarter of the nearest distance of different labels"))
    threshold, why = min(bounds, key=lambda bound: bound[0])
    threshold = round(max(threshold, 0.0), 4)
    labelled = "" if len(set(known) - {""}) > 1 else "; without two labels, distances alone decide"
    return threshold, f"{why}{labelled} (from {len(chosen):,} records)"


def _near_distances(
    numbers: NDArray[np.float32], labels: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return all distances below `_FURTHEST` of pairs of a sample, ascending, and which pairs differ in label."""
    codes = np.unique(labels, return_inverse=True)[1]
    unlabelled = labels == ""
    square = np.einsum("nk,nk->n", numbers, numbers)
    near: list[NDArray[np.float64]] = []
    differ: list[NDArray[np.bool_]] = []
    for start in range(0, len(numbers), 512):
        block = slice(start, start + 512)
        apart = square[block, None] + square[None, :] - 2 * (numbers[block] @ numbers.T)
        one, two = np.nonzero(apart < (_FURTHEST * KEPT) ** 2)
        later = two > one + start
        one, two = one[later], two[later]
        near.append(np.sqrt(np.maximum(apart[one, two], 0).astype(np.float64)) / KEPT)
        one = one + start
        differ.append((codes[one] != codes[two]) & ~unlabelled[one] & ~unlabelled[two])
    if not near:
        return np.empty(0), np.empty(0, dtype=bool)
    distances = np.concatenate(near)
    order = np.argsort(distances, kind="stable")
    return distances[order], np.concatenate(differ)[order]


def _labels_mix(differ: NDArray[np.bool_], labels: NDArray[np.str_]) -> bool:
    """Tell whether pairs differ in label half as often as pairs drawn at random, so that nearness means nothing."""
    known = labels[labels != ""]
    shares = np.unique(known, return_counts=True)[1] / max(1, len(known))
    return len(differ) >= _PAIRS_FOR_LAW[0] and float(differ.mean()) > (1 - float((shares**2).sum())) / 2 > 0


def _fit(distances: NDArray[np.float64], scale: float, beyond: float = WIDEST) -> Law | None:
    """Fit the law to the nearest pairs beyond a distance by maximum likelihood; None where there are too few."""
    further = distances[distances > beyond]
    if len(further) < _PAIRS_FOR_LAW[0]:
        return None
    # A span of at least half the distance: from a sliver, the power could not be told.
    reach = max(float(further[: _PAIRS_FOR_LAW[1]][-1]), min(_SPAN_FOR_LAW * beyond, float(further[-1])))
    used = further[further <= reach]
    span = np.log(reach / beyond)
    mean = float(np.log(reach / used).sum()) / (len(used) - 1)

    def slope(dimension: float) -> float:
        # Derivative of the log likelihood of a power law cut off at both ends.
        return float(1 / dimension - span / np.expm1(dimension * span) - mean)

    lowest, highest = 0.05, 100.0
    if slope(lowest) <= 0:
        dimension = lowest
    elif slope(highest) >= 0:
        dimension = highest
    else:
        dimension = float(brentq(slope, lowest, highest))
    return Law(len(used) * scale / -np.expm1(-dimension * span), reach, dimension)
