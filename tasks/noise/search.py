"""Search among policies for one under which a distance is small: add what helps most, then trim everything."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from tasks.noise.candidates import Candidate, additions, moved, moves
from tasks.noise.policy import Policy

BRANCHES = 24
"""After the first round only so many of the first round's additions are tried again: the others were far off."""
SWAPS = 8
"""When nothing helps any more, each operation is exchanged for each of so many of the best others."""


@dataclass(frozen=True)
class Step:
    """One change that was kept."""

    change: str
    distance: float
    """After it."""
    improvement: float
    evaluations: int
    """Policies tried so far."""
    policy: Policy
    """With it."""


@dataclass
class Search:
    """A policy on its way.

    Parameters
    ----------
    distance : callable Policy -> float
    policy : Policy
        Where to start.
    best : float
        Its distance.
    least : float
        An improvement that is not above this one is chance, and not kept.
    evaluations : int
        At most so many policies are tried.
    say : callable str -> None
        Is told of each kept change.
    material : frozenset of str
        See `tasks.noise.candidates.additions`.
    """

    distance: Callable[[Policy], float]
    policy: Policy
    best: float
    least: float
    evaluations: int
    say: Callable[[str], None]
    material: frozenset[str] = frozenset()
    steps: list[Step] = field(default_factory=list)
    tried: int = 0

    def run(self) -> None:
        """Add the operation that helps most and trim all, until nothing helps or the evaluations are used up."""
        ranked = sorted(self._measured(additions(self.policy, self.material)), key=lambda found: found[0])
        best_first = [candidate.change for _, candidate in ranked]
        found = ranked[:1]
        while found:
            while found and self._keep(*found[0]):
                found = self._best(self._more(set(best_first[:BRANCHES])))
            if not self._trim() and not self._swap(set(best_first[:SWAPS])):
                break
            found = self._best(self._more(set(best_first[:BRANCHES])))

    def _measured(self, candidates: Iterable[Candidate]) -> Iterator[tuple[float, Candidate]]:
        for candidate in candidates:
            if self.tried >= self.evaluations:
                return
            self.tried += 1
            yield self.distance(candidate.policy), candidate

    def _best(self, candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
        return sorted(self._measured(candidates), key=lambda found: found[0])[:1]

    def _keep(self, distance: float, candidate: Candidate) -> bool:
        if distance >= self.best - self.least:
            return False
        self.say(f"{candidate.change}: {self.best:.4g} -> {distance:.4g} (policy {self.tried})")
        self.steps.append(Step(candidate.change, distance, self.best - distance, self.tried, candidate.policy))
        self.policy, self.best = candidate.policy, distance
        return True

    def _more(self, promising: set[str]) -> Iterator[Candidate]:
        for candidate in additions(self.policy, self.material):
            if candidate.change in promising or self.policy.operation(candidate.operation):
                yield candidate

    def _trim(self) -> bool:
        """Try every small change in turn and keep at once what helps, until a whole turn keeps nothing."""
        before = seen = len(self.steps)
        while True:
            for move in moves(self.policy):
                candidate = moved(self.policy, move)
                if candidate is not None and (found := self._best([candidate])):
                    self._keep(*found[0])
            if len(self.steps) == seen:
                return seen > before
            seen = len(self.steps)

    def _swap(self, promising: set[str]) -> bool:
        """Exchange one operation for another one, where that helps."""
        found = self._best(self._exchanges(promising))
        return bool(found) and self._keep(*found[0])

    def _exchanges(self, promising: set[str]) -> Iterator[Candidate]:
        for operation in self.policy.operations:
            without = moved(self.policy, (operation.name, "", "left out"))
            for candidate in additions(without.policy) if without else ():
                if candidate.change in promising and candidate.operation != operation.name:
                    yield replace(candidate, change=f"{candidate.change} instead of {operation.name}")
