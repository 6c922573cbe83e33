"""What a fit proposes besides the nearest policy: a distance proposes well, but does not choose."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tasks.noise.candidates import rated, rescaled, widened
from tasks.noise.policy import Policy

WIDE = (1.0, 2.0)
"""Spreads, as shares of the way from neutral to the mean: a model likes wider policies than a distance does."""
WEAKER, STRONGER, RARER = 0.7, 1.4, 0.7
MOST = 8
"""Each costs training a small model a few times."""


@dataclass(frozen=True)
class Proposal:
    """A policy worth trying on a model."""

    name: str
    """How it came about, in a few words."""
    policy: Policy
    distance: float
    """Energy distance to the target under it."""


def propose(
    policy: Policy, best: float, others: Sequence[tuple[str, Policy]], distance: Callable[[Policy], float]
) -> tuple[Proposal, ...]:
    """Return a fitted policy and its variations, all different.

    Parameters
    ----------
    policy : Policy
        The fitted one; it comes first, as "fitted".
    best : float
        Its distance.
    others : sequence of (name, Policy)
        Further policies met on the way, tried before the variations.
    distance : callable Policy -> float
        Is called once a proposal besides the first.

    Returns
    -------
    tuple of Proposal
        At most `MOST`: `policy`, then the others, nearest first. A policy without operations stands alone.

    Notes
    -----
    Which of them a model learns most from follows neither from their distance nor from their order: over random
    policies, the rank correlation of a distance with the error on the target was .3 to .5, on real pairs of samples.
    """
    found = [Proposal("fitted", policy, best)]
    for name, other in (*others, *_variations(policy)):
        if len(found) < MOST and other.operations and all(other != earlier.policy for earlier in found):
            found.append(Proposal(name, other, distance(other)))
    first, *rest = found
    return (first, *sorted(rest, key=lambda proposal: proposal.distance))


def _variations(policy: Policy) -> Iterator[tuple[str, Policy]]:
    for share in WIDE:
        yield f"spreads of at least {share:g} of the way", widened(policy, share)
    yield "weaker", rescaled(policy, WEAKER)
    yield "stronger", rescaled(policy, STRONGER)
    yield "each operation on fewer records", _rarer(policy)


def _rarer(policy: Policy) -> Policy:
    for operation in policy.operations:
        policy = rated(policy, operation.name, round(RARER * operation.probability, 3))
    return policy
