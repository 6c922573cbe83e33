"""Finish an explanation: leave out what is not needed, settle numbers and shares, prefer what is common."""

from typing import TYPE_CHECKING

from tasks.noise.candidates import Candidate, additions, plainness, rated, without
from tasks.noise.joining import centred
from tasks.noise.refining import Tried, refine

if TYPE_CHECKING:
    from tasks.noise.explaining import Explanation

ALIKE = 2
"""So many commoner operations are tried in the place of one that explains a difference."""
AGAIN = 2
"""So many other places that the numbers of an operation are looked for from."""
LEAST_GAIN = 0.03
"""An operation has to lower the distance by this share: after that more of them fit what is special to the sample."""
COARSE, FINE = 2, 4
"""Turns of a refinement."""


def finish(explanation: "Explanation", *, explained: bool) -> None:
    """Finish a policy that was found, which has at least one step behind it.

    Parameters
    ----------
    explanation : Explanation
    explained : bool
        Whether the policy leaves no more than may be chance, so that operations that do as well may take others' place.

    Raises
    ------
    SpentError
        When all policies that may be tried have been; what was settled until then stays.
    """
    _prune(explanation, 2 * FINE if explained else 1)
    if explained:
        _begun_again(explanation)
    explanation.settle(_centred(explanation, explanation.refined(_dealt(explanation, explanation.at), FINE)), "")
    if explained:
        _plainer(explanation)


def _prune(explanation: "Explanation", turns: int) -> None:
    """Leave out the operations without which the others do as well, the least useful first."""
    while len(explanation.at.policy.operations) > 1:
        names = [operation.name for operation in explanation.at.policy.operations]
        shorter = [(explanation.look(without(explanation.at.policy, name)), name) for name in names]
        tried, name = min(shorter, key=lambda found: found[0].distance)
        tried = explanation.refined(tried, turns)
        if tried.distance > explanation.at.distance + max(explanation.least, LEAST_GAIN * abs(explanation.at.distance)):
            return
        explanation.settle(tried, f"{name} left out")


def _begun_again(explanation: "Explanation") -> None:
    """Look for the numbers of each operation from other places: wide spreads about half a mean come near, too."""
    for operation in explanation.at.policy.operations:
        rest = explanation.look(without(explanation.at.policy, operation.name))
        starts = [each for each in additions(rest.policy, explanation.material) if each.operation == operation.name]
        nearest = [candidate for _, candidate in explanation.promising(rest.sample, starts)[:AGAIN]]
        for tried, _ in explanation.ranked_by_distance(nearest):
            refined = explanation.refined(explanation.refined(tried, COARSE, operation.name), FINE)
            if refined.distance < explanation.at.distance - explanation.least / 4:
                explanation.settle(refined, f"{operation.name} begun again")


def _dealt(explanation: "Explanation", at: Tried) -> Tried:
    """Let each operation occur on the share of records that is best."""
    for operation in at.policy.operations:
        every, none = (
            explanation.look(rated(at.policy, operation.name, 1.0)),
            explanation.look(without(at.policy, operation.name)),
        )
        share = round(explanation.nearness.best_share(every.sample, none.sample, explanation.weights), 2)
        if share > 0 and share != operation.probability:
            found = explanation.look(rated(at.policy, operation.name, share))
            at = min(at, found, key=lambda tried: tried.distance + explanation.least * (tried is not at))
    return at


def _centred(explanation: "Explanation", at: Tried) -> Tried:
    """Let magnitudes lean to no side, where that is as near within chance."""
    for operation, policy in centred(at.policy):
        found = refine(
            explanation.look(policy),
            explanation.look,
            explanation.nearness,
            explanation.weights,
            turns=COARSE,
            worth=explanation.least / 4,
            operation=operation,
            kind="spread",
        )
        if found.distance <= at.distance + explanation.least:
            return _centred(explanation, found)
    return at


def _plainer(explanation: "Explanation") -> None:
    """Exchange operations for commoner ones that come as near within chance: a small disc is a soft blur."""
    for operation in explanation.at.policy.operations:
        rest = explanation.look(without(explanation.at.policy, operation.name))
        commoner: dict[str, Candidate] = {}
        for _, candidate in explanation.promising(rest.sample, additions(rest.policy, explanation.material)):
            if plainness(candidate.operation) < plainness(operation.name):
                commoner.setdefault(candidate.operation, candidate)
        for tried, candidate in explanation.ranked_by_distance(list(commoner.values())[:ALIKE]):
            refined = explanation.refined(explanation.refined(tried, COARSE, candidate.operation), COARSE)
            if refined.distance <= explanation.at.distance + explanation.least:
                explanation.settle(refined, f"{candidate.operation} instead of {operation.name}")
                break
