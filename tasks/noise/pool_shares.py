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
EQUAL = 0.2
"""So much stays equally shared: a category that the pauses do not show may be heard behind words."""
TO_ONE = 1e3
"""How much the sum of the shares counts beside the features, so that they add up to 1."""


def category_shares(
    target: Spectra, sounds: NDArray[np.int64], pool: Mapping[str, Spectra], *, seed: int
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
    seed : int

    Returns
    -------
    dict of str to float or None
        Shares that add up to 1. None with fewer than two categories, or too few pieces.

    Notes
    -----
    Kernel mean matching: shares bring the mean of random Fourier features of the mixture nearest to the target's, by
    non-negative least squares; the mean over bootstrap draws of sounds, then `EQUAL` of equal shares. Invariants: the
    order of pieces and of categories does not matter beyond the draws.

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
    left = np.vstack([means, np.full(len(names), TO_ONE)])
    found = np.zeros(len(names))
    for _ in range(DRAWS):
        weights = np.bincount(rng.integers(0, len(known), len(known)), minlength=len(known))[place].astype(float)
        if weights.any():
            found += nnls(left, np.append(weights @ seen / weights.sum(), TO_ONE))[0]
    shares = (1 - EQUAL) * found / found.sum() + EQUAL / len(names)
    return dict(zip(names, shares.round(3).tolist(), strict=True))
