"""Shares among records that were drawn with unequal chances, and how far an error would fall without them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Share:
    """A share with its interval.

    Parameters
    ----------
    share, low, high : float
        In [0, 1]; NaN where no record was looked at.
    n : int
        Records that it was counted on.
    worth : float
        As many single records, drawn with equal chances, would tell as much.
    """

    share: float
    low: float
    high: float
    n: int
    worth: float


NOTHING = Share(math.nan, math.nan, math.nan, 0, 0.0)


def weighted_share(
    holds: Floats, weights: Floats, atoms: Codes, *, strata: Codes | None = None, confidence: float = 0.95
) -> Share:
    """Estimate a share from records that stand for different numbers of others.

    Parameters
    ----------
    holds : ndarray of float64, shape (n,)
        1 where it holds, 0 where not; between them where reviewers differ.
    weights : ndarray of float64, shape (n,)
        Positive: 1 over the chance that the record was drawn.
    atoms : ndarray of int64, shape (n,)
        Records of one atom are no independent witnesses.
    strata : ndarray of int64, shape (n,), optional
        What the records were drawn from, apart; the weights then are numbers of records. All of one by default.
    confidence : float

    Returns
    -------
    Share

    Notes
    -----
    The ratio of weighted sums (Hajek 1971), its variance by atoms, and Wilson's interval on the rows that it is worth
    (Korn & Graubard 1998). It is of all that could have been drawn, not of these rows alone, so it does not shrink to
    nothing when all of them were looked at: how many records each stratum has varies too. Invariants: the scale of the
    weights does not matter without strata, the order of rows never does; with equal weights and an atom a row it is
    Wilson's, but for Student's t.
    """
    n = len(holds)
    if not n:
        return NOTHING
    part = weights / weights.sum()
    share = min(1.0, max(0.0, float(part @ holds)))
    code = np.unique(atoms, return_inverse=True)[1].reshape(-1)
    count = int(code.max()) + 1
    by_atom = np.bincount(code, weights=part)
    most = 1.0 / float(by_atom @ by_atom)
    stratum = np.zeros(n, np.int64) if strata is None else np.unique(strata, return_inverse=True)[1].reshape(-1)
    within = np.bincount(stratum, weights=part * holds) / np.bincount(stratum, weights=part)
    drawn = np.bincount(stratum)
    free = np.sqrt(drawn / np.maximum(1, drawn - 1))[stratum] if strata is not None else 1.0
    sums = np.bincount(code, weights=part * (holds - within[stratum]) * free)
    variance = float(sums @ sums) * (count / max(1, count - 1) if strata is None else 1.0)
    variance += float(np.bincount(stratum, weights=part) @ (within - share) ** 2) / float(weights.sum())
    worth = share * (1 - share) / variance if variance > 1e-15 and count > 1 else most
    most_worth = float(n) if strata is None else float(weights.sum())
    return wilson(share, min(most_worth, worth), n, count - 1, confidence)


def wilson(share: float, worth: float, n: int, freedom: int, confidence: float = 0.95) -> Share:
    """Put Wilson's interval round a share that so many single records tell about."""
    z = float(stdtrit(max(1, freedom), 0.5 + confidence / 2))
    middle = (share + z * z / (2 * worth)) / (1 + z * z / worth)
    reach = z / (1 + z * z / worth) * math.sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth))
    return Share(share, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach)), n, worth)


def ceiling(error: Share, share: Share, *, confidence: float = 0.95) -> Share:
    """Tell by how much an error would fall if a share of the wrong answers came right.

    Parameters
    ----------
    error : Share
        Of all answers those that are wrong.
    share : Share
        Of the wrong answers those that would come right.
    confidence : float

    Returns
    -------
    Share
        Of all answers: `error.share * share.share`.

    Notes
    -----
    Both variances add up (delta method), then Wilson's interval. Where all wrong answers were looked at, this is
    Wilson's interval of the wrong answers with the tag among all answers.
    """
    if not share.n or not error.n or error.share <= 0:
        return Share(math.nan, math.nan, math.nan, share.n, 0.0)
    found = error.share * share.share
    of_error, of_share = (part.share * (1 - part.share) / part.worth for part in (error, share))
    variance = share.share**2 * of_error + error.share**2 * of_share
    worth = found * (1 - found) / variance if variance > 1e-15 else share.worth / error.share
    return wilson(found, worth, share.n, max(1, share.n - 1), confidence)
