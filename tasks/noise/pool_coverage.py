"""How much of the target's noise a pool comes near: pieces of noise as spectra, whatever their level."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

REACH_SHARE = 0.9
"""Reach is the distance within which nine of ten pieces of a recording find another of the same recording, a while
before: nearer than that, two pieces of noise are alike as far as their spectrum tells."""
FEWEST_PIECES = 8
"""A recording of fewer pieces says nothing about how much its own noise varies."""

Spectra = NDArray[np.float64]


class Reach(NamedTuple):
    """What a pool comes near.

    Parameters
    ----------
    reach : float
        Root mean square difference of two spectra, in dB a band, up to which they count as alike; NaN where no
        recording is long enough to tell.
    others : float
        Share of a recording's pieces within reach of the *other* recordings, mean over recordings: what can be expected
        of a noise that the pool does not hold, where it is of the pool's kind. NaN with one recording.
    """

    reach: float
    others: float


def shapes(levels_db: Spectra) -> Spectra:
    """Take the mean level off each spectrum, (n, bands) in dB: noise is mixed at a level of the policy's anyway."""
    return np.asarray(levels_db - levels_db.mean(axis=1, keepdims=True))


def reach_of(pool: Mapping[str, Spectra]) -> Reach:
    """Measure from the pool itself how far apart pieces of one noise are.

    Parameters
    ----------
    pool : mapping of str to (n_i, bands) float64
        Recording -> the shapes of its pieces, in the order in which they are heard.
    """
    long = {name: pieces for name, pieces in pool.items() if len(pieces) >= FEWEST_PIECES}
    if not long:
        return Reach(float("nan"), float("nan"))
    apart = []
    for pieces in long.values():
        half = len(pieces) // 2
        apart.append(np.quantile(_nearest(pieces[half:], pieces[:half]), REACH_SHARE))
    reach = float(np.median(apart))
    shares = []
    for name, pieces in pool.items():
        rest = [others for other, others in pool.items() if other != name and len(others)]
        if rest and len(pieces):
            shares.append(float(np.mean(_nearest(pieces, np.concatenate(rest)) <= reach)))
    return Reach(reach, float(np.mean(shares)) if shares else float("nan"))


def covered(target: Spectra, pool: Mapping[str, Spectra], reach: float) -> NDArray[np.bool_]:
    """Tell which pieces of the target's noise are within reach of any piece of the pool: (n,) bool."""
    return np.asarray(_nearest(target, np.concatenate(list(pool.values()))) <= reach)


def _nearest(pieces: Spectra, among: Spectra) -> NDArray[np.float64]:
    """Return the distance to the nearest of others, in dB a band."""
    return np.asarray(cKDTree(among).query(pieces)[0] / np.sqrt(pieces.shape[1]), np.float64)
