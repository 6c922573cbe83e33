"""From which distance on two pictures are near-duplicates, and not just alike by chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from tasks.descriptors.copying import Kind
from tasks.descriptors.neighbours import clusters

WIDEST: dict[Kind, float] = {"image": 0.15, "audio": 0.05}
"""No threshold is wider. Measured on photos: re-encoding (quality 50 to 90), turning by 2 degrees, cropping by 2 %,
brightness and contrast by a fifth leave less in 99 of 100 cases once aligned; distinct photos are more than .5 apart.
On spoken digits: padding, cutting 20 ms, Vorbis, MP3 and other rates leave less in 99 of 100 cases; the nearest
distinct ones of one label are .05 apart, of different label .04 where both hold one recorded noise, else .1."""
SURE: dict[Kind, float] = {"image": 0.045, "audio": 0.045}
"""No threshold is narrower, unless nearness says nothing about the label: what re-encoding leaves."""
LABEL_SHARE = 0.4
"""Threshold as a share of the distance at which different labels meet. Measured on 10,000 handwritten digits: with
.4, all copies turned by 2 degrees or cropped by a pixel are found, and 54 pairs of other writers' same digit with them;
with a third, one copy in 1,900 is missed and 34 pairs come along. None of different label either way."""
CHANCE_PAIRS_A_RECORD = 2e-3
"""Pairs that chance may bring below the threshold: one in 500 records."""
GIANT = 0.02
GIANT_ROWS = 32
"""Share of the records, or so many of few records, that look-alikes may tie into one atom: drawings that differ in
little but place and angle would all be one. Frames of one scene are not tied then, unless they are nearly the same."""
LOWEST_DIMENSION = 3.0
"""Records alike by chance have many ways to differ, so pairs grow rarer at a power of the distance. A power below
3 speaks of bursts and films: then closeness says nothing about chance."""
_PAIRS_FOR_LAW = (20, 200)
_SPAN_FOR_LAW = 1.5
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


def label_codes(labels: Sequence[str | None]) -> NDArray[np.int64]:
    """Return a number for each label, in the order of their appearance; -1: not labelled."""
    names: dict[str, int] = {}
    return np.fromiter(
        (-1 if label is None else names.setdefault(label, len(names)) for label in labels), dtype=np.int64
    )


def calibrate(
    n: int, pairs: NDArray[np.int64], distances: NDArray[np.float64], labels: NDArray[np.int64], kind: Kind
) -> tuple[float, str]:
    """Set the near-duplicate threshold from distances between pictures that are not near-duplicates.

    Parameters
    ----------
    n : int
        Number of pictures.
    pairs : (m, 2) int64
        The nearest neighbours among them.
    distances : (m,) float64
        Their distances.
    labels : (n,) int64
        The label of each picture; -1: not labelled.
    kind : {"image", "audio"}
        What the pictures are.

    Returns
    -------
    threshold : float
        At most `WIDEST`; at least `SURE`, or less where nearness says nothing about the label.
    calibration : str
        One sentence for the report: what set the threshold.

    Notes
    -----
    Pairs nearer than `WIDEST` may be true copies, even under different labels (a labelling error), so they are left
    out: the numbers of pairs beyond it are fitted by a power law (the intrinsic dimension) and extrapolated downwards.
    Two bounds follow: (1) at most one chance pair in 500 records, whatever the labels; (2) two fifths of the distance
    at which one pair of different labels is expected among all records. Without labels, or with one, only (1) holds.
    Where even the nearest pairs hardly agree in label (frames of one camera), they are no copies, and (2) counts them.

    A third bound keeps look-alikes from growing into one giant, neighbour by neighbour.

    Copies of one picture must not count as many that are alike by chance: what is `SURE` to be one counts once.
    """
    one, two = labels[pairs[:, 0]], labels[pairs[:, 1]]
    differ = (one != two) & (one >= 0) & (two >= 0)
    known = labels[labels >= 0]
    mixed = _labels_mix(differ[distances <= WIDEST[kind]], known)
    apart = np.arange(len(pairs)) if mixed else _between(clusters(n, pairs[distances <= SURE[kind]]), pairs, distances)
    threshold, why = _threshold(n, distances[apart], differ[apart], mixed, kind)
    narrower = _without_giant(n, pairs, distances, threshold, SURE[kind])
    if narrower < threshold:
        threshold, why = narrower, f"no cluster of more than {GIANT:.0%} of the records"
    labelled = "" if len(np.unique(known)) > 1 else "; without two labels, distances alone decide"
    return threshold, f"{why}{labelled} (from {len(pairs):,} pairs of neighbours)"


def _threshold(
    n: int, distances: NDArray[np.float64], differ: NDArray[np.bool_], mixed: bool, kind: Kind
) -> tuple[float, str]:
    widest = WIDEST[kind]
    what = "picture" if kind == "image" else "sound"
    bounds = [(widest, f"no {what} is alike by chance; the widest threshold in use, {widest}")]
    law = _fit(np.sort(distances), widest)
    if law and law.dimension >= LOWEST_DIMENSION:
        bounds.append((law.distance(n * CHANCE_PAIRS_A_RECORD), "at most one pair in 500 records alike by chance"))
    other = _meeting(np.sort(distances[differ]), _FINEST if mixed else widest, mixed)
    if other is not None:
        bounds.append((LABEL_SHARE * other, "two fifths of the nearest distance of different labels"))
    threshold, why = min(bounds, key=lambda bound: bound[0])
    if threshold < SURE[kind] and not mixed:
        threshold, why = SURE[kind], f"what re-encoding leaves; some distinct {what}s are nearly as near"
    return round(max(threshold, 0.0), 4), why


def _meeting(distances: NDArray[np.float64], beyond: float, mixed: bool) -> float | None:
    """Return the distance at which different labels meet; None where they do not."""
    if mixed:
        law = _fit(distances, beyond)
        return law.distance(1.0) if law else None
    further = distances[distances > beyond]
    return float(further[0]) if len(further) else None


def _without_giant(
    n: int, pairs: NDArray[np.int64], distances: NDArray[np.float64], threshold: float, sure: float
) -> float:
    """Return the widest threshold, down to what is sure, at which look-alikes form no giant cluster."""
    largest = max(GIANT_ROWS, round(GIANT * n))

    def giant(reach: float) -> bool:
        return int(np.bincount(clusters(n, pairs[distances <= reach])).max(initial=0)) > largest

    if threshold <= sure or n == 0 or not giant(threshold):
        return threshold
    low, high = sure, threshold
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (low, middle) if giant(middle) else (middle, high)
    return round(low, 4)


def _between(cluster: NDArray[np.int64], pairs: NDArray[np.int64], distances: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the nearest pair of any two clusters."""
    ends = np.sort(cluster[pairs], axis=1)
    keys = ends[:, 0] * len(cluster) + ends[:, 1]
    order = np.lexsort((distances, keys))
    first = np.diff(keys[order], prepend=-1) > 0
    chosen: NDArray[np.int64] = order[first & (ends[order, 0] != ends[order, 1])]
    return chosen


def _labels_mix(differ: NDArray[np.bool_], known: NDArray[np.int64]) -> bool:
    """Tell whether pairs differ in label half as often as pairs drawn at random, so that nearness means nothing."""
    shares = np.unique(known, return_counts=True)[1] / max(1, len(known))
    return len(differ) >= _PAIRS_FOR_LAW[0] and float(differ.mean()) > (1 - float((shares**2).sum())) / 2 > 0


def _fit(distances: NDArray[np.float64], beyond: float) -> Law | None:
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
    return Law(len(used) / -np.expm1(-dimension * span), reach, dimension)
