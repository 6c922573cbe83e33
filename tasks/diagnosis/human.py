"""How well people do the task: error of each and of the team, on records whose labels they did not see."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks.diagnosis.agreement import Agreement, agreement, majority
from tasks.diagnosis.sheet_answers import UNSURE, Answers
from tasks.diagnosis.weighted_shares import Share, weighted_share

TEAM = "team"
"""What the vote of all is called; nobody else can be."""


@dataclass(frozen=True)
class Person:
    """One person's error, or the team's."""

    name: str
    error: Share
    unsure: int
    """Records of which the person could not tell; they count as wrong."""


@dataclass(frozen=True)
class HumanLevel:
    """Human level on dev.

    Parameters
    ----------
    people : tuple of Person
        The least error first.
    team : Person or None
        The most frequent answer of at least three people, on records that all of them answered; None with fewer.
    best : Person
        Of all these the one with the least error: the nearest that is known to the least error possible (Bayes).
    agreement : Agreement or None
        None with one person.
    overlapping : tuple of str
        Others whose interval reaches down to the best one's error: which of them is best is not told by these records.
    """

    people: tuple[Person, ...]
    team: Person | None
    best: Person
    agreement: Agreement | None
    overlapping: tuple[str, ...]

    def as_errors(self) -> dict[str, Any]:
        """Return the human level as `matchset diagnose --errors` reads it."""
        return {"human": {"error": round(self.best.error.share, 6), "n": self.best.error.n}}


def measure_people(
    given: Sequence[Answers], labels: Mapping[str, str], atoms: Mapping[str, str], *, confidence: float = 0.95
) -> HumanLevel:
    """Measure human level.

    Parameters
    ----------
    given : sequence of Answers
        A person each; records without an answer do not count.
    labels, atoms : mapping of str to str
        Of every record on the sheet.
    confidence : float

    Returns
    -------
    HumanLevel

    Raises
    ------
    ValueError
        When nobody answered anything.

    Notes
    -----
    Which answer wins a vote that ties is drawn, so that it counts as wrong by the chance of that. The best of several
    people looks better than they are, by luck, and no more so than their intervals tell. Invariant: the order of people
    and records does not matter.
    """
    answers = {one.reviewer: {row.record_id: row.label or UNSURE for row in one.rows} for one in given}
    answers = {name: rows for name, rows in answers.items() if rows}
    if not answers:
        raise ValueError("nobody answered anything")

    def person(name: str, losses: Mapping[str, float], unsure: int) -> Person:
        records = sorted(losses)
        values = np.array([losses[record] for record in records])
        code = np.unique(np.asarray([atoms[record] for record in records], str), return_inverse=True)[1].reshape(-1)
        return Person(name, weighted_share(values, np.ones(len(records)), code, confidence=confidence), unsure)

    people = [
        person(name, {r: float(a != labels[r]) for r, a in rows.items()}, sum(a == UNSURE for a in rows.values()))
        for name, rows in answers.items()
    ]
    team = None
    shared = set.intersection(*(set(rows) for rows in answers.values()))
    if len(answers) >= 3 and shared:
        votes = {record: [rows[record] for rows in answers.values()] for record in shared}
        losses = {record: _loss(vote, labels[record]) for record, vote in votes.items()}
        team = person(TEAM, losses, sum(all(answer == UNSURE for answer in vote) for vote in votes.values()))
    people.sort(key=lambda one: (one.error.share, one.name))
    all_of_them = [*([team] if team is not None else []), *people]
    best = min(all_of_them, key=lambda one: one.error.share)
    near = tuple(one.name for one in all_of_them if one is not best and one.error.low <= best.error.share)
    shown: dict[str, Mapping[str, Hashable]] = dict(answers)
    return HumanLevel(tuple(people), team, best, agreement(shown) if len(answers) > 1 else None, near)


def _loss(votes: Sequence[str], label: str) -> float:
    """Return the chance that a vote is wrong; who cannot tell does not vote."""
    cast = [vote for vote in votes if vote != UNSURE]
    won = majority(cast)
    return 1.0 - 1.0 / len(won) if label in won else 1.0
