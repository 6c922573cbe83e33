"""Fit a noise policy: compose operations while they bring the source's descriptors nearer to the target's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.errors import PolicyError
from tasks.noise.candidates import additions
from tasks.noise.coordinates import coordinates
from tasks.noise.energy import EnergyTo, Vector, blocks_of, halves_scatter, pooled_scale
from tasks.noise.explaining import EXPLAINED, Explanation
from tasks.noise.gaps import families_with_gaps, gappy_columns, with_gaps
from tasks.noise.policy import Policy, default_policy
from tasks.noise.proposals import MOST, Proposal, propose
from tasks.noise.refining import Tried, refine
from tasks.noise.search import Search, Step
from tasks.noise.straying import STRAYING, learn_straying

Render = Callable[[Policy, int], NDArray[np.floating]]
"""(policy, seed) to the descriptors (m, p) of the same m source rows, in the same order, under that policy."""

SOURCE_ROWS = 512
"""Source rows worth rendering: the scatter of a distance falls with the root of the rows, its cost rises with them."""
TARGET_ROWS = 1000
"""Target rows worth comparing with, for the same reason."""
TABLE_ROWS = 2000
"""Of tables on either side: noise in single cells is told by many rows only, and rendering a row costs little."""
FEWEST_ROWS = 16
"""Below that the halves of a sample say nothing about its scatter."""
ROWS_PER_LABEL = 5
"""With fewer rows a label on either side, weights by label would rest on single rows: all rows then weigh the same."""
GUARD = 3.0
"""A gap below so many times the 95 % quantile of the source against itself is left alone: 2 false alarms in 270."""
FEW_SHARE = 0.5
"""Of the policies that may be tried, for explaining the difference by few operations before many are composed."""
FEWEST_EVALUATIONS = 100
"""Fewer do not suffice for that."""
FINE_TURNS, FINE_LOOKS = 2, 50
"""For fitting the numbers of what the search found finely."""
NULL_ROUNDS = 200
EVALUATIONS = 700
"""Policies that are rendered at most: a fit on real digits needs about as many, at .1 s each; 512 sounds of half a
second, or 310 pictures of 224 px, take .5 to 1.1 s."""

TRACE = pa.schema(
    [
        pa.field("step", pa.int64(), nullable=False),
        pa.field("change", pa.string(), nullable=False),
        pa.field("distance", pa.float64(), nullable=False),
        pa.field("improvement", pa.float64(), nullable=False),
        pa.field("evaluations", pa.int64(), nullable=False),
    ]
)
"""One row a change that was kept; `distance` after it, `evaluations`: policies tried so far."""


@dataclass(frozen=True)
class Fit:
    """A policy and how it was found."""

    policy: Policy
    trace: pa.Table
    """Schema `TRACE`."""
    gap: float
    """Energy distance between the untouched source and the target."""
    guard: float
    """The gap up to which nothing is done."""
    scatter: float
    """Standard deviation of the distance when nothing differs: an improvement has to exceed it."""
    default: float
    """Energy distance to the target under the generic default policy."""
    fitted: float
    """Energy distance to the target under `policy`."""
    n_source: int
    n_target: int
    reason: str
    """One sentence for people: what was done and why."""
    proposals: tuple[Proposal, ...]
    """`policy`, then other policies worth trying on a model, nearest first; `policy` alone where nothing is done."""


def rows_worth(modality: str) -> tuple[int, int]:
    """Return how many source and how many target rows are enough to fit to."""
    return (TABLE_ROWS, TABLE_ROWS) if modality == "tabular" else (SOURCE_ROWS, TARGET_ROWS)


def fit_policy(
    render: Render,
    target: NDArray[np.floating],
    *,
    modality: str,
    seed: int,
    source_labels: Sequence[str | None] | None = None,
    target_labels: Sequence[str | None] | None = None,
    families: Sequence[str] | None = None,
    material: frozenset[str] = frozenset(),
    evaluations: int = EVALUATIONS,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Search the policy under which the source's descriptors come nearest to the target's.

    Parameters
    ----------
    render : callable (policy, seed) -> (m, p) floating
        Descriptors of the same m source-train rows under a policy; see `rows_worth`. It is called with one
        seed throughout, so that policies are compared on common random numbers.
    target : (n, p) floating
        Descriptors of target-train rows, never of dev or test. NaN: missing.
    modality : {"image", "audio", "tabular"}
    seed : int
    source_labels, target_labels : sequence of m and of n str or None, optional
        With both, source rows are weighted to the target's label shares (noise must not repair label shift), unless
        there are fewer than `ROWS_PER_LABEL` rows a label.
    families : sequence of str, p, optional
        The family of each descriptor; families count alike, however many descriptors they have. All are of one if left
        out; missing values are a family of their own.
    material : frozenset of str
        Operations whose material `render` has, see `tasks.noise.modalities.NEEDS`; others that need some are not tried.
    evaluations : int
        Policies that are tried at most: the time is that of so many calls of `render`.
    progress : callable str -> None, optional
        Is told one line a kept change.

    Returns
    -------
    Fit
        Its policy has no operations when the gap is too small to fit to, or nothing helps.

    Raises
    ------
    PolicyError
        If there are too few rows to compare, or the labels have nothing in common.

    Notes
    -----
    The result is a policy that brings the samples nearer; it is no diagnosis of the camera, since other policies may do
    as well. Same arguments, same policy.

    References
    ----------
    Energy distance: Szekely & Rizzo (2013). That a distance between samples proposes augmentations: Lim et al. (2019),
    Fast AutoAugment; Mintun et al. (2021).
    """
    nothing = Policy.model_validate({"modality": modality, "operations": ()})
    clean, target = np.asarray(render(nothing, seed), dtype=np.float64), np.asarray(target, dtype=np.float64)
    gappy = gappy_columns(clean, target)
    families = families_with_gaps(families or [""] * target.shape[1], gappy)
    straying = learn_straying(clean) if modality == "tabular" else None

    def seen(values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return descriptors, missing values as such, and of a table what its columns say of each other."""
        extended = with_gaps(values, gappy)
        return extended if straying is None else np.column_stack([extended, straying(values)])

    clean, target = seen(clean), seen(target)
    families += [STRAYING] * (target.shape[1] - len(families))
    ours, theirs = _weights(len(clean), len(target), source_labels, target_labels)
    scale = pooled_scale(clean, target)
    goal = scale(target)
    blocks = blocks_of([families[place] for place in scale.keep])
    to_goal = EnergyTo(goal, theirs, blocks)

    known: dict[str, float] = {}  # both searches begin with the same policies

    def measured(policy: Policy) -> Tried:
        sample = scale(seen(render(policy, seed)))
        known[policy.model_dump_json()] = nearness = to_goal(sample, ours)
        return Tried(policy, sample, nearness)

    def distance(policy: Policy) -> float:
        found = known.get(policy.model_dump_json())
        return measured(policy).distance if found is None else found

    gap, default = distance(nothing), distance(default_policy(modality))
    null = halves_scatter(scale(clean), ours, rounds=NULL_ROUNDS, seed=seed, blocks=blocks)
    guard = GUARD * float(np.quantile(null, 0.95))
    scatter = float(np.std(halves_scatter(goal, theirs, rounds=NULL_ROUNDS, seed=seed + 1, blocks=blocks)))
    say = progress or (lambda line: None)
    start = Tried(nothing, scale(clean), gap)
    few = Explanation(measured, to_goal, ours, start, scatter, int(FEW_SHARE * evaluations), say, material)
    if gap > guard and few.evaluations >= FEWEST_EVALUATIONS:
        few.run()
    again = len(list(additions(nothing, material))) if few.tried else 0  # known already, and not rendered again
    search = Search(distance, nothing, gap, scatter, again + _left(evaluations - few.tried), say, material)
    explained = few.at.distance <= max(guard, EXPLAINED * gap)
    if not explained:
        search.run()
    end, nearest, steps = (
        (few.at.policy, few.at.distance, few.steps) if explained else (search.policy, search.best, search.steps)
    )
    policy, fitted, reason = _judged(end, nearest, steps, gap, guard, scatter, default, modality)
    others = [] if policy == end else [("found by the search", end)]
    others += _others([] if explained else few.steps, steps)
    if not explained and steps and few.tried:
        turns = min(FINE_TURNS, FINE_LOOKS // (len(coordinates(end)) + 2))
        finest = refine(measured(end), measured, to_goal, ours, turns=turns, worth=scatter)
        others.insert(0, ("numbers fitted finely", finest.policy))
    proposals = propose(policy, fitted, others, distance)
    return Fit(policy, _table(steps), gap, guard, scatter, default, fitted, len(clean), len(target), reason, proposals)


def _left(evaluations: int) -> int:
    """Return how many policies the search may try, so that enough are left for the proposals."""
    return max(1, evaluations - MOST - (FINE_LOOKS if evaluations > FEWEST_EVALUATIONS else 0))


def _others(few: list[Step], steps: list[Step]) -> list[tuple[str, Policy]]:
    """Return the policy of few operations where another one is used, and the last one on the way that had fewer."""
    explained = [("few operations", few[-1].policy)] if few else []
    most = len(steps[-1].policy.operations) if steps else 0
    fewer = [step.policy for step in steps if len(step.policy.operations) < most]
    return [*explained, *(("fewer operations", each) for each in fewer[-1:])]


def _judged(
    policy: Policy,
    nearest: float,
    steps: list[Step],
    gap: float,
    guard: float,
    scatter: float,
    default: float,
    modality: str,
) -> tuple[Policy, float, str]:
    if gap <= guard:
        reason = f"Source and target differ by {gap:.3g}; up to {guard:.3g} that may be chance, so no noise is added."
        return policy, gap, reason
    if default < nearest - scatter:
        reason = f"The generic default policy comes nearer to the target ({default:.3g}) than what the search found"
        return default_policy(modality), default, f"{reason} ({nearest:.3g}), so the default is used."
    if not steps:
        reason = f"No operation brings the source nearer to the target by more than chance ({scatter:.3g})"
        return policy, gap, f"{reason}, so no noise is added."
    names = ", ".join(operation.name for operation in policy.operations)
    reason = f"The distance to the target falls from {gap:.3g} to {nearest:.3g} (generic default: {default:.3g})"
    return policy, nearest, f"{reason} by {names}."


def _weights(
    m: int, n: int, source: Sequence[str | None] | None, target: Sequence[str | None] | None
) -> tuple[Vector, Vector]:
    if min(m, n) < FEWEST_ROWS:
        raise PolicyError(
            f"fitting needs {FEWEST_ROWS} source and {FEWEST_ROWS} target rows in train, found {m} and {n}. "
            "Leave more of the target to train, or none, so that half of dev is fitted to; or set synthesis.policy to "
            "default"
        )
    if source is None or target is None:
        return np.full(m, 1 / m), np.full(n, 1 / n)
    ours, theirs = np.array([str(label) for label in source]), np.array([str(label) for label in target])
    shared = sorted(set(ours.tolist()) & set(theirs.tolist()))
    if not shared:
        raise PolicyError(
            "source and target have no label in common, so no noise can be fitted. Set synthesis.policy to default"
        )
    if min(m, n) < ROWS_PER_LABEL * len(shared):
        return np.full(m, 1 / m), np.full(n, 1 / n)
    weights = np.zeros(m)
    for label in shared:
        weights[ours == label] = np.mean(theirs == label) / np.mean(ours == label)
    kept = np.isin(theirs, shared).astype(float)
    return weights / weights.sum(), kept / kept.sum()


def _table(steps: list[Step]) -> pa.Table:
    rows = [
        {
            "step": number,
            "change": step.change,
            "distance": step.distance,
            "improvement": step.improvement,
            "evaluations": step.evaluations,
        }
        for number, step in enumerate(steps, 1)
    ]
    return pa.Table.from_pylist(rows, schema=TRACE)
