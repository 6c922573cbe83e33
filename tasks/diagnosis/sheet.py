"""Which misclassified records to look at: a sample spread over how target-like and how confident they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

LIKENESS = ("least target-like", "middling", "most target-like")
CONFIDENCE = ("unsure", "confident")
LEAST = 2
"""Records a stratum, where it has them: one would say nothing of how much it varies."""


@dataclass(frozen=True)
class Drawn:
    """A sample with known chances.

    Parameters
    ----------
    places : ndarray of int64, shape (m,)
        Which rows, in an order that is random: whoever stops half-way has looked at a random half.
    stratum : ndarray of int64, shape (n,)
        Of every row that could have been drawn.
    names : tuple of str
        What the strata are called.
    inclusion : ndarray of float64, shape (n,)
        Each row's chance to be drawn; more than 0.
    """

    places: Codes
    stratum: Codes
    names: tuple[str, ...]
    inclusion: Floats


def draw_sheet(target_like: Floats, confidence: Floats, *, rows: int, rng: np.random.Generator) -> Drawn:
    """Draw records to look at.

    Parameters
    ----------
    target_like : ndarray of float64, shape (n,)
        How much each misclassified record looks like the target; NaN where that is not known.
    confidence : ndarray of float64, shape (n,)
        How sure the model was of its wrong answer; NaN where that is not known.
    rows : int
        Records to draw; fewer where there are fewer.
    rng : numpy.random.Generator

    Returns
    -------
    Drawn

    Notes
    -----
    Strata are thirds by likeness and halves by confidence. Each gets records by its size, but at least `LEAST`; within
    it every record has the same chance. Invariants: every row can be drawn; `1 / inclusion` of what was drawn adds up
    to n; the scales of likeness and confidence do not matter.
    """
    thirds, first = _parts(target_like, LIKENESS)
    halves, second = _parts(confidence, CONFIDENCE)
    names = tuple(", ".join(name for name in (a, b) if name) or "all" for a in first for b in second)
    stratum = thirds * len(second) + halves
    return _draw(stratum, names, allot(np.bincount(stratum, minlength=len(names)), rows), rng)


def draw_strata(stratum: Codes, names: tuple[str, ...], wanted: Codes, rng: np.random.Generator) -> Drawn:
    """Draw so many rows of each stratum, or all where there are fewer.

    Parameters
    ----------
    stratum : ndarray of int64, shape (n,)
    names : tuple of str, k
    wanted : ndarray of int64, shape (k,)
    rng : numpy.random.Generator
    """
    sizes = np.bincount(stratum, minlength=len(names))
    return _draw(stratum, names, np.minimum(wanted, sizes), rng)


def allot(sizes: Codes, rows: int, least: int = LEAST) -> Codes:
    """Share rows out by size, at least `least` each; the sum is `rows`, or all rows that there are.

    Invariants: no stratum gets more than it has; an empty one gets none.
    """
    rows = min(rows, int(sizes.sum()))
    given = np.minimum(sizes, least)
    while given.sum() > rows:
        given[int(given.argmax())] -= 1
    left = rows - int(given.sum())
    room = sizes - given
    if left and room.sum():
        ideal = left * room / room.sum()
        more = np.floor(ideal).astype(np.int64)
        order = np.argsort(-(ideal - more), kind="stable")
        more[order[: left - int(more.sum())]] += 1
        given = given + np.minimum(more, room)
    return np.asarray(given, np.int64)


def _draw(stratum: Codes, names: tuple[str, ...], given: Codes, rng: np.random.Generator) -> Drawn:
    sizes = np.bincount(stratum, minlength=len(names))
    taken = [rng.choice(np.flatnonzero(stratum == place), given[place], replace=False) for place in range(len(names))]
    places = rng.permutation(np.concatenate([*taken, np.empty(0, np.int64)]).astype(np.int64))
    inclusion = (given / np.maximum(1, sizes))[stratum]
    return Drawn(places, stratum, names, inclusion)


def _parts(values: Floats, names: tuple[str, ...]) -> tuple[Codes, tuple[str, ...]]:
    """Cut rows into as many equal parts as there are names; into one where values are missing or all alike."""
    known = np.isfinite(values)
    if not known.all() or len(np.unique(values)) < len(names):
        return np.zeros(len(values), np.int64), ("",)
    edges = np.quantile(values, np.arange(1, len(names)) / len(names))
    return np.asarray(np.searchsorted(edges, values, side="left"), np.int64), names
