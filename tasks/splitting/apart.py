"""How far dev, test and the target are apart, all three distances together, for any assignment of a few atoms."""

from dataclasses import dataclass

import numpy as np

from tasks.splitting.atom_products import product_coordinates
from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.landmarks import fit_energy_map
from tasks.splitting.part import LANDMARKS_OF_ATOMS, Flags, Pool, label_coordinates

EXACT_ROWS = 16_384
"""Rows up to which atoms are compared by all pairs of their rows, half a second's work; beyond, by landmarks."""

BLOCK = 8_192
"""Assignments, or rows, at a time."""


@dataclass(frozen=True)
class Apart:
    """What assignments of atoms are weighed by.

    Parameters
    ----------
    sums : ndarray of float64, shape (k, d)
        Of each free atom's rows, about the mean of the target.
    rows : ndarray of int64, shape (k,)
    held : ndarray of float64, shape (2, d)
        The same of what dev and test hold already.
    held_rows : ndarray of int64, shape (2,)
    total : int
        Rows of the target.
    """

    sums: Floats
    rows: Codes
    held: Floats
    held_rows: Codes
    total: int

    def __call__(self, codes: Codes) -> Floats:
        """Return the distances of assignments, shape (c,).

        Parameters
        ----------
        codes : ndarray of int, shape (c, k)
            0 rest, 1 dev, 2 test.

        Notes
        -----
        Squared energy distances of dev and test, dev and target, test and target, each as a multiple of what it is
        when atoms are drawn at random: 1/a + 1/b between two samples, 1/a - 1/n between one and the whole, but for a
        factor that is the same for all. Three where a random split would be; a pair that there is not counts nothing.
        """
        out = np.zeros(len(codes))
        for start in range(0, len(codes), BLOCK):
            block = codes[start : start + BLOCK]
            means, rows = [], []
            for split in (0, 1):
                inside = (block == split + 1).astype(np.float64)
                rows.append(inside @ self.rows + self.held_rows[split])
                means.append((inside @ self.sums + self.held[split]) / np.maximum(1.0, rows[split])[:, None])
            (a, b), (mean_a, mean_b) = rows, means
            of_pairs = (
                (mean_a - mean_b, _inverse(a) + _inverse(b), (a > 0) & (b > 0)),
                (mean_a, _inverse(a) - 1 / self.total, (a > 0) & (a < self.total)),
                (mean_b, _inverse(b) - 1 / self.total, (b > 0) & (b < self.total)),
            )
            for away, usual, there in of_pairs:
                far = np.einsum("cd,cd->c", away, away)
                out[start : start + BLOCK] += np.divide(far, usual, out=np.zeros(len(block)), where=there)
        return out


def weigh_atoms(pool: Pool, free: Flags, line: Codes, rng: np.random.Generator) -> Apart:
    """Sum up the atoms of a pool, those held together with others of their split.

    Parameters
    ----------
    pool : Pool
        Of few free atoms.
    free : ndarray of bool, shape (g,)
    line : ndarray of int64, shape (g,)
        Where atoms that are not free are: 0 rest, 1 dev, 2 test.
    rng : numpy.random.Generator
        Chooses landmarks.
    """
    k = int(free.sum())
    piece = np.where(free, np.cumsum(free) - 1, k + np.maximum(0, line))
    of_row = piece[pool.atom]
    order = np.argsort(of_row, kind="stable")
    rows = np.bincount(of_row, minlength=k + 3)
    found = np.concatenate([_points_of(pool, order, rows, rng), _labels_of(pool, of_row, k + 3, rng)], axis=1)
    found -= rows[:, None] * (found.sum(0) / len(order))
    return Apart(found[:k], rows[:k], found[k + 1 :], rows[k + 1 :], len(order))


def _points_of(pool: Pool, order: Codes, rows: Codes, rng: np.random.Generator) -> Floats:
    """Return sums over pieces of the pool, whose rows follow each other in `order`, shape (pieces, d)."""
    there = np.flatnonzero(rows)
    starts = np.concatenate([[0], np.cumsum(rows[there])])
    if len(order) <= EXACT_ROWS:
        found = product_coordinates(pool.points[order], starts, np.zeros(len(order)))[0]
        sums = np.zeros((len(rows), found.shape[1]))
        sums[there] = found
        return sums
    coordinates = fit_energy_map(pool.points, LANDMARKS_OF_ATOMS, rng)
    sums = np.zeros((len(rows), coordinates.dimensions))
    for begin in range(0, len(order), BLOCK):
        block = order[begin : begin + BLOCK]
        piece = np.searchsorted(starts, np.arange(begin, begin + len(block)), side="right") - 1
        change = np.flatnonzero(np.diff(piece, prepend=-1))
        sums[there[piece[change]]] += np.add.reduceat(coordinates(pool.points[block]), change)
    return sums


def _labels_of(pool: Pool, of_row: Codes, pieces: int, rng: np.random.Generator) -> Floats:
    cells = int(pool.cell.max(initial=-1)) + 1
    counts = np.bincount(of_row * cells + pool.cell, minlength=pieces * cells).reshape(pieces, cells)
    return np.asarray(counts @ label_coordinates(pool, cells, rng).astype(np.float64), np.float64)


def _inverse(rows: Floats) -> Floats:
    return np.asarray(1 / np.maximum(1.0, rows), np.float64)
