"""Which share of a target's noise is of which category: its pieces explained as a mixture of the categories' pieces."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.spatial.distance import pdist

from tasks.noise.pool_coverage import Spectra

FEWEST_PIECES, FEWEST_SOUNDS = 40, 10
"""Below, chance decides: nothing is said."""
FEATURES = 256
DRAWS = 20
"""Halves of the sounds that shares are fitted to."""
USUAL = 0.25
"""So much stays as it is without a fit: a category that the pauses do not show may be heard behind words."""
MOST_OFTEN = 3.0
"""A category is heard at most so many times as often as without a fit: few recordings would be learned by heart."""
RIDGES = (0.0, 0.01, 0.1, 1.0, 10.0, 1e6)
"""How strongly shares are drawn to the usual ones, beside the variance of the features; the last: they are those."""
TO_ONE = 1e3
"""How much the sum of the shares counts beside the features, so that they add up to 1."""


def category_shares(
    target: Spectra,
    sounds: NDArray[np.int64],
    pool: Mapping[str, Spectra],
    *,
    usual: Mapping[str, float],
    seed: int,
) -> dict[str, float] | None:
    """Explain the target's pieces of noise as a mixture of the categories.

    Parameters
    ----------
    target : (n, bands) float64
        Shapes of the pieces between words.
    sounds : (n,) int64
        Which sound each piece is of: they are drawn as a whole.
    pool : mapping of str to (n_i, bands) float64
        Category -> shapes of its pieces.
    usual : mapping of str to float
        Category -> its share without a fit, above 0: its part of the recordings.
    seed : int

    Returns
    -------
    dict of str to float or None
        Shares that add up to 1. None with fewer than two categories, or too few pieces.

    Notes
    -----
    Kernel mean matching: shares bring the mean of random Fourier features of the mixture nearest to the target's, by
    non-negative least squares. Fitted to half of the sounds and asked about the other half, they are drawn to the
    usual shares as strongly as does no harm beyond chance: of twenty categories the nearest three would take all, and
    variety with it. The mean over halves, then `USUAL` of the usual shares, at most `MOST_OFTEN` times them, counts.

    References
    ----------
    Rahimi & Recht (2007), Random features for large-scale kernel machines. Huang et al. (2006), Correcting sample
    selection bias by unlabeled data.
    """
    names = sorted(name for name, pieces in pool.items() if len(pieces))
    known = np.unique(sounds)
    if len(names) < 2 or len(target) < FEWEST_PIECES or len(known) < FEWEST_SOUNDS:
        return None
    rng = np.random.default_rng([seed, 0x5A7])
    some = np.concatenate([pool[name][:: max(1, len(pool[name]) // 100)] for name in names])
    width = float(np.median(pdist(some[rng.permutation(len(some))[:400]]))) or 1.0
    directions = rng.normal(0, 1 / width, (target.shape[1], FEATURES))
    phases = rng.uniform(0, 2 * np.pi, FEATURES)

    def features(pieces: Spectra) -> NDArray[np.float64]:
        return np.asarray(np.cos(pieces @ directions + phases))

    means = np.column_stack([features(pool[name]).mean(axis=0) for name in names])
    seen, place = features(target), np.searchsorted(known, sounds)
    without = np.array([usual[name] for name in names])
    without /= without.sum()
    spread = float(np.mean((means - means.mean(axis=1, keepdims=True)) ** 2) * FEATURES)
    found, losses = np.zeros((len(RIDGES), len(names))), np.zeros((len(RIDGES), DRAWS))
    for draw in range(DRAWS):
        half = (rng.permutation(len(known)) % 2 == 0)[place]
        if half.all() or not half.any():
            continue
        ours, others = seen[half].mean(axis=0), seen[~half].mean(axis=0)
        for number, ridge in enumerate(RIDGES):
            shares = _mixture(means, ours, without, np.sqrt(ridge * spread))
            found[number] += shares
            losses[number, draw] = float(np.sum((means @ shares - others) ** 2))
    chosen = _most_usual(losses)
    if not found[chosen].any():
        return None
    shares = _capped((1 - USUAL) * found[chosen] / found[chosen].sum() + USUAL * without, MOST_OFTEN * without)
    return dict(zip(names, shares.round(3).tolist(), strict=True))


def _mixture(
    means: NDArray[np.float64], target: NDArray[np.float64], usual: NDArray[np.float64], pull: float
) -> NDArray[np.float64]:
    """Return the shares of the categories whose mixture is nearest to a target, drawn to the usual ones."""
    count = means.shape[1]
    left = np.vstack([means, pull * np.eye(count), np.full(count, TO_ONE)])
    found = nnls(left, np.concatenate([target, pull * usual, [TO_ONE]]))[0]
    return np.asarray(found / found.sum())


def _most_usual(losses: NDArray[np.float64]) -> int:
    """Choose the strongest pull to the usual shares that loses no more than chance against the best one."""
    best = int(losses.mean(axis=1).argmin())
    worse = losses - losses[best]
    chance = worse.std(axis=1, ddof=1) / np.sqrt(2)  # halves of the same sounds: as good as two independent draws
    return int(np.flatnonzero(worse.mean(axis=1) <= chance)[-1])


def _capped(shares: NDArray[np.float64], most: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut shares to what is allowed, and give the rest to the others in proportion."""
    found = shares.copy()
    for _ in range(len(shares)):
        over = found > most
        if not over.any():
            break
        rest = found[over].sum() - most[over].sum()
        found[over] = most[over]
        below = found < most
        found[below] += rest * found[below] / found[below].sum()
    return found
