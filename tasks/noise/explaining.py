"""Explain a difference by a few operations: refine what may help most before one is chosen, exchange, prune."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from tasks.noise.candidates import Candidate, additions, in_words, plainness, without
from tasks.noise.energy import EnergyTo, Matrix, Vector
from tasks.noise.finishing import COARSE, FINE, LEAST_GAIN, finish
from tasks.noise.joining import joined
from tasks.noise.pairing import promising_pairs
from tasks.noise.policy import Policy
from tasks.noise.refining import Tried, refine
from tasks.noise.search import Step

BRANCHES = 10
"""After the first round only so many additions are rendered: those that promise most if each moves records as it moved
the untouched ones."""
AMOUNTS = (0.5, 1.0)
"""Parts of such a movement that are looked at; some of what an operation does has been done by others."""
ROUGHLY = 256
"""Rows that are enough to see what promises most."""
REFINED = 4
"""So many operations are refined before one of them is chosen: a blur of the wrong strength loses against a smaller
picture of the right one."""
PAIRS = 6
"""So many pairs of operations are refined: the two that were planted were among the first four of 210 by promise."""
SWAPS = 8
"""When nothing helps any more, so many exchanges of one operation for another are rendered."""
EXPLAINED = 0.02
"""Few operations that leave no more than this share of the gap, or no more than may be chance, explain it: their
numbers are then trusted, narrow spreads included."""
FINISHING = 250
"""Further policies that may be tried once the difference is explained, for which operations do, and for their numbers:
nothing else is searched for then."""
BEHIND = 0.5
"""Of the refined operations those are refined again whose way is at least so near to the best one's."""
FEW = 4
"""More operations explain nothing."""


Runner = tuple[tuple[str, ...], Tried]
"""The operations that are new in a policy, and the policy."""


class SpentError(Exception):
    """All policies that may be tried have been."""


