"""An exam: a small model learns from the source and noisy copies of it, then is asked about target rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.noise.policy import Policy
from tasks.noise.random_policies import random_mixture
from tasks.task_space.head import fit_head
from tasks.task_space.moments import sum_up
from tasks.task_space.targets import Targets, make_targets

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
Sense = Callable[[Policy, int], Features]
"""(policy, seed) to the features (m, p) of the same m source rows, in the same order, under that policy."""

FEWEST_LABELLED = 50
"""On real pairs so many labelled target rows chose a policy within 4 points of the best one; 200 within 2."""
FEWEST_TAUGHT = 50
"""Labelled source rows below which a model would know them by heart."""
TEACHERS = (101, 102, 103)
"""Models whose scores are averaged where the target has no labels: added to the seed, so that no draw of the choice is
also a teacher's."""


@dataclass(frozen=True)
class Marks:
    """What answers cost on each target row; NaN where nobody knows.

    Parameters
    ----------
    losses, distances : ndarray of float64, shape (n,)
        See `tasks.task_space.targets.Targets`.
    """

    losses: Floats
    distances: Floats


@dataclass(frozen=True)
class Exam:
    """Source rows to learn from, and target rows to be asked about; made by `set_exam`.

    Parameters
    ----------
    features_of : callable
        See `Sense`.
    clean : ndarray of float32, shape (m, p)
        Features of the source rows as they are.
    taught : ndarray of float64, shape (m, q)
        Targets of the source rows.
    asked : Targets
        Of the target rows: what is known of them, or what teachers say.
    target_features : ndarray of float32, shape (n, p)
    criterion : {"labels", "agreement"}
    """

    features_of: Sense
    clean: Features
    taught: Floats
    asked: Targets
    target_features: Features
    criterion: str

    def scores(self, policy: Policy | None, seed: int) -> Floats:
        """Learn from the source as it is and one copy of it under a policy, and answer, (n, q)."""
        moments = sum_up(self.clean, self.taught)
        if policy is not None:
            moments = moments + sum_up(self.features_of(policy, seed), self.taught)
        return fit_head(moments).scores(self.target_features)

    def take(self, policy: Policy | None, seed: int) -> Marks:
        """Return what the answers cost on each target row."""
        scores = self.scores(policy, seed)
        return Marks(self.asked.losses(scores), self.asked.distances(scores))


def set_exam(
    modality: str,
    features_of: Sense,
    clean: Features,
    labels: NDArray[Any],
    target_features: Features,
    target_labels: NDArray[Any] | None,
    *,
    seed: int,
) -> Exam | None:
    """Decide what target rows are asked about: their labels, or what models taught by random policies say of them.

    Parameters
    ----------
    modality : {"image", "audio", "tabular"}
    features_of : callable
    clean : ndarray of float32, shape (m, p)
    labels : ndarray
        Of the source rows, as `tasks.catalog.labels.label_array` gives them.
    target_features : ndarray of float32, shape (n, p)
    target_labels : ndarray or None
        In the same codes. Fewer than `FEWEST_LABELLED` known ones are not used.
    seed : int

    Returns
    -------
    Exam or None
        None where there is no task to learn: no labels in the source, or all the same.

    References
    ----------
    Tobin et al. (2017) for training on random noise; Lee (2013) for answers of one model as another one's labels.
    """
    m, n = len(labels), len(target_features)
    theirs = _unknown(labels, n) if target_labels is None else target_labels
    teaching = np.arange(m + n) < m
    targets = make_targets(np.concatenate([labels, theirs]), teaching)
    if targets.kind == "none" or int((targets.known & teaching).sum()) < FEWEST_TAUGHT:
        return None
    asked = Targets(targets.kind, targets.values[m:])
    exam = Exam(features_of, clean, targets.values[:m], asked, target_features, "labels")
    if int(asked.known.sum()) >= FEWEST_LABELLED:
        return exam
    mixture = random_mixture(modality)
    said = np.mean([exam.scores(mixture, seed + other) for other in TEACHERS], axis=0)
    return replace(exam, asked=Targets(targets.kind, _answers(said, targets.kind)), criterion="agreement")


def _unknown(labels: NDArray[Any], rows: int) -> NDArray[Any]:
    return np.full((rows, *labels.shape[1:]), -1 if labels.dtype.kind == "i" else np.nan, labels.dtype)


def _answers(scores: Floats, kind: str) -> Floats:
    """Turn scores into labels."""
    if kind == "class":
        return np.asarray(scores.argmax(axis=1)[:, None] == np.arange(scores.shape[1]), np.float64)
    return np.asarray(scores > 0.5, np.float64) if kind == "several" else scores
