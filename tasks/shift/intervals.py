"""Resampling by atoms: rows that belong together are drawn together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.shift.sample import Codes, Floats, Points

RESAMPLES = 999
"""Draws of the bootstrap: the least p-value is 1/1,000, small enough to survive adjustment over 20 descriptors."""

MOST_BLOCKS = 256
"""More atoms than this are merged at random into so many blocks. Block totals have the variance that their atoms add up
to, so the interval's width is estimated with 255 degrees of freedom (4 % off) at a cost that does not grow with n."""


@dataclass(frozen=True)
class Resamples:
    """The bootstrap draws of one sample; statistics that share them share their luck.

    Parameters
    ----------
    block : ndarray of int64, shape (n,)
        Which block a row belongs to.
    weights : ndarray of float32, shape (RESAMPLES, blocks)
        How often each draw takes each block.
    """

    block: Codes
    weights: Points

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return int(self.weights.shape[1])


def merge_atoms(atoms: Codes, rng: np.random.Generator, most: int = MOST_BLOCKS) -> Codes:
    """Merge atoms at random into at most `most` blocks with equally many atoms, give or take one.

    Returns
    -------
    ndarray of int64, shape (n,)
        Block codes from 0.
    """
    distinct, code = np.unique(atoms, return_inverse=True)
    seats = np.arange(len(distinct)) % max(1, min(most, len(distinct)))
    return np.asarray(rng.permutation(seats)[code], np.int64).reshape(-1)


def resample(atoms: Codes, rng: np.random.Generator, draws: int = RESAMPLES) -> Resamples:
    """Draw whole atoms (or blocks of atoms) with replacement, `draws` times."""
    block = merge_atoms(atoms, rng)
    count = int(block.max()) + 1 if len(block) else 0
    if not count:
        return Resamples(block, np.zeros((draws, 0), np.float32))
    weights = rng.multinomial(count, np.full(count, 1 / count), size=draws).astype(np.float32)
    return Resamples(block, weights)


def block_totals(values: Codes, resamples: Resamples, width: int, rows: npt.NDArray[np.bool_] | None = None) -> Points:
    """Count the rows of each block that fall in each of `width` bins.

    Returns
    -------
    ndarray of float32, shape (blocks, width)
    """
    block = resamples.block if rows is None else resamples.block[rows]
    flat = np.bincount(block * width + values, minlength=resamples.blocks * width)
    return flat.reshape(resamples.blocks, width).astype(np.float32)


def basic_interval(effect: float, draws: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """Reflect the draws' quantiles at the effect; the interval always holds the effect.

    A distance between distributions is biased upwards, and its bootstrap twice so: reflecting takes the bias off, where
    plain quantiles would never reach 0 (Davison & Hinkley 1997, section 5.2).
    """
    known = draws[~np.isnan(draws)]
    if not len(known) or np.isnan(effect):
        return np.nan, np.nan
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return min(effect, 2 * effect - float(high)), max(effect, 2 * effect - float(low))


def share_at_least(observed: float, null: Floats) -> float:
    """Return the p-value (1 + draws at least as extreme) / (1 + draws); NaN if nothing is known."""
    known = null[~np.isnan(null)]
    if not len(known) or np.isnan(observed):
        return float("nan")
    return float((1 + np.sum(known >= observed * (1 - 1e-9))) / (1 + len(known)))
