"""How much of the target synthetic data reaches, and how much of it lies where the target is: coverage and density."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tasks.shift.intervals import Resamples, few_blocks, resample
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Flags, Floats, Points

NEIGHBOURS = 5
"""Of a target record: another sample of the target, as large, then covers 97 % of its records (Naeem et al. take 5)."""

ROWS = 1_000
"""Rows a side at most: all their distances and draws take .1 s, and intervals are +-2 points then."""

DRAWS = 200
"""Bootstrap draws that an interval's width is taken from, known to 5 % then."""


@dataclass(frozen=True)
class Reach:
    """How two samples lie to each other.

    Parameters
    ----------
    coverage : Effect
        The share of real records that have a made one among what is nearest to them: 0 to 1.
    density : Effect
        How many neighbourhoods of real records a made one lies in, in units of what another real record would: 1 where
        the samples are of one law, 0 where no made record is near a real one, above 1 where made ones are crowded.
    """

    coverage: Effect
    density: Effect


def reach(
    real: Points,
    made: Points,
    atoms_real: Codes,
    atoms_made: Codes,
    *,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> Reach:
    """Measure coverage and density of made records against real ones.

    Parameters
    ----------
    real, made : ndarray of float32, shape (n, p), (m, p)
        Coordinates; coverage grows with m, so compare only with samples of as many rows.
    atoms_real, atoms_made : ndarray of int64, shape (n,), (m,)
        Rows that belong together. The neighbourhood of a real record reaches to the fifth nearest of the other atoms:
        within one atom records are nearer to each other than to anything else.
    rng : numpy.random.Generator
        Draws atoms.
    confidence : float
        In (0, 1).

    Returns
    -------
    Reach
        NaN where there are fewer than six real atoms, or nothing was made.

    Notes
    -----
    Invariants: neither order nor place nor scale of the points matters; coverage lies in 0 to 1; made records that are
    the real ones cover all. The interval is as wide as both samples' atoms scatter, drawn with replacement, around the
    measured value: draws leave out a third of the atoms, so their own mean would be too low.

    References
    ----------
    Naeem, Oh, Uh, Choi & Yoo 2020, "Reliable fidelity and diversity metrics for generative models".
    """
    n, m = len(real), len(made)
    unknown = Effect(NAN, n_a=m, n_b=n)
    if not m or not n or not real.shape[1]:
        return Reach(unknown, unknown)
    radius, expected = _neighbourhoods(_squares(real, real), atoms_real)
    if not np.isfinite(radius).all():
        return Reach(unknown, unknown)
    near = _squares(real, made) <= radius[:, None]
    draws_real, draws_made = resample(atoms_real, rng, DRAWS), resample(atoms_made, rng, DRAWS)
    coverage, density = float(near.any(axis=1).mean()), float(near.mean() / expected)
    of_coverage, of_density = _drawn(near, expected, draws_real, draws_made)
    return Reach(
        _effect(coverage, of_coverage, (draws_real, draws_made), (m, n), confidence, most=1.0),
        _effect(density, of_density, (draws_real, draws_made), (m, n), confidence),
    )


def expected_coverage(n: int, m: int) -> float:
    """Return the coverage of n real atoms by m made ones of the same law, all of them independent.

    Notes
    -----
    A record is covered unless its five nearest among the other n - 1 + m are all real; each is as likely to be any of
    them.
    """
    missed = math.prod((n - 1 - place) / (n - 1 + m - place) for place in range(NEIGHBOURS))
    return 1.0 - max(0.0, missed)


def _squares(a: Points, b: Points) -> Points:
    """Return squared distances, shape (len(a), len(b))."""
    middle = a.mean(axis=0)
    a, b = a - middle, b - middle
    squares = np.einsum("np,np->n", a, a)[:, None] + np.einsum("mp,mp->m", b, b)[None] - 2 * (a @ b.T)
    return np.asarray(np.maximum(squares, 0), np.float32)


def _neighbourhoods(squares: Points, atoms: Codes) -> tuple[Points, float]:
    """Return how far the fifth nearest of the other atoms is from each record, and what share of records is within it.

    The distances are squared; inf where there is none. The share is that of records of the same law.
    """
    own = atoms[:, None] == atoms[None]
    squares[own] = np.inf
    order = np.argsort(atoms, kind="stable")
    _, starts = np.unique(atoms[order], return_index=True)
    if len(starts) <= NEIGHBOURS:
        return np.full(len(squares), np.inf, np.float32), 0.0
    nearest = np.minimum.reduceat(squares[:, order], starts, axis=1)
    radius = np.partition(nearest, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1]
    inside = (squares <= radius[:, None]).sum(axis=1)
    return np.asarray(radius), float(np.mean(inside / (len(squares) - own.sum(axis=1) + 1)))


def _drawn(near: Flags, expected: float, real: Resamples, made: Resamples) -> tuple[Floats, Floats]:
    """Return coverage and density of each draw, shape (draws,)."""
    order = np.argsort(made.block, kind="stable")
    starts = np.searchsorted(made.block[order], np.arange(made.blocks))
    hits = np.add.reduceat(near[:, order].astype(np.float32), starts, axis=1)  # (n, blocks)
    times = hits @ made.weights.T  # how often each real record is met in each draw
    taken = real.weights[:, real.block].T  # (n, draws)
    rows, others = taken.sum(0), made.weights @ np.bincount(made.block, minlength=made.blocks)
    coverage = (taken * (times > 0)).sum(0) / rows
    density = (taken * times).sum(0) / rows / others / expected
    return np.asarray(coverage, np.float64), np.asarray(density, np.float64)


def _effect(
    found: float,
    draws: Floats,
    of: tuple[Resamples, Resamples],
    sizes: tuple[int, int],
    confidence: float,
    *,
    most: float = math.inf,
) -> Effect:
    blocks = [each.blocks for each in of]  # of real records, of made ones
    if min(blocks) < 2:
        return Effect(found, n_a=sizes[0], n_b=sizes[1])
    half = float(draws.std(ddof=1)) * float(ndtri(0.5 + confidence / 2))
    half *= few_blocks(1.0, 1.0, blocks[0], blocks[1], confidence)
    if most == 1.0:
        half *= _steadier(found, float(draws.mean()), sizes[1])
        if found in (0.0, 1.0):  # nothing scatters then: the rule of three
            half = max(half, 3 / blocks[0])
    return Effect(found, max(0.0, found - half), min(most, found + half), NAN, *sizes)


def _steadier(share: float, drawn: float, rows: int) -> float:
    """Return by how much less a share scatters than in draws, which leave records out and so are nearer to a half."""
    share, drawn = (min(max(value, 0.5 / rows), 1 - 0.5 / rows) for value in (share, drawn))
    return math.sqrt(share * (1 - share) / (drawn * (1 - drawn)))
