"""Resampling by atoms: rows that belong together are drawn together."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from tasks.shift.sample import Codes, Flags, Floats, Points

RESAMPLES = 999
"""Draws of the bootstrap: the least p-value is 1/1,000, small enough to survive adjustment over 40 descriptors."""

MOST_BLOCKS = 256
"""More atoms than this are merged at random into so many blocks. Blocks vary as much as the atoms that they add up, so
the width of an interval is known to 4 % (255 degrees of freedom) at a cost that does not grow with the rows."""


@dataclass(frozen=True)
class Resamples:
    """The bootstrap draws of one sample; statistics that share them share their luck.

    Parameters
    ----------
    block : ndarray of int64, shape (n,)
        Which block of atoms a row belongs to.
    weights : ndarray of float32, shape (draws, blocks)
        How often each draw takes each block.
    """

    block: Codes
    weights: Points

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return int(self.weights.shape[1])


@dataclass(frozen=True)
class Pairing:
    """Two samples made ready for comparison, so that many descriptors share the work.

    Parameters
    ----------
    code_x, code_y : ndarray of int64, shape (n,), (m,)
        Atoms of both sides, numbered together from 0.
    atoms : int
        Distinct atoms of both sides.
    draws_x, draws_y : Resamples
    """

    code_x: Codes
    code_y: Codes
    atoms: int
    draws_x: Resamples
    draws_y: Resamples


def pair_up(atoms_x: Codes, atoms_y: Codes, rng: np.random.Generator, draws: int = RESAMPLES) -> Pairing:
    """Give the atoms of two samples common numbers and draw both."""
    distinct, code = np.unique(np.concatenate([atoms_x, atoms_y]), return_inverse=True)
    code = code.reshape(-1)
    return Pairing(
        code[: len(atoms_x)],
        code[len(atoms_x) :],
        len(distinct),
        resample(atoms_x, rng, draws),
        resample(atoms_y, rng, draws),
    )


def merge_atoms(atoms: Codes, rng: np.random.Generator, most: int = MOST_BLOCKS) -> Codes:
    """Merge atoms at random into at most `most` blocks of equally many atoms, give or take one.

    Returns
    -------
    ndarray of int64, shape (n,)
        Block codes from 0.
    """
    distinct, code = np.unique(atoms, return_inverse=True)
    seats = np.arange(len(distinct)) % max(1, min(most, len(distinct)))
    return np.asarray(rng.permutation(seats)[code.reshape(-1)], np.int64)


def resample(atoms: Codes, rng: np.random.Generator, draws: int = RESAMPLES) -> Resamples:
    """Draw whole atoms (or blocks of atoms) with replacement, `draws` times."""
    block = merge_atoms(atoms, rng)
    count = int(block.max()) + 1 if len(block) else 0
    return Resamples(block, draw_weights(count, rng, draws))


def draw_weights(count: int, rng: np.random.Generator, draws: int = RESAMPLES) -> Points:
    """Return how often each of `draws` draws takes each of `count` blocks, shape (draws, count)."""
    if not count:
        return np.zeros((draws, 0), np.float32)
    taken = rng.integers(0, count, (draws, count), dtype=np.int32) + np.arange(draws, dtype=np.int32)[:, None] * count
    return np.bincount(taken.ravel(), minlength=draws * count).reshape(draws, count).astype(np.float32)


def block_totals(values: Codes, resamples: Resamples, width: int, rows: Flags | None = None) -> Points:
    """Count the rows of each block that fall in each of `width` bins.

    Parameters
    ----------
    values : ndarray of int64, shape (k,)
        Bins of the rows.
    rows : ndarray of bool, shape (n,), optional
        Which of the sample's rows `values` belong to; all by default.

    Returns
    -------
    ndarray of float32, shape (blocks, width)
    """
    block = resamples.block if rows is None else resamples.block[rows]
    flat = np.bincount(block * width + values, minlength=resamples.blocks * width)
    return flat.reshape(resamples.blocks, width).astype(np.float32)


def few_blocks(
    variance_x: float, variance_y: float, blocks_x: int, blocks_y: int, confidence: float, dimensions: float = 1.0
) -> float:
    """Return by how much scatter must be stretched because few blocks estimate its size badly.

    The ratio of Student's to the normal quantile, with Satterthwaite's degrees of freedom, once for each dimension that
    the scatter fills: 1.0 for many blocks, 1.18 for five on each side in one dimension.
    """
    if variance_x + variance_y <= 0:
        return 1.0
    freedom = (variance_x + variance_y) ** 2 / (variance_x**2 / (blocks_x - 1) + variance_y**2 / (blocks_y - 1))
    level = 0.5 + confidence / 2
    return float(stdtrit(freedom * dimensions, level) / ndtri(level))


def share_at_least(observed: float, null: Floats, blocks_x: int, blocks_y: int) -> float:
    """Return the p-value (1 + draws at least as extreme) / (1 + draws).

    It is never below what dealing the blocks anew could give: four against four can be dealt in 70 ways, so .014.
    """
    share = float((1 + np.sum(null >= observed * (1 - 1e-9))) / (1 + len(null)))
    return max(share, 1 / math.comb(blocks_x + blocks_y, blocks_x))
