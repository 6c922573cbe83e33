"""How far several reviewers agree beyond chance."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """A kappa with its interval; NaN where it cannot be told.

    Parameters
    ----------
    statistic : str
        "Cohen's kappa" for two reviewers, "Fleiss' kappa" for more.
    kappa, low, high : float
        1 is full agreement, 0 what chance gives; NaN where all gave one and the same answer throughout.
    raw : float
        Share of pairs of answers that are equal.
    records, reviewers : int
        Records with at least two answers, and who gave them.
    """

    statistic: str
    kappa: float
    low: float
    high: float
    raw: float
    records: int
    reviewers: int


def agreement(answers: Mapping[str, Mapping[str, Hashable]], *, confidence: float = 0.95) -> Agreement:
    """Measure agreement.

    Parameters
    ----------
    answers : mapping of str to mapping
        Reviewer -> record -> answer. Records that one reviewer alone answered do not count.
    confidence : float

    Returns
    -------
    Agreement

    Notes
    -----
    The interval is the jackknife's over records (Student's t). Invariants: names of answers and the order of reviewers
    and records do not matter; kappa is at most 1.

    References
    ----------
    Cohen 1960; Fleiss 1971, with unequal numbers of answers a record as Gwet 2014 has them.
    """
    reviewers = sorted(answers)
    seen = sorted({record for given in answers.values() for record in given})
    rows = [[answers[name].get(record) for name in reviewers] for record in seen]
    rows = [row for row in rows if sum(answer is not None for answer in row) >= 2]
    named = "Cohen's kappa" if len(reviewers) <= 2 else "Fleiss' kappa"
    if not rows:
        return Agreement(named, math.nan, math.nan, math.nan, math.nan, 0, len(reviewers))
    known = {
        answer: place for place, answer in enumerate(dict.fromkeys(a for row in rows for a in row if a is not None))
    }
    given = np.array([[-1 if answer is None else known[answer] for answer in row] for row in rows], np.int64)
    raw, kappa, left_out = _cohen(given, len(known)) if len(reviewers) == 2 else _fleiss(given, len(known))
    low, high = _jackknife(kappa, left_out, confidence)
    return Agreement(named, kappa, low, high, raw, len(rows), len(reviewers))


def _cohen(given: NDArray[np.int64], k: int) -> tuple[float, float, Floats]:
    n = len(given)
    equal = (given[:, 0] == given[:, 1]).astype(np.float64)
    counts = np.array([np.bincount(given[:, side], minlength=k) for side in (0, 1)], np.float64)
    agreed, by_chance = equal.sum(), float(counts[0] @ counts[1])
    # Without record i the counts of its two answers are one less each.
    a, b = given[:, 0], given[:, 1]
    without = by_chance - counts[1][a] - counts[0][b] + equal
    kappa = _kappa(agreed / n, by_chance / n**2)
    left_out = _kappas((agreed - equal) / max(1, n - 1), without / max(1, n - 1) ** 2)
    return float(agreed / n), kappa, left_out


def _fleiss(given: NDArray[np.int64], k: int) -> tuple[float, float, Floats]:
    n = len(given)
    table = np.zeros((n, k))
    for column in given.T:
        answered = np.flatnonzero(column >= 0)
        table[answered, column[answered]] += 1
    raters = table.sum(axis=1)
    agreed = (table * (table - 1)).sum(axis=1) / (raters * (raters - 1))
    part = table / raters[:, None]
    total, shares = agreed.sum(), part.sum(axis=0)
    kappa = _kappa(total / n, float((shares / n) @ (shares / n)))
    others = (shares - part) / max(1, n - 1)
    left_out = _kappas((total - agreed) / max(1, n - 1), (others**2).sum(axis=1))
    return float(total / n), kappa, left_out


def _kappa(agreed: float, by_chance: float) -> float:
    return float(agreed - by_chance) / (1 - by_chance) if by_chance < 1 - 1e-12 else math.nan


def _kappas(agreed: Floats, by_chance: Floats) -> Floats:
    room = np.where(by_chance < 1 - 1e-12, 1 - by_chance, np.nan)
    return np.asarray((agreed - by_chance) / room)


def _jackknife(kappa: float, left_out: Floats, confidence: float) -> tuple[float, float]:
    known = left_out[np.isfinite(left_out)]
    n = len(known)
    if n < 2 or not math.isfinite(kappa):
        return math.nan, math.nan
    spread = math.sqrt((n - 1) / n * float(((known - known.mean()) ** 2).sum()))
    reach = float(stdtrit(n - 1, 0.5 + confidence / 2)) * spread
    return max(-1.0, kappa - reach), min(1.0, kappa + reach)


def majority(votes: Sequence[Hashable]) -> tuple[Hashable, ...]:
    """Return the most frequent answers, in the order in which they were first given; several where they tie."""
    counts: dict[Hashable, int] = {}
    for vote in votes:
        counts[vote] = counts.get(vote, 0) + 1
    most = max(counts.values(), default=0)
    return tuple(vote for vote, count in counts.items() if count == most)
