"""Which model embeds which row: one that has seen no row of its atom, and as many rows of each sample by each model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.splitting.atom_table import atom_hashes

Codes = NDArray[np.int64]

FOLDS = 5


def deal_folds(atoms: Sequence[str], parts: Sequence[str], teaching: NDArray[np.bool_], *, seed: int) -> Codes:
    """Deal atoms to folds.

    Parameters
    ----------
    atoms : sequence of str, n
        The atom of each row.
    parts : sequence of str, n
        The sample that each row belongs to, such as its split.
    teaching : ndarray of bool, shape (n,)
        The rows that models are fitted on.
    seed : int

    Returns
    -------
    ndarray of int64, shape (n,)
        The fold of each row, from 0. Where fewer than two atoms teach there is one fold: its model is fitted on all of
        them, and what it says of them is too good.

    Notes
    -----
    Invariants: rows of one atom are in one fold; the order of rows does not matter. Models of different folds differ
    as instruments do. Every part is dealt in the proportions of the rows that teach, as nearly as its atoms allow, so
    that two parts are measured with the same mixture of instruments.
    """
    names, atom = np.unique(np.asarray(atoms, str), return_inverse=True)
    taught = np.bincount(atom, weights=teaching, minlength=len(names))
    folds = min(FOLDS, int((taught > 0).sum()))
    fold = np.zeros(len(names), np.int64)
    if folds < 2:
        return fold[atom]
    hashes = atom_hashes(names.tolist(), seed)
    order = np.lexsort((hashes, -taught))
    order = order[taught[order] > 0]
    full = np.zeros(folds)
    for place in order.tolist():
        least = int(full.argmin())
        fold[place] = least
        full[least] += taught[place]
    wanted = (full / full.sum()).tolist()
    dealt = taught > 0
    part_names, part = np.unique(np.asarray(parts, str), return_inverse=True)
    for number in range(len(part_names)):
        rows = np.bincount(atom[part == number], minlength=len(names))
        held = np.bincount(fold[dealt], weights=rows[dealt], minlength=folds).tolist()
        total = float(rows.sum())
        order = np.lexsort((hashes, -rows))
        for place in order[(rows[order] > 0) & ~dealt[order]].tolist():
            most = max(range(folds), key=lambda at: wanted[at] * total - held[at])
            fold[place] = most
            held[most] += float(rows[place])
        dealt |= rows > 0
    return fold[atom]
