"""One descriptor in two samples: order, distance, and what is missing."""

import math
from dataclasses import dataclass

import numpy as np

from tasks.shift.cliffs_delta import cliffs_delta
from tasks.shift.distances import total_variation, wasserstein
from tasks.shift.intervals import Pairing, pair_up
from tasks.shift.measurements import NAN, Effect
from tasks.shift.ranks import Ranked
from tasks.shift.sample import Codes, Floats, Objects
from tasks.shift.shares import share_difference

MOST_LEVELS = 256
"""Categories beyond the most frequent ones count as one: total variation over a column of ids would be 1 for any two
samples. What is measured is then a lower bound."""


@dataclass(frozen=True)
class NumericComparison:
    """What is known of one numeric descriptor in two samples."""

    cliffs_delta: Effect
    wasserstein: Effect
    missing_share_difference: Effect


@dataclass(frozen=True)
class CategoryComparison:
    """What is known of one categorical descriptor in two samples."""

    total_variation: Effect
    missing_share_difference: Effect


def compare_numeric(
    x: Floats,
    y: Floats,
    atoms_x: Codes,
    atoms_y: Codes,
    *,
    rng: np.random.Generator,
    pairing: Pairing | None = None,
    confidence: float = 0.95,
) -> NumericComparison:
    """Compare a numeric descriptor of two samples.

    Parameters
    ----------
    x, y : ndarray, shape (n,), (m,)
        Values; NaN where missing, infinities are the greatest and the least.
    atoms_x, atoms_y : ndarray of int64, shape (n,), (m,)
        Atom codes.
    rng : numpy.random.Generator
        Draws the bootstrap; not used when `pairing` is given.
    pairing : Pairing, optional
        The draws, when several descriptors share them.
    confidence : float
        In (0, 1).

    Returns
    -------
    NumericComparison
        Effects are NaN where a side has no value. Ends of an interval are NaN or as wide as they can be where a side
        has one atom.

    Notes
    -----
    Cost: one sort of n + m values and work that does not depend on them; 20,000 rows take 6 ms, a million .3 s.
    """
    return compare_ranked(Ranked.of(x, y), pairing or pair_up(atoms_x, atoms_y, rng), confidence=confidence)


def compare_ranked(ranked: Ranked, pairing: Pairing, *, confidence: float = 0.95) -> NumericComparison:
    """Compare a numeric descriptor that is sorted already, as `compare_numeric` does."""
    here_x, here_y = ranked.here_x, ranked.here_y
    missing = share_difference(~here_x, ~here_y, pairing.code_x, pairing.code_y, confidence=confidence)
    n, m = len(ranked.rank_x), len(ranked.rank_y)
    if not n or not m:
        nothing = Effect(NAN, n_a=n, n_b=m)
        return NumericComparison(nothing, nothing, missing)
    codes = (pairing.code_x[here_x], pairing.code_y[here_y])
    delta = cliffs_delta(ranked.rank_x, ranked.rank_y, *codes, confidence=confidence)
    distance = wasserstein(
        ranked.values, ranked.rank_x, ranked.rank_y, pairing, rows_x=here_x, rows_y=here_y, confidence=confidence
    )
    return NumericComparison(delta, distance, missing)


def compare_categories(
    x: Objects,
    y: Objects,
    atoms_x: Codes,
    atoms_y: Codes,
    *,
    rng: np.random.Generator,
    pairing: Pairing | None = None,
    confidence: float = 0.95,
) -> CategoryComparison:
    """Compare a categorical descriptor of two samples.

    Parameters
    ----------
    x, y : ndarray, shape (n,), (m,)
        Categories; None or NaN where missing.
    atoms_x, atoms_y, rng, pairing, confidence
        As for `compare_numeric`.

    Notes
    -----
    Invariant: names of categories do not matter.
    """
    pairing = pairing or pair_up(atoms_x, atoms_y, rng)
    codes, width = encode(np.concatenate([np.asarray(x, object), np.asarray(y, object)]))
    return compare_coded(codes[: len(x)], codes[len(x) :], width, pairing, confidence=confidence)


def compare_coded(
    code_x: Codes, code_y: Codes, width: int, pairing: Pairing, *, confidence: float = 0.95
) -> CategoryComparison:
    """Compare a categorical descriptor given as codes from 0 to `width` - 1, -1 where missing."""
    codes, width = lump(np.concatenate([code_x, code_y]), width)
    code_x, code_y = codes[: len(code_x)], codes[len(code_x) :]
    here_x, here_y = code_x >= 0, code_y >= 0
    missing = share_difference(~here_x, ~here_y, pairing.code_x, pairing.code_y, confidence=confidence)
    n, m = int(here_x.sum()), int(here_y.sum())
    if not n or not m:
        return CategoryComparison(Effect(NAN, n_a=n, n_b=m), missing)
    found = total_variation(
        code_x[here_x], code_y[here_y], width, pairing, rows_x=here_x, rows_y=here_y, confidence=confidence
    )
    return CategoryComparison(found, missing)


def encode(values: Objects) -> tuple[Codes, int]:
    """Give the distinct values codes from 0 in order of appearance; missing ones (None, NaN) get -1.

    Returns
    -------
    codes : ndarray of int64, shape (n,)
    distinct : int
    """
    known: dict[object, int] = {}
    codes = np.empty(len(values), np.int64)
    for place, value in enumerate(values.tolist()):
        gone = value is None or (isinstance(value, float) and math.isnan(value))
        codes[place] = -1 if gone else known.setdefault(value, len(known))
    return codes, len(known)


def lump(codes: Codes, width: int, most: int = MOST_LEVELS) -> tuple[Codes, int]:
    """Give all but the most frequent codes one code together, so that at most `most` are left; -1 stays.

    Codes that are as frequent as the first one left out are left out too: which of them came first in the data must not
    matter, for it tells one sample from the other.
    """
    if width <= most:
        return codes, width
    counts = np.bincount(codes[codes >= 0], minlength=width)
    frequent = np.flatnonzero(counts > np.sort(counts)[-most])
    new = np.full(width + 1, len(frequent))
    new[frequent] = np.arange(len(frequent))
    new[width] = -1
    return new[codes], len(frequent) + 1
