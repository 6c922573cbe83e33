"""The task space: few numbers a record, from models that have not seen its atom."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.task_space.head import Head, fit_head, leading_directions
from tasks.task_space.moments import Moments, sum_up
from tasks.task_space.targets import Targets, make_targets

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

COLUMNS = 32
"""Each counts alike. Scores alone say of MNIST with generic noise that it is farther from other writers' digits than
without (.21 and .19), on which a model errs less often (37 and 57 %): what scores do not use, they do not see."""
SCORES = 16
"""Of many classes' scores, the directions in which they differ most."""
FEWEST_ROWS = 50
"""Labelled rows below which no scores are learned: they would be rows learned by heart."""
ROWS_A_DIRECTION = 4
"""Directions of the features are found from at least so many rows each."""


@dataclass(frozen=True)
class TaskSpace:
    """What `fit_task_space` has learned.

    Parameters
    ----------
    means : ndarray of float64, shape (folds, p)
    maps : ndarray of float64, shape (folds, p, width)
        Features -> coordinates, a map a fold.
    scores : int
        Coordinates that are scores of labels; the others are directions in which features differ.
    kind : {"class", "several", "number", "none"}
        What the labels are; "none" where none could be learned.
    rows : int
        Rows that the models are fitted on.
    error, guessing : float
        The models' error on rows of atoms that they have not seen, and that of the best constant answer; NaN without
        labels. See `tasks.task_space.targets.Targets.error`.
    cross_fitted : bool
        False where a single atom teaches: what its model says of it is too good.
    """

    means: Floats
    maps: Floats
    scores: int
    kind: str
    rows: int
    error: float
    guessing: float
    cross_fitted: bool

    @property
    def width(self) -> int:
        """The number of coordinates; 0 where there was too little to learn from."""
        return int(self.maps.shape[2])

    def embed(self, features: NDArray[np.floating], folds: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return coordinates of rows.

        Parameters
        ----------
        features : ndarray, shape (n, p)
        folds : ndarray of int64, shape (n,)
            From `tasks.task_space.folds.deal_folds`: a row of fold k is embedded by the model that saw no row of it.

        Returns
        -------
        ndarray of float32, shape (n, width)
            Each coordinate has variance 1 on the rows learned from.
        """
        found = np.empty((len(features), self.width), np.float32)
        for fold, (mean, weights) in enumerate(zip(self.means, self.maps, strict=True)):
            rows = np.flatnonzero(folds == fold)
            values = np.asarray(features[rows], np.float32) @ weights.astype(np.float32)
            found[rows] = values - (mean @ weights).astype(np.float32)
        return found


def fit_task_space(
    features: NDArray[np.floating],
    labels: NDArray[Any],
    folds: NDArray[np.int64],
    teaching: Flags,
    *,
    seed: int,
) -> TaskSpace:
    """Learn a space from the rows that teach, cross-fitted.

    Parameters
    ----------
    features : ndarray, shape (n, p)
        Such as `tasks.task_space.pictures.see_pictures` makes; finite.
    labels : ndarray
        As `tasks.catalog.labels.label_array` gives them.
    folds : ndarray of int64, shape (n,)
    teaching : ndarray of bool, shape (n,)
        Rows to learn from. Of the others nothing is read, neither features nor labels.
    seed : int

    Returns
    -------
    TaskSpace
        Of width 0 where there are too few rows, or all look alike.

    Notes
    -----
    Invariants: neither rows that do not teach nor their labels change the space; the rows of fold k do not change the
    scores of its model. How directions are turned, and scores of many classes gathered, is decided by the first model
    for all.
    """
    targets = make_targets(labels, teaching)
    if (targets.known & teaching).sum() >= FEWEST_ROWS:
        teaching = teaching & targets.known
    else:
        targets = Targets("none", np.empty((len(labels), 0)))
    count = int(folds.max(initial=0)) + 1
    dealt = [teaching & (folds == fold) for fold in range(count)]
    sums = [sum_up(features[own], targets.values[own]) for own in dealt]
    whole = sums[0]
    for more in sums[1:]:
        whole = whole + more
    seen = [whole - part for part in sums] if count > 1 else [whole]
    rows = int(teaching.sum())
    if min(part.rows for part in seen) < 2 * ROWS_A_DIRECTION:
        p = features.shape[1]
        nothing = float("nan")
        return TaskSpace(
            np.zeros((count, p)), np.zeros((count, p, 0)), 0, targets.kind, rows, nothing, nothing, count > 1
        )
    heads = [_fit_head(part) for part in seen]
    error, guessing = _judge(heads, features, targets, folds, teaching)
    maps, scores = _maps(heads, seen, seed)
    means = np.stack([part.mean for part in seen])
    return TaskSpace(means, maps, scores, targets.kind, rows, error, guessing, count > 1)


def _fit_head(part: Moments) -> Head:
    if not part.xy.shape[1]:
        return Head(part.mean, np.zeros(part.xy.shape), np.zeros(0))
    return fit_head(part)


def _judge(
    heads: list[Head], features: NDArray[np.floating], targets: Targets, folds: NDArray[np.int64], rows: Flags
) -> tuple[float, float]:
    predicted = np.zeros(targets.values.shape)
    for fold, head in enumerate(heads):
        own = rows & (folds == fold)
        predicted[own] = head.scores(features[own])
    return targets.error(predicted, rows)


def _maps(heads: list[Head], seen: list[Moments], seed: int) -> tuple[Floats, int]:
    """Put scores and directions side by side, each of variance 1 on what its model has seen."""
    gathered: Floats | None = None
    directions: Floats | None = None
    maps, scores = [], 0
    for head, part in zip(heads, seen, strict=True):
        covariance = part.covariance
        weights = head.weights
        if weights.shape[1] > SCORES:
            if gathered is None:
                gathered = np.linalg.eigh(weights.T @ covariance @ weights)[1][:, ::-1][:, :SCORES]
            weights = weights @ gathered
        scores = weights.shape[1]
        count = min(COLUMNS - scores, int(part.rows) // ROWS_A_DIRECTION)
        if directions is None:
            directions = leading_directions(covariance, count, seed=seed)
            found = directions
        else:
            found = leading_directions(covariance, directions.shape[1], seed=seed, like=directions, rounds=3)
        maps.append(np.column_stack([_scaled(weights, covariance), _scaled(found, covariance)]))
    narrow = min(part.shape[1] for part in maps)
    stacked = np.stack([part[:, :narrow] for part in maps])
    return stacked, min(scores, narrow)


def _scaled(weights: Floats, covariance: Floats) -> Floats:
    """Scale columns to variance 1; what does not vary becomes 0."""
    steps = np.sqrt(np.maximum(np.einsum("pk,pk->k", weights, covariance @ weights), 0))
    return np.asarray(np.divide(weights, steps, out=np.zeros_like(weights), where=steps > 1e-9))
