"""Policies made of others: two changes together, and magnitudes that lean to no side."""

import math
from collections.abc import Iterator

from tasks.noise.candidates import Candidate, changed_to, rescaled
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS
from tasks.noise.policy import Policy


def joined(one: Candidate, two: Candidate, amounts: tuple[float, float]) -> Policy:
    """Return the policy of two candidates of one operation each, weaker or stronger than they are.

    Parameters
    ----------
    one, two : Candidate
        Of different operations.
    amounts : (float, float)
        1: as it is. Half: half the way from doing nothing.
    """
    parts = [rescaled(each.policy, amount) for each, amount in zip((one, two), amounts, strict=True)]
    order = list(BOUNDS[parts[0].modality])
    operations = sorted((part.operations[0] for part in parts), key=lambda operation: order.index(operation.name))
    return parts[0].model_copy(update={"operations": tuple(operations)})


def centred(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Yield an operation and the policy in which one of its magnitudes leans to no side and goes as far as before.

    Only magnitudes that lean less than they spread, between bounds on either side of doing nothing: whether people turn
    pages by 6 +- 16 degrees or by 0 +- 17, few records do not tell.
    """
    for operation in policy.operations:
        for name, magnitude in operation.magnitudes.items():
            limits = BOUNDS[policy.modality][operation.name].parameters[name]
            if magnitude.normal is None or limits.neutral is None or not limits.low < limits.neutral < limits.high:
                continue
            lean, spread = magnitude.normal[0] - limits.neutral, magnitude.normal[1]
            if 0 < abs(lean) < spread:
                even = Magnitude(normal=(limits.neutral, float(f"{math.hypot(lean, spread):.3g}")))
                changed = operation.model_copy(update={"magnitudes": {**operation.magnitudes, name: even}})
                yield operation.name, changed_to(policy, changed)
