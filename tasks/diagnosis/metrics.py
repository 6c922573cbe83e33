"""What a model is judged by: one number a model, with an interval by atoms, and differences between models."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from tasks.diagnosis.probabilities import score_probabilities
from tasks.diagnosis.row_weights import row_weights
from tasks.errors import ConfigError, some
from tasks.shift.intervals import merge_atoms
from tasks.shift.measurements import NAN, Effect

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Measure: TypeAlias = Callable[[pd.DataFrame], float]

BLOCKS = 100
"""Atoms are merged into so many blocks; each is left out once. The deviation is known to 7 %, by Student's t."""
OWN = ("error", "accuracy", "precision", "recall", "f1", "weighted_error")


@dataclass(frozen=True)
class Metric:
    """A metric by name.

    Parameters
    ----------
    name : str
    measure : callable
        Rows of `tasks.diagnosis.predictions.join_predictions` to a number.
    larger : bool
        Whether larger is better.
    """

    name: str
    measure: Measure
    larger: bool


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall: low where either is.

    >>> round(f1(0.95, 0.90), 3), round(f1(0.98, 0.85), 3)
    (0.924, 0.91)
    """
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def find_metric(
    name: str, *, positive: str | None = None, weights: Mapping[str, float] | None = None, by: str | None = None
) -> Metric:
    """Return a metric.

    Parameters
    ----------
    name : str
        One of `OWN`, or a scorer of scikit-learn, of predicted labels or numbers (`balanced_accuracy`, `f1_macro`,
        `neg_mean_absolute_error`) or of probabilities (`roc_auc`, `roc_auc_ovr`, `neg_log_loss`, `neg_brier_score`).
    positive : str, optional
        The label that precision, recall, F1 and scores of probabilities are about; without it they are averaged over
        labels.
    weights : mapping of str to float, optional
        Of `weighted_error`, see `tasks.diagnosis.row_weights.row_weights`.
    by : str, optional
        A column; the metric is measured in each of its groups, and the groups' mean is taken.

    Raises
    ------
    ConfigError
        When there is no such metric.
    """
    own: dict[str, tuple[Measure, bool]] = {
        "error": (lambda rows: float(rows["loss"].mean()), False),
        "accuracy": (lambda rows: 1 - float(rows["loss"].mean()), True),
        "weighted_error": (lambda rows: _weighted_error(rows, weights or {}), False),
        "precision": (lambda rows: _averaged(rows, positive)[0], True),
        "recall": (lambda rows: _averaged(rows, positive)[1], True),
        "f1": (lambda rows: _averaged(rows, positive)[2], True),
    }
    measure, larger = own[name] if name in own else (_scorer(name, positive), True)
    if by is None:
        return Metric(name, measure, larger)
    return Metric(f"{name}, mean over {by}", lambda rows: _over_groups(rows, by, measure), larger)


def score(metric: Metric, rows: pd.DataFrame, *, seed: int = 1, confidence: float = 0.95) -> Effect:
    """Measure a model, with an interval that leaves atoms out in turn.

    Parameters
    ----------
    metric : Metric
    rows : DataFrame
        One model's on one split.
    seed : int
        Merges atoms into blocks.

    Raises
    ------
    ConfigError
        When the metric cannot be computed on these rows.
    """
    rows = rows[rows["loss"].notna()]
    found = _jackknife(lambda kept: metric.measure(rows[kept]), rows, seed, confidence)
    if len(rows) and math.isnan(found.effect):
        raise ConfigError(f"metric: {metric.name} needs records of each label; some label has none here.")
    return found


def difference(metric: Metric, a: pd.DataFrame, b: pd.DataFrame, *, seed: int = 1, confidence: float = 0.95) -> Effect:
    """Measure how much better model a is than b on the same records; above 0, a is better.

    Notes
    -----
    Paired: both lose the same blocks of atoms at a time, so what is hard for both cancels out. One more atom is
    counted as if the two differed there (Agresti & Min 2005), so that no difference on few records is no proof.
    """
    a, b = (rows[rows["loss"].notna()].sort_values("record_id", ignore_index=True) for rows in (a, b))
    sign = 1.0 if metric.larger else -1.0
    return _jackknife(
        lambda kept: sign * (metric.measure(a[kept]) - metric.measure(b[kept])), a, seed, confidence, added=1.0
    )


def _jackknife(
    measure: Callable[[NDArray[np.bool_]], float], rows: pd.DataFrame, seed: int, confidence: float, added: float = 0.0
) -> Effect:
    """Leave out blocks of atoms in turn (Efron & Tibshirani 1993, ch. 11); Student's t."""
    n = len(rows)
    if not n:
        return Effect(NAN)
    whole = measure(np.ones(n, bool))
    atoms = pd.factorize(rows["atom"])[0]
    count = int(atoms.max()) + 1
    if count < 2:
        return Effect(whole, n_a=n)
    block = merge_atoms(atoms, np.random.default_rng([seed, 0xB10C]), BLOCKS)
    blocks = int(block.max()) + 1
    left = np.array([measure(block != out) for out in range(blocks)])
    variance = float(((left - left.mean()) ** 2).sum()) * (blocks - 1) / blocks + added / count**2
    reach = float(stdtrit(blocks - 1, 0.5 + confidence / 2)) * math.sqrt(variance)
    return Effect(whole, whole - reach, whole + reach, NAN, n)


def _weighted_error(rows: pd.DataFrame, weights: Mapping[str, float]) -> float:
    return float(np.average(rows["loss"], weights=row_weights(rows, weights)))


def _averaged(rows: pd.DataFrame, positive: str | None) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a label, or their means over labels; 0 where nothing was predicted."""
    code, names = pd.factorize(np.concatenate([rows["label"].to_numpy(), rows["prediction"].to_numpy()]))
    true, said = code[: len(rows)], code[len(rows) :]
    amount = len(names)
    hits = np.bincount(true[true == said], minlength=amount)
    precision = hits / np.maximum(1, np.bincount(said, minlength=amount))
    recall = hits / np.maximum(1, np.bincount(true, minlength=amount))
    both = np.maximum(precision + recall, 1e-12)
    found = np.column_stack([precision, recall, 2 * precision * recall / both])
    if positive is not None:
        found = found[names == positive] if positive in names else np.zeros((1, 3))
    means = found.mean(axis=0)
    return float(means[0]), float(means[1]), float(means[2])


def _over_groups(rows: pd.DataFrame, by: str, measure: Measure) -> float:
    if by not in rows:
        raise ConfigError(f"metric: no column {by!r} to average over; there are {some(list(rows.columns), 12)}.")
    return float(np.mean([measure(own) for _, own in rows.groupby(by)]))


def _scorer(name: str, positive: str | None) -> Measure:
    """Return what a scorer of scikit-learn computes; nothing but its own names is looked up."""
    from sklearn.metrics import get_scorer, get_scorer_names

    if name not in get_scorer_names():
        near = [known for known in get_scorer_names() if name.split("_")[0] in known]
        raise ConfigError(
            f"metric: no {name!r}. There are {', '.join(OWN)}, and scikit-learn's scorers: {some(near, 8)}."
        )
    kept: Any = get_scorer(name)
    if getattr(kept, "_response_method", "predict") != "predict":
        return lambda rows: score_probabilities(name, kept, rows, positive)
    return lambda rows: float(
        kept._sign * kept._score_func(rows["label"].to_numpy(), rows["prediction"].to_numpy(), **kept._kwargs)
    )
