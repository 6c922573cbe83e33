"""Energy distance and Kolmogorov-Smirnov distance along random directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gamma, pi, sqrt

import numpy as np

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.points import Points
from tasks.splitting.random_splits import SPLITS, deal

DIRECTIONS = 64
WORK = 40_000_000
"""Rows times directions times random splits, at most; a second or so."""

MOST_RANDOM = 25
LEAST_RANDOM = 10
LEAST_DIRECTIONS = 16


@dataclass(frozen=True)
class Sliced:
    """Distances of two splits; `random` is the median over random splits of the same atoms and sizes."""

    energy: float
    energy_random: float
    ks: float
    ks_random: float


def compare_slices(
    points: Points, atoms: Codes, codes: Codes, pairs: Sequence[tuple[str, str]], rng: np.random.Generator
) -> tuple[Sliced, ...]:
    """Compare splits along random directions.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    atoms, codes : ndarray of int, shape (n,)
        Codes are 0 rest, 1 dev, 2 test.
    pairs : sequence of two names
        "dev", "test" or "target", which is all rows.
    rng : numpy.random.Generator

    Notes
    -----
    E|x - y| in q dimensions is the mean over directions of its value along them, times a constant of q; so the energy
    distance is estimated without bias, in n log n instead of n^2.

    References
    ----------
    Székely & Rizzo 2013. Rabin, Peyré, Delon & Bernot 2011, on slicing.
    """
    n, q = points.shape
    number = int(np.clip(WORK // max(1, LEAST_RANDOM * n), LEAST_DIRECTIONS, DIRECTIONS)) if q > 1 else 1
    splits = int(np.clip(WORK // max(1, number * n), LEAST_RANDOM, MOST_RANDOM))
    atom = np.unique(atoms, return_inverse=True)[1].reshape(-1)
    rows = np.bincount(atom)
    size = {name: int((codes == code).sum()) for name, code in SPLITS.items()}
    lines = deal(rows, size["dev"], size["test"], splits, rng)[:, atom]
    lines = np.concatenate([codes[None], lines]).astype(np.int8)
    energy, ks = np.zeros((2, len(pairs), len(lines)))
    directions = rng.standard_normal((q, number))
    directions /= np.maximum(1e-12, np.linalg.norm(directions, axis=0))
    for direction in directions.T:
        along = points @ direction.astype(np.float32)
        order = np.argsort(along)
        step = np.diff(along[order].astype(np.float64))
        differs = step > 0
        for line, code in enumerate(lines):
            share = _cumulative(code[order])
            for place, (a, b) in enumerate(pairs):
                apart = (share[a] - share[b])[:-1]
                energy[place, line] += 2 * float(step @ apart**2)
                ks[place, line] = max(ks[place, line], float(np.abs(apart[differs]).max(initial=0.0)))
    energy *= _of_dimensions(q) / max(1, number)
    return tuple(
        Sliced(float(e[0]), float(np.median(e[1:])), float(k[0]), float(np.median(k[1:])))
        for e, k in zip(energy, ks, strict=True)
    )


def _cumulative(code: Codes) -> dict[str, Floats]:
    n = len(code)
    share = {"target": np.arange(1, n + 1) / n}
    for name, number in SPLITS.items():
        held = np.cumsum(code == number)
        share[name] = held / max(1, int(held[-1]))
    return share


def _of_dimensions(q: int) -> float:
    """Return |x| over the mean of |<x, direction>|: sqrt(pi) gamma((q + 1) / 2) / gamma(q / 2)."""
    if q < 1:
        return 0.0
    if q > 300:
        return sqrt(pi * q / 2)
    return sqrt(pi) * gamma((q + 1) / 2) / gamma(q / 2)