@dataclass
class Explanation:
    """The policy of few operations that comes nearest.

    Where the target is the source plus an operation or two, this finds them and their numbers; where much differs it
    ends far off, because operations that are refined before others are there do the others' work.

    Parameters
    ----------
    measure : callable Policy -> Tried
        Renders a policy and tells how near it comes.
    nearness : EnergyTo
        Their distance to the target.
    weights : (n,) float64
    at : Tried
        Where to start.
    least : float
        An improvement that is not above this one is chance, and not kept.
    evaluations : int
        At most so many policies are tried.
    say : callable str -> None
        Is told of each kept change.
    material : frozenset of str
        See `tasks.noise.candidates.additions`.
    """

    measure: Callable[[Policy], Tried]
    nearness: EnergyTo
    weights: Vector
    at: Tried
    least: float
    evaluations: int
    say: Callable[[str], None]
    material: frozenset[str] = frozenset()
    steps: list[Step] = field(default_factory=list)
    tried: int = 0
    _movements: dict[str, Matrix] = field(default_factory=dict)
    """How each single operation moves the untouched records."""

    def run(self) -> None:
        """Add, exchange and prune operations until nothing helps or the evaluations are used up."""
        origin, origin_distance = self.at.sample, self.at.distance
        ranked = self.ranked_by_distance(additions(self.at.policy, self.material))
        self._movements = {candidate.change: tried.sample - origin for tried, candidate in ranked}
        with suppress(SpentError):
            self._add(ranked)
            self._pair(origin, ranked)
            while self._add(self._next()) or self._swap():
                pass
        explained = self.at.distance <= max(self.least, EXPLAINED * origin_distance)
        if explained:
            self.evaluations += FINISHING
        with suppress(SpentError):
            if self.steps:
                finish(self, explained=explained)

    @cached_property
    def rough(self) -> EnergyTo:
        """The distance to some rows of the target."""
        return self.nearness.roughly(ROUGHLY)

    def look(self, policy: Policy) -> Tried:
        """Measure a policy, if there is one left to try.

        Raises
        ------
        SpentError
        """
        if self.tried >= self.evaluations:
            raise SpentError
        self.tried += 1
        return self.measure(policy)

    def promising(self, sample: Matrix, candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
        """Return candidates by the distance that they promise, without rendering them."""
        rows = slice(None, None, max(1, len(sample) // ROUGHLY))
        weights = self.weights[rows] / self.weights[rows].sum()
        found = [
            (min(self.rough(sample[rows] + part * movement[rows], weights) for part in AMOUNTS), candidate)
            for candidate in candidates
            if (movement := self._movements.get(candidate.change)) is not None
        ]
        return sorted(found, key=lambda each: each[0])

    def ranked_by_distance(self, candidates: Iterable[Candidate]) -> list[tuple[Tried, Candidate]]:
        """Measure candidates, as many as may be tried, and return the nearest first."""
        left = self.evaluations - self.tried
        looked = [(self.look(each.policy), each) for each in islice(candidates, left)]
        return sorted(looked, key=lambda found: found[0].distance)

    def _next(self) -> list[tuple[Tried, Candidate]]:
        promising = self.promising(self.at.sample, additions(self.at.policy, self.material))
        return self.ranked_by_distance(candidate for _, candidate in promising[:BRANCHES])

    def _add(self, ranked: list[tuple[Tried, Candidate]]) -> bool:
        """Add the best operation, once the best ones have been refined, and refine all."""
        if not ranked or len(self.at.policy.operations) >= FEW:
            return False
        try:
            (name,), tried = self._contest(ranked)
        except SpentError:
            self._keep(ranked[0][0], ranked[0][1].change)
            raise
        if not self._enough(tried):
            return False
        settled = self.refined(tried, 1)
        operation = settled.policy.operation(name)
        return self._keep(settled, in_words(operation) if operation else name)

    def _contest(self, ranked: list[tuple[Tried, Candidate]]) -> Runner:
        """Refine the best operations before one of them is chosen."""
        first: dict[str, Tried] = {}
        for tried, candidate in ranked:
            first.setdefault(candidate.operation, tried)
        return self._race([((name,), tried) for name, tried in list(first.items())[:REFINED]])

    def _race(self, racing: list[Runner]) -> Runner:
        """Refine policies in turns, leaving the worst behind; of those as near as the nearest return the plainest."""
        for _ in range(COARSE):
            racing = [(names, self.refined(tried, 1, names[0] if len(names) == 1 else None)) for names, tried in racing]
            nearest = min(tried.distance for _, tried in racing)
            near = nearest + max(self.least, BEHIND * (self.at.distance - nearest))
            racing = [each for each in racing if each[1].distance <= near]
        near = min(tried.distance for _, tried in racing) + self.least
        even = [each for each in racing if each[1].distance <= near]
        return min(even, key=lambda each: sum(plainness(name) for name in each[0]))

    def _pair(self, origin: Matrix, ranked: list[tuple[Tried, Candidate]]) -> None:
        """Go on from two operations instead of one, where these explain more.

        The best single one often does part of the work of two others, and no exchange of one for another leads from
        there to both.
        """
        if self.at.distance <= self.least:
            return
        ends, names = [tried.sample for tried, _ in ranked], [candidate.operation for _, candidate in ranked]
        racing: list[Runner] = []
        for pair in promising_pairs(origin, ends, names, self.nearness, self.weights)[:PAIRS]:
            one, two = ranked[pair.first][1], ranked[pair.second][1]
            racing.append(((one.operation, two.operation), self.look(joined(one, two, pair.amounts))))
        if racing:
            settled = self.refined(self._race(racing)[1], FINE)
            self._keep(settled, "; ".join(in_words(operation) for operation in settled.policy.operations))

    def refined(self, tried: Tried, turns: int, operation: str | None = None) -> Tried:
        """Refine the numbers of a policy, or those of one operation alone, in so many turns."""
        worth = self.least / 4
        return refine(tried, self.look, self.nearness, self.weights, turns=turns, worth=worth, operation=operation)

    def _enough(self, tried: Tried) -> bool:
        return tried.distance < self.at.distance - max(self.least, LEAST_GAIN * abs(self.at.distance))

    def _keep(self, tried: Tried, change: str) -> bool:
        if not self._enough(tried):
            return False
        self.say(f"{change}: {self.at.distance:.4g} -> {tried.distance:.4g} (policy {self.tried})")
        self.steps.append(Step(change, tried.distance, self.at.distance - tried.distance, self.tried, tried.policy))
        self.at = tried
        return True

    def _swap(self) -> bool:
        """Exchange one operation for another one, where that helps."""
        promising = sorted(self._exchanges(), key=lambda found: found[0])[:SWAPS]
        ranked = self.ranked_by_distance(candidate for _, candidate in promising)[: REFINED - 1]
        if not ranked:
            return False
        refined = [(self.refined(tried, 1, candidate.operation), candidate.change) for tried, candidate in ranked]
        refined = sorted(refined, key=lambda found: found[0].distance)[:2]
        settled = [(self.refined(tried, COARSE), change) for tried, change in refined]
        return self._keep(*min(settled, key=lambda found: found[0].distance))

    def _exchanges(self) -> Iterator[tuple[float, Candidate]]:
        for operation in self.at.policy.operations:
            rest = self.look(without(self.at.policy, operation.name))
            others = (each for each in additions(rest.policy, self.material) if each.operation != operation.name)
            for promise, candidate in self.promising(rest.sample, others):
                yield promise, replace(candidate, change=f"{candidate.change} instead of {operation.name}")

    def settle(self, tried: Tried, change: str) -> None:
        """Replace the last steps by one, so that what was kept lowers the distance by more than chance each time."""
        before, last = self.at.distance, self.steps[-1]
        while self.steps:
            last = self.steps.pop()
            before = last.distance + last.improvement
            if before - tried.distance > self.least:
                break
        words = f"{last.change}; {change}" if change else last.change
        if change:
            self.say(f"{change}: {self.at.distance:.4g} -> {tried.distance:.4g} (policy {self.tried})")
        self.steps.append(Step(words, tried.distance, before - tried.distance, self.tried, tried.policy))
        self.at = tried
