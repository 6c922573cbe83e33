"""What the tags of an error analysis add up to: how much of the error each stands for, the biggest first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.agreement import Agreement, agreement
from tasks.diagnosis.sheet_answers import Answers
from tasks.diagnosis.weighted_shares import NOTHING, Share, ceiling, weighted_share

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TagFound:
    """A tag: what share of the wrong answers have it, and how far the error falls at most if it were cured."""

    tag: str
    records: int
    share: Share
    ceiling: Share
    agreement: Agreement | None
    """None with one reviewer."""


@dataclass(frozen=True)
class Analysis:
    """An error analysis.

    Parameters
    ----------
    tags : tuple of TagFound
        The biggest first.
    untagged : Share
        Wrong answers that were looked at and have no tag.
    looked, drawn : int
        Records that anybody looked at, and records on the sheet.
    reviewers : tuple of str
    """

    tags: tuple[TagFound, ...]
    untagged: Share
    looked: int
    drawn: int
    reviewers: tuple[str, ...]


def analyse_tags(
    given: Sequence[Answers],
    records: Sequence[str],
    strata: Sequence[str],
    atoms: Sequence[str],
    population: Mapping[str, int],
    error: Share,
    *,
    confidence: float = 0.95,
) -> Analysis:
    """Sum up what reviewers tagged.

    Parameters
    ----------
    given : sequence of Answers
        A reviewer each.
    records, strata, atoms : sequence of str, n
        The sheet's records, the stratum that each was drawn from, and its atom.
    population : mapping of str to int
        Stratum -> wrong answers that could have been drawn.
    error : Share
        The model's error on dev.
    confidence : float

    Returns
    -------
    Analysis

    Notes
    -----
    A sheet's order is random, so that one who stops half-way has looked at a random part of each stratum: the records
    looked at stand for the whole of theirs. Where reviewers differ, a record counts by the share of them who gave the
    tag. Invariants: neither the order of reviewers nor that of records matters; shares of tags may add up to more than
    1, since a record may have several.
    """
    tagged = {answers.reviewer: {row.record_id: row.tags for row in answers.rows} for answers in given}
    looked = [place for place, record in enumerate(records) if any(record in rows for rows in tagged.values())]
    kept = [records[place] for place in looked]
    weights = stratum_weights([strata[place] for place in looked], population)
    codes = np.unique(np.asarray([atoms[place] for place in looked], str), return_inverse=True)[1].reshape(-1)
    drawn_from = np.unique(np.asarray([strata[place] for place in looked], str), return_inverse=True)[1].reshape(-1)
    names = sorted({tag for rows in tagged.values() for tags in rows.values() for tag in tags})

    def share_of(holds: list[float]) -> Share:
        if not kept:
            return NOTHING
        return weighted_share(np.array(holds), weights, codes, strata=drawn_from, confidence=confidence)

    found = []
    for name in names:
        votes = [[name in rows[record] for rows in tagged.values() if record in rows] for record in kept]
        share = share_of([float(np.mean(vote)) for vote in votes])
        agreed = agreement({who: {r: name in tags for r, tags in rows.items()} for who, rows in tagged.items()})
        several = agreed if len(tagged) > 1 else None
        found.append(TagFound(name, sum(map(any, votes)), share, ceiling(error, share, confidence=confidence), several))
    none = [float(np.mean([not rows[record] for rows in tagged.values() if record in rows])) for record in kept]
    found.sort(key=lambda tag: (-tag.share.share if math.isfinite(tag.share.share) else 0.0, tag.tag))
    return Analysis(tuple(found), share_of(none), len(kept), len(records), tuple(sorted(tagged)))


def stratum_weights(strata: Sequence[str], population: Mapping[str, int]) -> Floats:
    """Return how many records each one looked at stands for, shape (n,)."""
    counts: dict[str, int] = {}
    for stratum in strata:
        counts[stratum] = counts.get(stratum, 0) + 1
    return np.array([population[stratum] / counts[stratum] for stratum in strata], np.float64)
