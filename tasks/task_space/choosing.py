"""Choose a noise policy by what a small model learns from it: a distance proposes, it does not choose.

It lies here, not beside the search, because the rooms of noise and of the task do not know of each other: what renders
and what senses is handed in.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.noise.policy import Policy
from tasks.noise.random_policies import random_mixture
from tasks.task_space.choice import MARGIN, NOTHING, Choice, Named, Tried, choice_table, say_choice
from tasks.task_space.exam import Exam, Features, Marks, Sense, set_exam
from tasks.task_space.paired import paired_difference

DRAWS = 3
"""Policies that are still in question are drawn so many times: one draw of 2,000 digits moves an error by half a
point."""
FINALISTS = 4
"""Candidates that are drawn again after the first draw."""
LEVEL = 0.05


def choose_policy(
    candidates: Sequence[Named],
    features_of: Sense,
    clean: Features,
    labels: NDArray[Any],
    target_features: Features,
    target_labels: NDArray[Any] | None,
    target_atoms: NDArray[Any],
    *,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Choice | None:
    """Train a small model on source rows and their copies under each policy, and choose by its answers on the target.

    Parameters
    ----------
    candidates : sequence of Named
        At least one, each with operations; nothing is always compared with them. Where the target has no labels, the
        mixture of random policies teaches and is not asked.
    features_of : callable (policy, seed) -> (m, p) float32
    clean : (m, p) float32
        Features of the source rows as they are.
    labels : ndarray
        Of the source rows, as `tasks.catalog.labels.label_array` gives them.
    target_features : (n, p) float32
        Of target rows that may be learned from, never of dev's verifying half or of test.
    target_labels : ndarray or None
        In the same codes.
    target_atoms : (n,)
    seed : int
    progress : callable str -> None, optional

    Returns
    -------
    Choice or None
        None where the source has no labels to learn, or only one: then no model can tell.

    Notes
    -----
    Nothing is chosen unless another candidate errs less with an interval that excludes 0 (by agreement: 2 points,
    `MARGIN`), at 95 % for all candidates together (Bonferroni), so that the best of many does not win by luck. Of those
    that do, the one is chosen whose scores are nearest to the labels: over random policies on speech that followed a
    network's error better (rank correlation .76) than counting wrong answers did (.70). Of equals the one with fewest
    operations is taken. Same arguments, same choice.
    """
    say = progress or (lambda line: None)
    modality = candidates[0].policy.modality
    exam = set_exam(modality, features_of, clean, labels, target_features, target_labels, seed=seed)
    if exam is None:
        return None
    if exam.criterion == "agreement":
        candidates = [entry for entry in candidates if entry.policy != random_mixture(modality)] or candidates
    base = exam.take(None, seed)
    errors = float(np.nanmean(base.losses)), float(np.nanmean(base.distances))
    say(f"choosing among {len(candidates)} policies by {exam.criterion}; nothing: error {errors[0]:.3f}")
    tried = _try(candidates, exam, base, target_atoms, seed, say)
    better = [one for one in tried if one.paired.high < -MARGIN[exam.criterion] and one.draws == DRAWS]
    chosen = min(better, key=lambda one: (one.distance, len(one.entry.policy.operations)), default=None)
    entry = Named(NOTHING, Policy(modality=modality)) if chosen is None else chosen.entry
    best = min(tried, key=lambda one: one.distance)
    kind, criterion = exam.asked.kind, exam.criterion
    reason = say_choice(chosen, best, errors[0], kind=kind, criterion=criterion, count=len(candidates))
    say(reason)
    return Choice(entry.name, entry.policy, choice_table(tried, errors, entry.name), criterion, reason)


def _try(
    candidates: Sequence[Named],
    exam: Exam,
    base: Marks,
    atoms: NDArray[Any],
    seed: int,
    say: Callable[[str], None],
) -> list[Tried]:
    """Draw copies once under every policy, and again under the best ones."""
    marks: dict[str, list[Marks]] = {}
    for entry in candidates:
        found = exam.take(entry.policy, seed)
        marks[entry.name] = [found]
        say(f"{entry.name}: error {np.nanmean(found.losses):.3f}, distance {np.nanmean(found.distances):.3f}")
    finalists = sorted(marks, key=lambda name: float(np.nanmean(marks[name][0].distances)))[:FINALISTS]
    for entry in candidates:
        if entry.name in finalists:
            marks[entry.name] += [exam.take(entry.policy, seed + again) for again in range(1, DRAWS)]
    return [_sum_up(entry, marks[entry.name], base, atoms, LEVEL / len(candidates)) for entry in candidates]


def _sum_up(entry: Named, marks: Sequence[Marks], base: Marks, atoms: NDArray[Any], level: float) -> Tried:
    losses = np.mean([found.losses for found in marks], axis=0)
    distance = float(np.nanmean([found.distances for found in marks]))
    paired = paired_difference(losses - base.losses, atoms, level=level)
    return Tried(entry, float(np.nanmean(losses)), distance, len(marks), paired)
