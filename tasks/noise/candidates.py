"""What a fit may try next: an operation more, or a change to one that a policy has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tasks.noise.bounds import OperationBounds, Parameter
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS, NEEDS
from tasks.noise.policy import Operation, Policy, scaled

STRENGTHS = (0.2, 0.5)
"""Shares of the way from the neutral value to a bound: seen, strong; the search goes on from there in small steps."""
SPREAD = 0.5
"""Standard deviation of a new magnitude, as a share of the way of its mean: records differ, narrow policies overfit."""
NARROWEST = 0.5
"""The spread is not narrowed below this share of the way: the distance likes narrow policies better than a model does.
On digits to other writers' digits, floors of .15, .3, .6 and 1 gave 23, 18, 19 and 18 % error of a small model on the
target (mean of two samples), at ever larger distances."""
TOGETHER = {("crop_to_content", "share"): ("stretch", (0.5, 1.0))}
"""Magnitudes that do something only with another one, and the values worth trying with it."""

PLAIN = ("rotation", "gaussian_blur", "gaussian_noise", "gamma", "gain", "noise", "band_limit", "missingness")
"""Operations that others can look like, the commonest first: a disc looks like a soft blur at few pixels."""


@dataclass(frozen=True)
class Candidate:
    """A policy next to the present one."""

    change: str
    """What differs, in words."""
    operation: str
    policy: Policy


def additions(policy: Policy, material: frozenset[str] = frozenset()) -> Iterator[Candidate]:
    """Yield every operation, or further magnitude of one, that the policy lacks, at each strength.

    Parameters
    ----------
    policy : Policy
    material : frozenset of str
        Operations that need material of the user's (`tasks.noise.modalities.NEEDS`) and have it.
    """
    needing = NEEDS.get(policy.modality, {})
    for name, bounds in BOUNDS[policy.modality].items():
        if name in needing and name not in material:
            continue
        present = policy.operation(name)
        drawn = dict(present.magnitudes) if present else _directions(bounds)
        chance = present.probability if present else 1.0
        for parameter, limits in bounds.parameters.items():
            if parameter in drawn:
                continue
            for magnitude in _levels(limits):
                for extra in _companions(name, parameter, bounds):
                    new = {parameter: magnitude, **{key: extra[key] for key in extra if key not in drawn}}
                    operation = Operation(name=name, probability=chance, magnitudes={**drawn, **new})
                    words = ", ".join(f"{key} {_words(value)}" for key, value in new.items())
                    yield Candidate(f"{name}: {words}", name, changed_to(policy, operation))


def moves(policy: Policy) -> list[tuple[str, str, str]]:
    """Name every small change to a policy: (operation, magnitude or "", what becomes of it), for `moved`."""
    named: list[tuple[str, str, str]] = []
    for operation in policy.operations:
        named += [(operation.name, "", "left out"), (operation.name, "", "rarer"), (operation.name, "", "more often")]
        for parameter, limits in BOUNDS[policy.modality][operation.name].parameters.items():
            if parameter in operation.magnitudes and _has_way(limits):
                named += [(operation.name, parameter, change) for change in _CHANGES]
    return named


_CHANGES = ("weaker", "stronger", "narrower", "wider", "lower", "higher")


def moved(policy: Policy, move: tuple[str, str, str]) -> Candidate | None:
    """Change a policy as `moves` named it; None where the change is impossible or would leave the bounds."""
    name, parameter, change = move
    operation = policy.operation(name)
    if operation is None:
        return None
    if change == "left out":
        rest = tuple(other for other in policy.operations if other is not operation)
        return Candidate(f"{name} left out", name, policy.model_copy(update={"operations": rest}))
    if not parameter:
        chance = round(min(1.0, operation.probability * (0.7 if change == "rarer" else 1 / 0.7)), 3)
        if chance == operation.probability:
            return None
        changed = operation.model_copy(update={"probability": chance})
        return Candidate(f"{name} {change}: probability {chance:g}", name, changed_to(policy, changed))
    limits = BOUNDS[policy.modality][name].parameters[parameter]
    before = operation.magnitudes[parameter]
    after = _changed(before, change, limits)
    if after is None or after == before or after.outside(limits):
        return None
    changed = operation.model_copy(update={"magnitudes": {**operation.magnitudes, parameter: after}})
    return Candidate(f"{name}: {parameter} {change}: {_words(after)}", name, changed_to(policy, changed))


def _changed(magnitude: Magnitude, change: str, limits: Parameter) -> Magnitude | None:
    if change in ("weaker", "stronger"):
        after = magnitude.scaled(0.7 if change == "weaker" else 1.4, limits)
        return _normal(*after.normal) if after.normal is not None else after
    if magnitude.normal is None:
        return None
    mean, sd = magnitude.normal
    if change in ("narrower", "wider"):
        least = NARROWEST * abs(mean - limits.neutral) if limits.neutral is not None else NARROWEST
        return _normal(mean, max(least, sd * 0.6) if change == "narrower" else sd * 1.6)
    step = 0.7 * sd * (-1 if change == "lower" else 1)
    return _normal(min(max(mean + step, limits.low), limits.high), sd)


def widened(policy: Policy, share: float) -> Policy:
    """Return the policy with no spread narrower than a share of the way from the neutral value to the mean."""

    def wide(magnitude: Magnitude, limits: Parameter) -> Magnitude:
        if magnitude.normal is None or limits.neutral is None:
            return magnitude
        mean, sd = magnitude.normal
        return _normal(mean, max(sd, share * abs(mean - limits.neutral)))

    return _each(policy, wide)


def rescaled(policy: Policy, severity: float) -> Policy:
    """Return what `tasks.noise.policy.scaled` does, in as many figures as a fit writes."""

    def in_figures(magnitude: Magnitude, limits: Parameter) -> Magnitude:
        return _normal(*magnitude.normal) if magnitude.normal is not None else magnitude

    return _each(scaled(policy, severity), in_figures)


def without(policy: Policy, name: str) -> Policy:
    """Return the policy without one operation."""
    return policy.model_copy(update={"operations": tuple(each for each in policy.operations if each.name != name)})


def rated(policy: Policy, name: str, probability: float) -> Policy:
    """Return the policy with an operation on a share of the records."""
    operation = policy.operation(name)
    return (
        policy if operation is None else changed_to(policy, operation.model_copy(update={"probability": probability}))
    )


def plainness(name: str) -> int:
    """Rank an operation among those that look alike: of two that come as near, the lower one is preferred."""
    return PLAIN.index(name) if name in PLAIN else len(PLAIN)


def in_words(operation: Operation) -> str:
    """Say what an operation does: `rotation: angle_deg normal [6, 3]`."""
    said = ", ".join(f"{name} {_words(magnitude)}" for name, magnitude in operation.magnitudes.items())
    chance = "" if operation.probability == 1 else f", probability {operation.probability:g}"
    return f"{operation.name}: {said}{chance}"


def _each(policy: Policy, change: Callable[[Magnitude, Parameter], Magnitude]) -> Policy:
    known = BOUNDS[policy.modality]
    return policy.model_copy(
        update={
            "operations": tuple(
                operation.model_copy(
                    update={
                        "magnitudes": {
                            name: change(magnitude, known[operation.name].parameters[name])
                            for name, magnitude in operation.magnitudes.items()
                        }
                    }
                )
                for operation in policy.operations
            )
        }
    )


def _normal(mean: float, sd: float) -> Magnitude:
    """Three figures are all that a fit can tell, and a policy that people read and edit needs no more."""
    return Magnitude(normal=(float(f"{mean:.3g}"), float(f"{sd:.3g}")))


def _has_way(limits: Parameter) -> bool:
    """Whether weaker and stronger mean anything."""
    return limits.neutral is not None or limits.spacing == "decibel"


def _levels(limits: Parameter) -> Iterator[Magnitude]:
    if limits.spacing == "decibel":
        way = limits.high - limits.low
        for strength in STRENGTHS:
            yield _normal(limits.high - way * (0.35 + strength), way * 0.1)
    elif limits.neutral is not None:
        ends = [end for end in (limits.low, limits.high) if end != limits.neutral]
        for strength in STRENGTHS:
            means = [_on_the_way(limits, limits.neutral, end, strength) for end in ends]
            for mean in means:
                yield _normal(mean, SPREAD * abs(mean - limits.neutral))
            if len(ends) == 2:  # both ways alike
                yield _normal(limits.neutral, min(abs(mean - limits.neutral) for mean in means))


def _on_the_way(limits: Parameter, neutral: float, end: float, share: float) -> float:
    if limits.spacing == "log":
        return float(neutral * (end / neutral) ** share)
    return neutral + share * (end - neutral)


def _companions(name: str, parameter: str, bounds: OperationBounds) -> Iterator[dict[str, Magnitude]]:
    yield {}
    if (name, parameter) in TOGETHER:
        other, values = TOGETHER[name, parameter]
        limits = bounds.parameters[other]
        for value in values:
            yield {other: _normal(value, SPREAD * (limits.high - limits.low) / 2)}


def _directions(bounds: OperationBounds) -> dict[str, Magnitude]:
    """Magnitudes that have no way from neutral to a bound are drawn over all their bounds."""
    return {
        name: Magnitude(uniform=(limits.low, limits.high))
        for name, limits in bounds.parameters.items()
        if not _has_way(limits)
    }


def changed_to(policy: Policy, operation: Operation) -> Policy:
    """Return the policy with an operation, in place of the one of that name if it has one."""
    order = list(BOUNDS[policy.modality])
    operations = [other for other in policy.operations if other.name != operation.name]
    operations.append(operation)
    return policy.model_copy(update={"operations": tuple(sorted(operations, key=lambda each: order.index(each.name)))})


def _words(magnitude: Magnitude) -> str:
    first, second = magnitude.pair
    return f"{magnitude.name} [{first:.3g}, {second:.3g}]"
