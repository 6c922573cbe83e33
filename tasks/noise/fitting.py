"""Fit a noise policy: compose operations while they bring the source's descriptors nearer to the target's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.errors import PolicyError
from tasks.noise.candidates import additions, changes
from tasks.noise.energy import Matrix, Scale, Vector, energy_distance, halves_scatter, pooled_scale
from tasks.noise.policy import Policy, default_policy

Render = Callable[[Policy, int], NDArray[np.floating]]
"""(policy, seed) to the descriptors (m, p) of the same m source rows, in the same order, under that policy."""

SOURCE_ROWS = 512
"""Source rows worth rendering: the scatter of a distance falls with the root of the rows, its cost rises with them."""
TARGET_ROWS = 1000
"""Target rows worth comparing with, for the same reason."""
GUARD = 3.0
"""A gap below so many times the 95 % quantile of the source against itself is left alone: 2 false alarms in 270."""
NULL_ROUNDS = 200
MOST_ROUNDS = 12
"""Far above what any real pair needed; each round adds or changes one magnitude."""
BRANCHES = 24
"""After the first round only so many additions are tried again: the others were far from helping."""

TRACE = pa.schema(
    [
        pa.field("round", pa.int64()),
        pa.field("change", pa.string()),
        pa.field("distance", pa.float64()),
        pa.field("improvement", pa.float64()),
        pa.field("tried", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Fit:
    """A fitted policy and how it was found."""

    policy: Policy
    trace: pa.Table
    """One row a round, schema `TRACE`: what changed, the distance after it, and how many candidates were tried."""
    gap: float
    """Energy distance of the untouched source to the target."""
    guard: float
    """The distance below which nothing is done."""
    scatter: float
    """What the distance scatters by when nothing differs: an improvement has to exceed it."""
    none: float
    default: float
    fitted: float
    """Energy distance to the target under no policy, the generic default one, and the fitted one."""
    n_source: int
    n_target: int
    reason: str
    """One sentence for people: what was done and why."""


def fit_policy(
    render: Render,
    target: NDArray[np.floating],
    *,
    modality: str,
    seed: int,
    source_labels: Sequence[str | None] | None = None,
    target_labels: Sequence[str | None] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Search the policy under which the source's descriptors come nearest to the target's.

    Parameters
    ----------
    render : callable (policy, seed) -> (m, p) floating
        Descriptors of the same m <= 512 source-train rows under a policy. It is called with one seed throughout, so
        candidates are compared on common random numbers.
    target : (n, p) floating
        Descriptors of target-train rows, n <= 1,000 is enough; never dev or test rows. NaN: missing.
    modality : {"image", "audio", "tabular"}
    seed : int
    source_labels, target_labels : sequence of m and n str or None, optional
        With both, source rows are weighted to the target's label shares: noise must not repair label shift.
    progress : callable, optional
        Is told one line a round.

    Returns
    -------
    Fit
        Its policy has no operations when the gap is too small to fit to.

    Raises
    ------
    PolicyError
        If there are too few rows to compare, or the labels have nothing in common.

    Notes
    -----
    Greedy: each round renders every candidate (an operation more, or one stronger, weaker, wider, narrower, rarer, left
    out) and keeps the best, until none improves the distance by more than its scatter. The result is a policy that helps,
    not a diagnosis: other policies may do as well.
    """
    say = progress or (lambda line: None)
    nothing = Policy.model_validate({"modality": modality, "operations": ()})
    clean = np.asarray(render(nothing, seed), dtype=np.float64)
    target = np.asarray(target, dtype=np.float64)
    source_weights, target_weights = _weights(len(clean), len(target), source_labels, target_labels)
    scale = pooled_scale(clean, target)
    search = _Search(render, scale, scale(target), source_weights, target_weights, seed)
    gap = search.distance(nothing)
    guard = GUARD * float(
        np.quantile(halves_scatter(scale(clean), source_weights, rounds=NULL_ROUNDS, seed=seed), 0.95)
    )
    scatter = float(np.std(halves_scatter(scale(target), target_weights, rounds=NULL_ROUNDS, seed=seed + 1)))
    default = search.distance(default_policy(modality))
    if gap <= guard:
        reason = f"Source and target differ by {gap:.3g}, less than the {guard:.3g} below which nothing is fitted: no noise is added."
        return _fit(nothing, [], search, gap, guard, scatter, gap, default, gap, reason)
    policy, trace = search.climb(nothing, gap, scatter, say)
    fitted = trace[-1][2] if trace else gap
    if default < fitted - scatter:
        reason = f"The generic default policy comes nearer to the target ({default:.3g}) than the fitted one ({fitted:.3g}); it is used."
        return _fit(default_policy(modality), trace, search, gap, guard, scatter, gap, default, fitted, reason)
    if not trace:
        reason = f"No operation brings the source nearer to the target by more than the scatter of {scatter:.3g}: no noise is added."
    else:
        names = ", ".join(operation.name for operation in policy.operations)
        reason = (
            f"{names} bring the distance to the target from {gap:.3g} to {fitted:.3g} (generic default: {default:.3g})."
        )
    return _fit(policy, trace, search, gap, guard, scatter, gap, default, fitted, reason)


