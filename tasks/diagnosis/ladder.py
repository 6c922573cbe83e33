"""The ladder: from human level over train, train-dev and dev to test, and which step to work on next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from tasks.diagnosis.deciding import Decision, MoreRows, find_largest
from tasks.diagnosis.knobs import KNOBS, LINKS, LinkName
from tasks.diagnosis.rates import Rate, combined
from tasks.errors import InputError

HUMAN = "human"
LEVELS = (HUMAN, "train", "train-dev", "dev", "test")
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Link:
    """The step from one level to the next.

    Parameters
    ----------
    name : str
        What it measures: one of `tasks.diagnosis.knobs.LINKS`, or several where a level between is missing.
    lower, upper : str
        The two levels.
    gap, low, high : float
        Error of the upper less that of the lower, and its 95 % interval.
    spans : tuple of str
        All that the step may consist of; one, but where a level between is missing.
    """

    name: str
    lower: str
    upper: str
    gap: float
    low: float
    high: float
    spans: tuple[LinkName, ...]


@dataclass(frozen=True)
class Ladder:
    """A model's errors, level by level, and what they support.

    Parameters
    ----------
    levels : mapping of str to Rate
        In the order of `LEVELS`; `human` is the lowest human level, the proxy of Bayes error.
    humans : mapping of str to Rate
        All human levels that were given.
    links : tuple of Link
    next_link : str or None
        The largest link, where the intervals support that it is; None: undecided.
    contenders : tuple of str
        Links that may be the largest, the one that looks largest first.
    more : MoreRows, optional
        What would decide.
    surpassed : bool
        Training error is surely below human level: how much of it is avoidable can no longer be told from people.
    human_matters : bool
        Another of the human levels would give another answer.
    remarks : tuple of str
        What limits the answer, in sentences.
    """

    levels: Mapping[str, Rate]
    humans: Mapping[str, Rate]
    links: tuple[Link, ...]
    next_link: str | None
    contenders: tuple[str, ...]
    more: MoreRows | None = None
    surpassed: bool = False
    human_matters: bool = False
    remarks: tuple[str, ...] = field(default=())

    @property
    def knobs(self) -> tuple[str, ...]:
        """What moves the recommended link and no other; empty where undecided or where the link may be several."""
        chosen = next((link for link in self.links if link.name == self.next_link), None)
        return KNOBS[chosen.name] if chosen is not None and chosen.name in KNOBS else ()  # type: ignore[index]


def climb(levels: Mapping[str, Rate], *, humans: Mapping[str, Rate] | None = None) -> Ladder:
    """Say what a model's errors consist of, and which part is surely the largest.

    Parameters
    ----------
    levels : mapping of str to Rate
        Errors by split: `train`, `train-dev`, `dev`, `test`; some may be missing. Different splits are independent
        samples.
    humans : mapping of str to Rate, optional
        Errors of people by who they are: `{"one doctor": ..., "a team": ...}`.

    Returns
    -------
    Ladder

    Raises
    ------
    InputError
        When there is no split among the levels, or one that is unknown.

    Notes
    -----
    Invariants: the gaps add up to the last level less the first; whoever is recommended is surely above 0 and surely
    above every other link, see `tasks.diagnosis.deciding.find_largest` for how often that is wrong. Without a human
    level, or below it, avoidable bias is unknown, yet never larger than the training error itself: another link is
    recommended where it surely exceeds that, and avoidable bias never.
    """
    given = _ordered(levels)
    people = dict(humans or {})
    lowest = min(people, key=lambda name: people[name].error, default=None)
    answer, surpassed = _answer(given, None if lowest is None else people[lowest])
    others = {_answer(given, rate)[0].largest for name, rate in people.items() if name != lowest}
    rungs = given if lowest is None else {HUMAN: people[lowest], **given}
    links = tuple(_link(rungs, lower, upper) for lower, upper in pairwise(rungs))
    matters = bool(others - {answer.largest})
    return Ladder(
        rungs,
        people,
        links,
        answer.largest,
        answer.contenders,
        answer.more,
        surpassed,
        matters,
        tuple(_remarks(rungs, links, people, surpassed, matters)),
    )


def _ordered(levels: Mapping[str, Rate]) -> dict[str, Rate]:
    if unknown := [name for name in levels if name not in LEVELS[1:]]:
        raise InputError(f"ladder: {unknown[0]!r} is none of its levels; they are {', '.join(LEVELS[1:])}.")
    given = {name: levels[name] for name in LEVELS if name in levels}
    if not given:
        raise InputError("ladder: an error of at least one split wanted (train, train-dev, dev, test), found none.")
    return given


def _answer(given: Mapping[str, Rate], human: Rate | None) -> tuple[Decision, bool]:
    """Decide with one human level, and tell whether the training error is surely below it."""
    rates = dict(given) if human is None else {HUMAN: human, **given}
    differences = {_name(lower, upper)[0]: {upper: 1.0, lower: -1.0} for lower, upper in pairwise(rates)}
    surpassed = human is not None and "train" in given and _surely_below(rates)
    silent = frozenset[str]()
    if "train" in given and (human is None or surpassed):
        differences["avoidable bias"] = {"train": 1.0}
        silent = frozenset({"avoidable bias"})
    return find_largest(differences, rates, silent), surpassed


def _surely_below(rates: Mapping[str, Rate]) -> bool:
    return combined({"train": 1.0, HUMAN: -1.0}, rates, CONFIDENCE)[2] < 0


def _link(rungs: Mapping[str, Rate], lower: str, upper: str) -> Link:
    name, spans = _name(lower, upper)
    gap, low, high = combined({upper: 1.0, lower: -1.0}, rungs, CONFIDENCE)
    return Link(name, lower, upper, gap, low, high, spans)


def _name(lower: str, upper: str) -> tuple[str, tuple[LinkName, ...]]:
    spans = LINKS[LEVELS.index(lower) : LEVELS.index(upper)]
    # Whoever has no train-dev mostly has one distribution, where the step from train to dev is variance alone.
    return ("variance" if (lower, upper) == ("train", "dev") else " or ".join(spans)), spans


def _remarks(
    rungs: Mapping[str, Rate], links: tuple[Link, ...], people: Mapping[str, Rate], surpassed: bool, matters: bool
) -> list[str]:
    told = []
    for link in links:
        if (link.lower, link.upper) == ("train", "dev"):
            told.append(
                "Without train-dev, variance cannot be told from data mismatch: dev less train is variance only where "
                "train and dev are of one distribution."
            )
        elif len(link.spans) > 1:
            missing = [
                name for name in LEVELS if LEVELS.index(link.lower) < LEVELS.index(name) < LEVELS.index(link.upper)
            ]
            told.append(
                f"{' and '.join(missing)} missing between {link.lower} and {link.upper}, so nobody can tell "
                f"{link.name.replace(' or ', ' from ')}."
            )
    if not people:
        told.append(
            "Without a human level nobody can tell how much of the training error is avoidable; at most all of it."
        )
    if surpassed:
        told.append(
            "Training error is below human level: either the model has learned its training set by heart, or Bayes "
            "error is lower than people's. How much of it is avoidable can no longer be told from human level."
        )
    elif people and "train" in rungs and rungs["train"].error < rungs[HUMAN].error:
        told.append("Training error looks lower than human level, but the rows do not settle that.")
    if len(people) > 1:
        told.append(
            "Which human level is used matters here: the training error is near it, and another would give another "
            "answer. The lowest is used, for Bayes error is no higher."
            if matters
            else "Which human level is used does not matter here: each gives the same answer. It matters only near it."
        )
    if assumed := [name for name, rate in people.items() if rate.known]:
        told.append(f"Taken as exact, for no count was given: human level {', '.join(assumed)}.")
    return told
