"""The numbers of a policy that a fit may turn: the mean and the spread of each magnitude."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.noise.bounds import Parameter
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS
from tasks.noise.policy import Operation, Policy

MEAN_STEP = 0.25
"""One step of a mean, as a share of its way from the neutral value."""
LEAST_STEP = 0.04
"""One step of a mean near the neutral value, as a share of the way to the farther bound."""
DECIBEL_STEP = 3.0
SPREAD_STEP = 0.4
"""One step of a spread, as the logarithm of the factor: half as much again."""
LEAST_SPREAD = 0.01
"""Of the way to the farther bound: narrower ones look the same."""

Kind = Literal["mean", "spread"]


@dataclass(frozen=True)
class Coordinate:
    """One number of a policy."""

    operation: str
    parameter: str
    kind: Kind


def coordinates(policy: Policy, operation: str | None = None) -> list[Coordinate]:
    """Name the numbers of a policy, or of one of its operations; a magnitude that is a direction has none."""
    return [
        Coordinate(each.name, parameter, kind)
        for each in policy.operations
        if operation in (None, each.name)
        for parameter, limits in BOUNDS[policy.modality][each.name].parameters.items()
        if parameter in each.magnitudes and each.magnitudes[parameter].normal is not None
        if limits.neutral is not None or limits.spacing == "decibel"
        for kind in ("mean", "spread")
    ]


def turned(policy: Policy, along: Sequence[Coordinate], steps: Sequence[float], *, narrowest: float = 0.0) -> Policy:
    """Return the policy with some of its numbers turned by so many steps, inside the bounds.

    Parameters
    ----------
    policy : Policy
    along : sequence of Coordinate, k
    steps : sequence of float, k
        Above 0: a larger mean, a wider spread. Of 0 the number stays as it is.
    narrowest : float
        No spread becomes narrower than this share of the way from the neutral value to the mean.
    """
    known = BOUNDS[policy.modality]
    by_magnitude: dict[tuple[str, str], dict[str, float]] = {}
    for coordinate, amount in zip(along, steps, strict=True):
        by_magnitude.setdefault((coordinate.operation, coordinate.parameter), {})[coordinate.kind] = float(amount)

    def changed(operation: Operation) -> Operation:
        magnitudes = dict(operation.magnitudes)
        for name, magnitude in operation.magnitudes.items():
            if asked := by_magnitude.get((operation.name, name)):
                limits = known[operation.name].parameters[name]
                magnitudes[name] = _turned(magnitude, asked, limits, narrowest)
        return operation.model_copy(update={"magnitudes": magnitudes})

    return policy.model_copy(update={"operations": tuple(map(changed, policy.operations))})


def _turned(magnitude: Magnitude, asked: dict[str, float], limits: Parameter, narrowest: float) -> Magnitude:
    if magnitude.normal is None:
        return magnitude
    mean, sd = magnitude.normal
    if limits.spacing == "decibel" or limits.neutral is None:
        unit, reach = DECIBEL_STEP, limits.high - limits.low
        way = reach / 10
    else:
        reach = max(limits.high - limits.neutral, limits.neutral - limits.low)
        unit = max(MEAN_STEP * abs(mean - limits.neutral), LEAST_STEP * reach)
        way = 0.0
    mean = min(max(mean + asked.get("mean", 0.0) * unit, limits.low), limits.high)
    if limits.neutral is not None and limits.spacing != "decibel":
        way = abs(mean - limits.neutral)
    sd *= math.exp(SPREAD_STEP * asked.get("spread", 0.0))
    sd = min(max(sd, narrowest * way, LEAST_SPREAD * reach), reach)
    return Magnitude(normal=(float(f"{mean:.3g}"), float(f"{sd:.3g}")))
