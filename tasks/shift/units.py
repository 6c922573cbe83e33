"""Units that are dealt to two sides: whole atoms, or random blocks of them."""

from dataclasses import dataclass

import numpy as np

from tasks.shift.sample import Codes, Flags, Points

MOST_UNITS = 512
"""More atoms than this are merged at random into so many units. Blocks of atoms vary as the atoms do that they add up,
so nothing but a little precision of the variance is lost (510 degrees of freedom: 3 %), and the cost does not grow."""

FEWEST_UNITS = 64
"""A side gets at least so many units, if it has as many atoms, however much larger the other one is."""

UNLIKE = 1.5
"""Sides whose atoms differ in size by more than this factor get units of about equally many rows. Single rows and
atoms of ten are not exchangeable: a deal of 100 against 10 lets one side have one atom and nine rows, whose tail is far
longer than that of ten atoms."""

FEWEST_MERGED = 10
"""So many units are left at least on a side that is merged for this reason."""

FOLDS = 5
"""As many as leave four fifths of the atoms to learn from."""

DEALS = 999
"""Random deals: the least p-value is 1/1,000."""


@dataclass(frozen=True)
class Units:
    """How the rows of two samples fall into units.

    Parameters
    ----------
    of_row : ndarray of int64, shape (n + m,)
        Each row's unit; rows of x come first.
    in_x : ndarray of bool, shape (units,)
        Which units are x's.
    fold : ndarray of int64, shape (units,)
        Folds from 0, as even as can be on both sides. An atom on both sides has one fold.
    unlike : bool
        Whether one side's units are merged of smaller atoms than the other's: of about as many rows, they vary less.
    """

    of_row: Codes
    in_x: Flags
    fold: Codes
    unlike: bool = False

    @property
    def x(self) -> int:
        """The number of x's units."""
        return int(np.count_nonzero(self.in_x))

    @property
    def y(self) -> int:
        """The number of y's units."""
        return int(np.count_nonzero(~self.in_x))

    @property
    def folds(self) -> int:
        """The number of folds; 1 where a side has too few units to leave some out."""
        return int(self.fold.max(initial=0)) + 1


def make_units(code_x: Codes, code_y: Codes, rng: np.random.Generator, most: int = MOST_UNITS) -> Units:
    """Merge the atoms of two samples into units of about equally many atoms.

    Parameters
    ----------
    code_x, code_y : ndarray of int64, shape (n,), (m,)
        Atoms, numbered together from 0. The rows of an atom that is on both sides are a unit on each.
    rng : numpy.random.Generator
        Merges atoms and deals folds.

    Notes
    -----
    Both sides' units hold equally many atoms where that can be: then units of one law are exchangeable. An atom on both
    sides counts as two, which errs on the side of caution where its rows are alike.
    """
    atoms = 1 + max(int(code_x.max(initial=-1)), int(code_y.max(initial=-1)))
    on_x, on_y = (np.bincount(code, minlength=atoms) > 0 for code in (code_x, code_y))
    k, m = int(on_x.sum()), int(on_y.sum())
    seat = np.zeros(atoms, np.int64)
    unlike = False
    if np.any(on_x & on_y):
        seat = rng.permutation(np.arange(atoms) % max(1, min(atoms, most // 2)))
    else:
        alike = _alike(k, m, len(code_x), len(code_y))
        unlike = alike != (k, m)
        seats_x, seats_y = _share(*alike, most)
        seat[on_x] = rng.permutation(np.arange(k) % max(1, seats_x))
        seat[on_y] = seats_x + rng.permutation(np.arange(m) % max(1, seats_y))
    keys = np.concatenate([2 * seat[code_x], 2 * seat[code_y] + 1])
    found, of_row = np.unique(keys, return_inverse=True)
    in_x = found % 2 == 0
    held = found // 2
    folds = max(1, min(FOLDS, min(int(in_x.sum()), int((~in_x).sum())) // 2))
    places, at = np.unique(held, return_inverse=True)
    kinds = np.bincount(at, weights=np.where(in_x, 1, 2), minlength=len(places))
    order = np.lexsort((rng.random(len(places)), kinds))
    fold = np.empty(len(places), np.int64)
    fold[order] = np.arange(len(places)) % folds
    return Units(of_row.reshape(-1), in_x, fold[at], unlike)


def deal(in_x: Flags, rng: np.random.Generator, draws: int = DEALS, fold: Codes | None = None) -> Points:
    """Deal units to the sides at random, each side as many as it has.

    Parameters
    ----------
    fold : ndarray of int64, shape (units,), optional
        Deal within folds.

    Returns
    -------
    ndarray of float32, shape (units, 1 + draws)
        1 where a unit is x's; the first column is how things are.
    """
    dealt = np.empty((1 + draws, len(in_x)), np.float32)
    dealt[0] = in_x
    groups = [np.arange(len(in_x))] if fold is None else [np.flatnonzero(fold == at) for at in np.unique(fold)]
    for places in groups:
        dealt[1:, places] = _choose(len(places), int(in_x[places].sum()), draws, rng)
    return np.ascontiguousarray(dealt.T)


def _choose(count: int, wanted: int, draws: int, rng: np.random.Generator) -> Flags:
    """Choose so many of `count` places in each draw, shape (draws, count)."""
    if not 0 < wanted < count:
        return np.full((draws, count), wanted > 0)
    # The places' own numbers in the lowest bits: no two keys are equal, so exactly so many lie below.
    bits = (count - 1).bit_length()
    keys = rng.integers(0, 1 << (32 - bits), (draws, count), dtype=np.uint32)
    keys <<= np.uint32(bits)
    keys |= np.arange(count, dtype=np.uint32)
    last = np.partition(keys, wanted - 1, axis=1)[:, wanted - 1 : wanted]
    return np.asarray(keys <= last, np.bool_)


def _alike(k: int, m: int, n_x: int, n_y: int) -> tuple[int, int]:
    """Give the side of smaller atoms fewer units, each of about as many rows as the other side's atoms have."""
    rows_x, rows_y = n_x / max(1, k), n_y / max(1, m)
    if rows_x * UNLIKE < rows_y:
        return min(k, _merged(round(n_x / rows_y), m)), m
    if rows_y * UNLIKE < rows_x:
        return k, min(m, _merged(round(n_y / rows_x), k))
    return k, m


def _merged(units: int, others: int) -> int:
    """Return how many units to merge a side into: of many against few smaller ones, as few large atoms scatter most."""
    return max(FEWEST_MERGED, units if units <= 2 * others else 3 * units)


def _share(k: int, m: int, most: int) -> tuple[int, int]:
    """Give both sides units of equally many atoms, within bounds."""
    if k + m <= most:
        return k, m
    seats_x = min(k, max(FEWEST_UNITS, min(most - FEWEST_UNITS, round(most * k / (k + m)))))
    return seats_x, min(m, most - seats_x)