_Step = tuple[int, str, float, float, int]


@dataclass(frozen=True)
class _Search:
    render: Render
    scale: Scale
    target: Matrix
    source_weights: Vector
    target_weights: Vector
    seed: int

    def distance(self, policy: Policy) -> float:
        rendered = self.scale(self.render(policy, self.seed))
        return energy_distance(rendered, self.target, self.source_weights, self.target_weights)

    def climb(
        self, policy: Policy, best: float, scatter: float, say: Callable[[str], None]
    ) -> tuple[Policy, list[_Step]]:
        trace: list[_Step] = []
        promising: list[str] | None = None
        for number in range(1, MOST_ROUNDS + 1):
            tried = [(self.distance(other), change, other) for change, other in _neighbours(policy, promising)]
            if promising is None:
                promising = [change for _, change, _ in sorted(tried, key=lambda each: each[0])[:BRANCHES]]
            if not tried:
                break
            distance, change, other = min(tried, key=lambda each: each[0])
            say(f"round {number}: {change}: {best:.4g} -> {distance:.4g} ({len(tried)} tried)")
            if distance >= best - scatter:
                break
            trace.append((number, change, distance, best - distance, len(tried)))
            policy, best = other, distance
        return policy, trace


def _neighbours(policy: Policy, promising: list[str] | None) -> Iterator[tuple[str, Policy]]:
    for change, other in additions(policy):
        if promising is None or change in promising or policy.operation(change.split(".")[0]):
            yield change, other
    yield from changes(policy)


def _weights(
    m: int, n: int, source: Sequence[str | None] | None, target: Sequence[str | None] | None
) -> tuple[Vector, Vector]:
    if m < 8 or n < 8:
        raise PolicyError(
            f"fitting needs at least 8 source and 8 target rows, found {m} and {n}. Use `policy: default`"
        )
    if source is None or target is None:
        return np.full(m, 1 / m), np.full(n, 1 / n)
    ours, theirs = np.array([str(label) for label in source]), np.array([str(label) for label in target])
    shared = set(ours) & set(theirs)
    if not shared:
        raise PolicyError("source and target have no label in common, so no noise can be fitted. Use `policy: default`")
    weights = np.zeros(m)
    for label in shared:
        weights[ours == label] = np.mean(theirs == label) / np.mean(ours == label)
    kept = np.isin(theirs, list(shared)).astype(float)
    return weights / weights.sum(), kept / kept.sum()


def _fit(
    policy: Policy,
    trace: list[_Step],
    search: _Search,
    gap: float,
    guard: float,
    scatter: float,
    none: float,
    default: float,
    fitted: float,
    reason: str,
) -> Fit:
    columns = list(zip(*trace, strict=True)) if trace else [[] for _ in TRACE]
    table = pa.table([pa.array(column, field.type) for column, field in zip(columns, TRACE, strict=True)], schema=TRACE)
    return Fit(
        policy,
        table,
        gap,
        guard,
        scatter,
        none,
        default,
        fitted,
        len(search.source_weights),
        len(search.target),
        reason,
    )
