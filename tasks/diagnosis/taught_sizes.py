"""Models that are taught few rows and many, each smaller choice part of the next: what a curve goes through."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.learning_curve import Points

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Teach = Callable[[Floats], Floats]
"""How often each row is taught, (n,), to what the model's answers then cost on each row of dev, (m,)."""

SIZES = 6
DRAWS = 5
"""Orders that atoms are taken in. All orders end at the same model, that of all rows."""
FEWEST_ROWS = 50
"""Taught rows below which no error is asked for: a model would know them by heart."""
FEWEST_POOL = 4 * FEWEST_ROWS
"""Rows below which no curve is drawn: its sizes would be all but the same."""
FEWEST_JUDGING = 2 * SIZES
"""Atoms of dev below which how errors of all sizes vary together is not known from atoms: rows then count singly."""
FEWEST_ATOMS = 24
"""Atoms below which sizes cannot be told apart: atoms are never divided."""
HALVINGS = 5
"""The smallest size is a 32nd of all rows, where that is enough rows."""


@dataclass(frozen=True)
class Trials:
    """What models of several sizes cost on dev.

    Parameters
    ----------
    rows : ndarray of float64, shape (k,)
        Rows that were taught, ascending; means over the draws.
    losses : ndarray of float64, shape (draws, k, n)
        NaN where dev has no label.
    atoms : ndarray of int64, shape (n,)
        Of the rows of dev.
    pool : float
        Rows that all choices are taken from; as `rows` count them.
    """

    rows: Floats
    losses: Floats
    atoms: Codes
    pool: float


