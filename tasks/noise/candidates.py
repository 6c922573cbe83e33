"""What a fit may try next: each operation of a modality at a few strengths inside its bounds."""

from collections.abc import Iterator

from tasks.noise.bounds import OperationBounds, Parameter
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS
from tasks.noise.policy import Operation, Policy

STRENGTHS = (0.12, 0.3, 0.6)
"""Shares of the way from the neutral value to a bound: barely seen, plain, strong."""
SPREAD = 0.5
"""Standard deviation of a directed magnitude, as a share of its mean's way: records differ, narrow policies overfit."""


def additions(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Yield (what changes, policy) for every operation, or further magnitude of one, that the policy lacks."""
    for name, bounds in BOUNDS[policy.modality].items():
        present = policy.operation(name)
        for parameter, magnitude in _choices(bounds):
            if present is not None and parameter in present.magnitudes:
                continue
            drawn = dict(present.magnitudes) if present else _directions(bounds)
            operation = Operation(
                name=name,
                probability=present.probability if present else 1.0,
                magnitudes={**drawn, parameter: magnitude},
            )
            yield f"{name}.{parameter} {_words(magnitude)}", _with(policy, operation)


def changes(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Yield (what changes, policy) for every operation weaker, stronger, rarer, more often or left out."""
    for operation in policy.operations:
        bounds = BOUNDS[policy.modality][operation.name]
        yield (
            f"without {operation.name}",
            policy.model_copy(
                update={"operations": tuple(other for other in policy.operations if other is not operation)}
            ),
        )
        for probability in (0.3, 0.6, 1.0):
            if probability != operation.probability:
                yield (
                    f"{operation.name} with probability {probability:g}",
                    _with(policy, operation.model_copy(update={"probability": probability})),
                )
        for parameter, magnitude in operation.magnitudes.items():
            limits = bounds.parameters[parameter]
            if limits.neutral is None and limits.spacing != "decibel":
                continue
            for factor, word in ((0.6, "weaker"), (1.5, "stronger")):
                yield (
                    f"{operation.name}.{parameter} {word}",
                    _drawing(policy, operation, parameter, magnitude.scaled(factor, limits)),
                )
            if magnitude.normal is not None:
                mean, sd = magnitude.normal
                for factor, word in ((0.5, "narrower"), (2.0, "wider")):
                    moved = Magnitude(normal=(mean, sd * factor))
                    yield f"{operation.name}.{parameter} {word}", _drawing(policy, operation, parameter, moved)


def _choices(bounds: OperationBounds) -> Iterator[tuple[str, Magnitude]]:
    for name, limits in bounds.parameters.items():
        if limits.neutral is None and limits.spacing != "decibel":
            continue
        for magnitude in _levels(limits):
            yield name, magnitude


def _levels(limits: Parameter) -> Iterator[Magnitude]:
    if limits.spacing == "decibel":
        reach = limits.high - limits.low
        for strength in STRENGTHS:
            yield Magnitude(normal=(limits.high - reach * (0.4 + strength), reach * 0.1))
        return
    neutral = limits.neutral
    if neutral is None:
        return
    ends = [end for end in (limits.low, limits.high) if end != neutral]
    for strength in STRENGTHS:
        for end in ends:
            if limits.spacing == "log":
                mean = neutral * (end / neutral) ** strength
                yield Magnitude(normal=(mean, SPREAD * abs(mean - neutral)))
            else:
                mean = neutral + strength * (end - neutral)
                yield Magnitude(normal=(mean, SPREAD * abs(mean - neutral)))
        if len(ends) == 2:
            yield Magnitude(normal=(neutral, strength * min(abs(end - neutral) for end in ends)))


def _directions(bounds: OperationBounds) -> dict[str, Magnitude]:
    """Magnitudes without a neutral value are drawn over all their bounds."""
    return {
        name: Magnitude(uniform=(limits.low, limits.high))
        for name, limits in bounds.parameters.items()
        if limits.neutral is None and limits.spacing != "decibel"
    }


def _drawing(policy: Policy, operation: Operation, parameter: str, magnitude: Magnitude) -> Policy:
    return _with(policy, operation.model_copy(update={"magnitudes": {**operation.magnitudes, parameter: magnitude}}))


def _with(policy: Policy, operation: Operation) -> Policy:
    order = list(BOUNDS[policy.modality])
    operations = [other for other in policy.operations if other.name != operation.name]
    return policy.model_copy(
        update={"operations": tuple(sorted([*operations, operation], key=lambda each: order.index(each.name)))}
    )


def _words(magnitude: Magnitude) -> str:
    first, second = magnitude.pair
    return f"{magnitude.name} [{first:.3g}, {second:.3g}]"
