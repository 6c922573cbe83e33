"""The nearest of all splits that there are: where atoms are few, every assignment can be looked at."""

import numpy as np

from tasks.splitting.apart import Apart
from tasks.splitting.atom_table import Codes

MOST = 3**12
"""Assignments that are looked at one by one: of 12 atoms to dev, test and rest, of 19 to dev and rest."""

SLACK = 0.02
"""Share of the rows wanted by which sizes may be missed beyond what they must, where no assignment meets them exactly:
a sample 2 % smaller has an interval 1 % wider. Of the nearest sizes alone there is hardly more than one assignment."""

AS_GOOD = 0.02
"""One of the assignments within this of the nearest is drawn, so that other seeds give other splits."""


def are_few(free: int, lacks: Codes) -> bool:
    """Tell whether all assignments of so many free atoms can be looked at."""
    sides = 1 + int(np.count_nonzero(lacks))
    return bool(sides**free <= MOST)


def choose_of_all(apart: Apart, lacks: Codes, rng: np.random.Generator) -> Codes:
    """Choose one of the nearest among all assignments that meet the sizes.

    Parameters
    ----------
    apart : Apart
        Of the free atoms.
    lacks : ndarray of int64, shape (2,)
        Rows that dev and test still want; 0 where nothing is to be drawn.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (k,)
        0 rest, 1 dev, 2 test.

    Notes
    -----
    Invariants: no other assignment that `fitting` admits is nearer by more than `AS_GOOD`; those as near are equally
    likely.
    """
    codes = fitting(apart.rows, lacks, SLACK)
    far = apart(codes)
    near = np.flatnonzero(far <= (1 + AS_GOOD) * float(far.min()) + 1e-12)
    return np.asarray(codes[near[int(rng.integers(len(near)))]], np.int64)


def fitting(rows: Codes, lacks: Codes, slack: float, *, exactly: bool = True) -> Codes:
    """List the assignments that meet sizes.

    Parameters
    ----------
    rows : ndarray of int64, shape (k,)
        Of each atom, at least 1.
    lacks : ndarray of int64, shape (2,)
    slack : float
        Share of the rows wanted by which sizes may be missed, where they cannot be met.
    exactly : bool
        Whether only exact ones count where there is any.

    Returns
    -------
    ndarray of int64, shape (c, k)
        0 rest, 1 dev, 2 test.

    Notes
    -----
    Invariants: only exact ones where there is any and `exactly`; otherwise each split is off by at most half of the
    largest atom unless it would be empty, and both together by at most `slack` more than they must; no split that rows
    are wanted for is empty.
    """
    drawn = np.flatnonzero(lacks > 0) + 1
    options = np.concatenate([[0], drawn])
    got = np.zeros((2, 1), np.int64)
    for size in rows.tolist():
        step = np.zeros((2, len(options)), np.int64)
        step[drawn - 1, np.arange(1, len(options))] = size
        got = (got[:, :, None] + step[:, None, :]).reshape(2, -1)
    off = np.abs(got - lacks[:, None])
    missed = off.sum(0)
    missed[((got == 0) & (lacks > 0)[:, None]).any(0)] = np.iinfo(np.int64).max
    least = int(missed.min())
    most = least + (int(slack * lacks.sum()) if least or not exactly else 0)
    within = (2 * off <= rows.max()).all(0) | (missed == least)
    place = np.flatnonzero((missed <= most) & within)
    digits = place[:, None] // len(options) ** np.arange(len(rows) - 1, -1, -1) % len(options)
    return np.asarray(options[digits], np.int64)
