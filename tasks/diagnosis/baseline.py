"""The baseline: a small model that is trained in a moment, without a GPU, on features that nothing has been fitted to.

It stands for any model that somebody would train: not in how often it errs, but in what helps it and what does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.mixture import ORIGINS, Mixture
from tasks.task_space.head import Head, fit_head
from tasks.task_space.moments import Moments, sum_up
from tasks.task_space.targets import Targets, make_targets

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


class Baseline(Protocol):
    """A trained model."""

    def predict(self, features: NDArray[np.floating]) -> Floats:
        """Return what `Targets.losses` judges, shape (n, q)."""
        ...


@dataclass(frozen=True)
class Linear:
    """Ridge regression on features such as `tasks.task_space.pictures` makes."""

    head: Head

    def predict(self, features: NDArray[np.floating]) -> Floats:
        """See `Baseline.predict`."""
        return self.head.scores(features)


def fit_baseline(
    features: NDArray[np.floating], labels: NDArray[Any], weights: NDArray[np.floating], *, seed: int
) -> Baseline:
    """Train the baseline.

    Parameters
    ----------
    features : ndarray, shape (n, p)
        Finite.
    labels : ndarray
        As `tasks.catalog.labels.label_array` gives them.
    weights : ndarray, shape (n,)
        How much each row counts; 0 or more.
    seed : int
        Not used by the linear model, which has one answer.

    Returns
    -------
    Baseline

    Raises
    ------
    ValueError
        Where no two rows that count have different labels: there is nothing to learn.

    Notes
    -----
    Invariants: a row of weight 2 is the row twice; a row of weight 0 teaches nothing; the scale of the weights does
    not matter beyond what they say of how many rows there are.
    """
    counted = np.asarray(weights, float) > 0
    targets = make_targets(labels, counted)
    if targets.kind == "none":
        raise ValueError("the rows that count have one label at most: there is nothing to learn")
    sums = sum_up(features[counted], targets.values[counted], np.asarray(weights, float)[counted])
    return Linear(fit_head(sums))


def fit_linear(
    features: NDArray[np.floating],
    targets: Targets,
    origin: Codes,
    counts: Floats,
    mixtures: Sequence[Mixture],
) -> list[Baseline]:
    """Train a linear baseline for each of several mixtures of one draw of rows: their sums are made once.

    Parameters
    ----------
    features : ndarray, shape (n, p)
    targets : Targets
        Of these rows.
    origin : ndarray of int64, shape (n,)
        Places in `tasks.diagnosis.mixture.ORIGINS`.
    counts : ndarray of float64, shape (n,)
        How often each row was drawn.
    mixtures : sequence of Mixture

    Notes
    -----
    The penalty follows from rows and features (`tasks.task_space.head.RIDGE`); weighted rows are worth
    (sum w)^2 / sum w^2 of them (Kish 1965).
    """
    counts = np.where(targets.known, counts, 0.0)
    sums, counted, squared = [], np.zeros(len(ORIGINS)), np.zeros(len(ORIGINS))
    for place in range(len(ORIGINS)):
        rows = np.flatnonzero((origin == place) & (counts > 0))
        counted[place], squared[place] = counts[rows].sum(), (counts[rows] ** 2).sum()
        sums.append(sum_up(features[rows], targets.values[rows], counts[rows]))
    models: list[Baseline] = []
    for mixture in mixtures:
        factors = mixture.factors(counted)
        worth = float(factors @ counted) ** 2 / max(float(factors**2 @ squared), 1e-12)
        models.append(Linear(fit_head(_mixed(sums, factors * worth / max(float(factors @ counted), 1e-12)))))
    return models


def _mixed(sums: Sequence[Moments], factors: Floats) -> Moments:
    whole: Moments | None = None
    for part, factor in zip(sums, factors.tolist(), strict=True):
        if factor and part.rows:
            whole = part * factor if whole is None else whole + part * factor
    if whole is None:
        raise ValueError("no row of the mixture has a label")
    return whole