def nest_rows(
    atoms: Codes, strata: Codes, varies: NDArray[np.bool_], sizes: Floats, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Choose rows for several sizes in one random order of atoms.

    Parameters
    ----------
    atoms, strata : ndarray of int64, shape (n,)
        Every stratum, such as source and target, gives the same share of its atoms; a copy has its parent's atom.
    varies : ndarray of bool, shape (n,)
        The others are in every choice.
    sizes : ndarray of float64, shape (k,)
        Shares of the atoms, in (0, 1].
    rng : numpy Generator

    Returns
    -------
    ndarray of bool, shape (k, n)

    Notes
    -----
    Invariants: a smaller choice is part of a larger one; no atom is divided; at 1 every row is chosen.
    """
    names, code = np.unique(atoms, return_inverse=True)
    code = code.reshape(-1)
    first = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(first, code, strata)
    place = np.empty(len(names))
    for stratum in np.unique(first).tolist():
        own = np.flatnonzero(first == stratum)
        place[own] = (rng.permutation(len(own)) + 1) / len(own)
    reached = place[None, code] <= sizes[:, None] + 1e-9
    return np.asarray(reached | ~varies[None, :])


def shares_of(pool: int) -> Floats:
    """Return the sizes to try, as shares of so many rows: halves of halves, and none below `FEWEST_ROWS` rows."""
    least = max(2.0**-HALVINGS, FEWEST_ROWS / pool)
    return np.asarray(np.geomspace(min(1.0, least), 1.0, SIZES))


def try_sizes(
    teach: Teach,
    atoms: Codes,
    strata: Codes,
    varies: NDArray[np.bool_],
    counted: NDArray[np.bool_],
    dev_atoms: Codes,
    *,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Trials:
    """Teach models of several sizes, several times.

    Parameters
    ----------
    teach : callable
    atoms, strata, varies
        See `nest_rows`.
    counted : ndarray of bool, shape (n,)
        Rows that the curve counts: real ones that vary.
    dev_atoms : ndarray of int64, shape (m,)
    seed : int
        Draws the orders.
    progress : callable str -> None, optional

    Raises
    ------
    ValueError
        Where fewer than `FEWEST_POOL` rows count, or they are of fewer than `FEWEST_ATOMS` atoms.
    """
    pool = int(counted.sum())
    if pool < FEWEST_POOL:
        raise ValueError(f"a learning curve needs {FEWEST_POOL} labelled rows to leave some of them out, not {pool}")
    units = len(np.unique(atoms[counted]))
    if units < FEWEST_ATOMS:
        raise ValueError(f"a learning curve needs {FEWEST_ATOMS} atoms to leave some of them out, not {units}")
    shares = np.maximum(shares_of(pool), np.arange(1, SIZES + 1) / units)
    rows, losses = np.zeros((DRAWS, SIZES)), np.full((DRAWS, SIZES, len(dev_atoms)), np.nan)
    whole: Floats | None = None
    for draw in range(DRAWS):
        chosen = nest_rows(atoms, strata, varies, shares, np.random.default_rng([seed, 0xC02, draw]))
        for place in range(SIZES):
            rows[draw, place] = float((chosen[place] & counted).sum())
            if place == SIZES - 1:
                whole = teach(chosen[place].astype(np.float64)) if whole is None else whole
                losses[draw, place] = whole
            else:
                losses[draw, place] = teach(chosen[place].astype(np.float64))
        if progress is not None:
            progress(f"draw {draw + 1} of {DRAWS}, up to {pool:,} rows")
    return Trials(rows.mean(axis=0), losses, dev_atoms, float(pool))


def sum_up_trials(trials: Trials) -> Points:
    """Turn losses into errors and how surely they are known.

    Returns
    -------
    Points

    Raises
    ------
    ValueError
        Where fewer than two rows of dev have labels.

    Notes
    -----
    Two causes add up. Which rows dev holds: the covariance of mean losses over its atoms, which all sizes share. Which
    rows were taught: choices overlap, within a draw and between draws, so that draws scatter less than new training
    data would, and at full size not at all. That part is taken to fall as 1 / n, as for any mean of influences of rows
    (Efron 1982): two choices of n and m rows are then correlated by sqrt(n / m) if one holds the other, and by
    sqrt(n m) / pool if they were drawn apart.
    """
    known = np.isfinite(trials.losses).all(axis=(0, 1))
    losses, atoms = trials.losses[:, :, known], trials.atoms[known]
    code = np.unique(atoms, return_inverse=True)[1].reshape(-1)
    units, n = int(code.max(initial=-1)) + 1, losses.shape[2]
    if n < 2:
        raise ValueError("errors are known as well as dev is large: it has fewer than two records with labels")
    if not (by_atoms := units >= FEWEST_JUDGING):
        code, units = np.arange(n), n
    by_draw = losses.mean(axis=2)
    errors = by_draw.mean(axis=0)
    away = losses.mean(axis=0) - errors[:, None]
    sums = np.stack([np.bincount(code, weights=row, minlength=units) for row in away])
    of_dev = sums @ sums.T * units / (units - 1) / n**2
    draws, rows = len(losses), trials.rows
    share = np.minimum(rows / trials.pool, 1.0)
    apart = share < 1 - 1e-9
    spread, of_rows = 0.0, np.zeros_like(of_dev)
    if draws > 1 and apart.any():
        spread = float(np.mean(by_draw[:, apart].var(axis=0, ddof=1) * rows[apart] / (1 - share[apart])))
        deviation = np.sqrt(spread / rows)
        within = np.sqrt(np.minimum.outer(rows, rows) / np.maximum.outer(rows, rows))
        between = np.sqrt(np.outer(share, share))
        of_rows = np.outer(deviation, deviation) * (within / draws + between * (1 - 1 / draws))
    # One row of dev more, right or wrong by chance: errors that never change are not known exactly.
    least = np.eye(len(rows)) / (4.0 * n**2)
    total = of_dev + of_rows + least
    parts = np.array([of_dev[-1, -1] + least[-1, -1], of_rows[-1, -1]])
    known_by = np.array([units - 1.0, max(1.0, (draws - 1.0) * max(1, int(apart.sum())) / 2)])
    freedom = float(parts.sum() ** 2 / (parts**2 / known_by).sum())
    return Points(rows, errors, total, freedom, by_atoms)
