"""Eyeball dev and black-box dev: records that people may look at, and records that nobody should."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.splitting.atom_table import atom_hashes

LARGE = 1_000
"""Rows of dev from which it is divided: each half then measures an error of 10 % to within 3 points."""
MOST = 5_000
"""Rows that eyeball dev needs at most: at 2 % error they hold 100 wrong answers, which is what a person looks at."""
SALT = 0xE7E
"""Keeps this draw apart from all others of the same seed."""


@dataclass(frozen=True)
class DevParts:
    """Dev divided.

    Parameters
    ----------
    eyeball : ndarray of bool, shape (n,)
        Rows that people may look at; the others are black-box dev.
    divided : bool
        False where dev is too small: then people look at all of it.
    """

    eyeball: NDArray[np.bool_]
    divided: bool


def divide_dev(atoms: Sequence[str], *, seed: int) -> DevParts:
    """Divide dev into what people may look at and what they may not.

    Parameters
    ----------
    atoms : sequence of str, n
        Each row's atom.
    seed : int

    Returns
    -------
    DevParts

    Notes
    -----
    Invariants: atoms stay whole; the order of rows does not matter; an atom keeps its place in the draw whatever else
    dev holds, so that no record of black-box dev is shown when dev grows up to `2 * MOST` rows. It depends on no model.
    """
    rows = len(atoms)
    if rows < LARGE:
        return DevParts(np.ones(rows, bool), False)
    share = min(0.5, MOST / rows)
    eyeball = atom_hashes(atoms, seed ^ SALT) < np.uint64(int(share * 2**64) - 1)
    if eyeball.all() or not eyeball.any():
        return DevParts(np.ones(rows, bool), False)
    return DevParts(eyeball, True)
