"""What a small model of the task is asked for: a column of numbers for each thing that a label says."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_CLASSES = 256
"""The most frequent classes have a column; of thousands, the rest count as none of them."""
STEPS = 9
"""A number is asked for as itself and as whether it exceeds its deciles, so that the model sees more than a line."""


@dataclass(frozen=True)
class Targets:
    """Labels as numbers to predict.

    Parameters
    ----------
    kind : {"class", "several", "number", "none"}
    values : ndarray of float64, shape (n, q)
        NaN where nobody knows.
    """

    kind: str
    values: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """The rows that teach anything, shape (n,)."""
        return np.asarray(np.isfinite(self.values).any(axis=1))

    def losses(self, predicted: Floats) -> Floats:
        """Return what each row's prediction costs, so that two models can be compared row by row.

        Parameters
        ----------
        predicted : ndarray of float64, shape (n, q)

        Returns
        -------
        ndarray of float64, shape (n,)
            A class: 1 for a wrong answer, 0 for the right one. Several labels: the share of wrong ones among those
            known. A number: the squared error in variances of the rows. NaN where nobody knows.
        """
        values, known = self.values, self.known
        found = np.full(len(values), np.nan)
        if self.kind == "class":
            wrong = (values.argmax(axis=1) != predicted.argmax(axis=1)) | (values.max(axis=1) <= 0)
            found[known] = wrong[known]
        elif self.kind == "several":
            counted = np.isfinite(values)
            wrong = ((predicted > 0.5) != (values > 0.5)) & counted
            found[known] = wrong.sum(axis=1)[known] / counted.sum(axis=1)[known]
        elif self.kind == "number" and known.any():
            variance = float(values[known, 0].var())
            found[known] = (predicted[known, 0] - values[known, 0]) ** 2 / (variance or 1.0)
        return found

    def distances(self, predicted: Floats) -> Floats:
        """Return how far each row's scores are from what is known: squared distance, (n,); NaN where nobody knows.

        It tells apart models that are wrong equally often, since a score that is nearly right counts for something.
        """
        used = slice(0, 1) if self.kind == "number" else slice(None)
        squared = np.where(np.isfinite(self.values), (predicted - self.values) ** 2, 0.0)[:, used].sum(axis=1)
        return np.asarray(np.where(self.known, squared, np.nan))

    def error(self, predicted: Floats, rows: NDArray[np.bool_]) -> tuple[float, float]:
        """Return the error of predictions and that of the best constant answer.

        Parameters
        ----------
        predicted : ndarray of float64, shape (n, q)
        rows : ndarray of bool, shape (n,)
            The rows that are asked about.

        Returns
        -------
        tuple of float
            Classes: shares of wrong answers. Several labels: the same, mean over labels. A number: root mean square
            error in standard deviations, and 1. NaN without labels.
        """
        rows = rows & self.known
        if not rows.any():
            return float("nan"), float("nan")
        values, found = self.values[rows], predicted[rows]
        if self.kind == "number":
            spread = float(values[:, 0].std())
            return (float(np.sqrt(np.mean((found[:, 0] - values[:, 0]) ** 2))) / spread, 1.0) if spread else (0.0, 0.0)
        if self.kind == "several":
            known = np.isfinite(values)
            counted = known.any(axis=0)
            total = known.sum(axis=0)[counted]
            wrong = ((found > 0.5) != (values > 0.5)) & known
            held = np.where(known, values, 0.0).sum(axis=0)[counted] / total
            return float(np.mean(wrong.sum(axis=0)[counted] / total)), float(np.mean(np.minimum(held, 1 - held)))
        right = values.argmax(axis=1) == found.argmax(axis=1)
        right &= values.max(axis=1) > 0  # a rare class has no column, so no answer names it
        return float(np.mean(~right)), 1 - float(values.mean(axis=0).max())


def make_targets(labels: NDArray[Any], teaching: NDArray[np.bool_]) -> Targets:
    """Turn labels into targets.

    Parameters
    ----------
    labels : ndarray
        As `tasks.catalog.labels.label_array` gives them: int64 codes (n,), -1 for none; several labels float64 (n, k)
        of 1, 0 and NaN; numbers float64 (n,), NaN for none.
    teaching : ndarray of bool, shape (n,)
        The rows that a model may be fitted on: classes and deciles are theirs.

    Returns
    -------
    Targets
        Of kind "none" where no two of those rows have different labels: there is no task to learn.
    """
    empty = Targets("none", np.empty((len(labels), 0)))
    if labels.ndim == 2:
        values = labels.astype(np.float64)
        varying = np.array([len(np.unique(column[np.isfinite(column)])) > 1 for column in values[teaching].T], bool)
        return Targets("several", values[:, varying]) if varying.any() else empty
    if labels.dtype.kind == "f":
        known = labels[teaching & np.isfinite(labels)]
        if not len(known) or known.min() == known.max():
            return empty
        middle, spread = float(np.mean(known)), float(np.std(known))
        edges = np.unique(np.quantile(known, np.arange(1, STEPS + 1) / (STEPS + 1)))
        steps = (labels[:, None] > edges).astype(np.float64)
        values = np.column_stack([(labels - middle) / (spread or 1.0), steps])
        values[~np.isfinite(labels)] = np.nan
        return Targets("number", values)
    codes, counts = np.unique(labels[teaching & (labels >= 0)], return_counts=True)
    if len(codes) < 2:
        return empty
    kept = codes[np.argsort(-counts, kind="stable")[:MOST_CLASSES]]
    values = (labels[:, None] == np.sort(kept)).astype(np.float64)
    values[labels < 0] = np.nan
    return Targets("class", values)
