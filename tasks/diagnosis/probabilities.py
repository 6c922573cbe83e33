"""Scorers of scikit-learn that judge probabilities, on a model's rows."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.diagnosis.predictions import PROBABILITY
from tasks.errors import ConfigError

ONE_LABEL = "average_precision"
"""Of two labels it says another thing of each, so somebody has to name one."""
TWO_LABELS = "roc_auc"


def score_probabilities(name: str, scorer: Any, rows: pd.DataFrame, positive: str | None) -> float:
    """Return what a scorer says of the chances that a model gave.

    Parameters
    ----------
    name : str
        The scorer's.
    scorer : sklearn scorer
        One that judges probabilities.
    rows : DataFrame
        Columns `label` and `probability_<label>` of each; of two labels `prediction` and `probability` will do.
    positive : str, optional
        The label that it is about: this one against all others.

    Returns
    -------
    float
        Larger is better, as scikit-learn's scorers have it; NaN where a label is missing that it needs.

    Raises
    ------
    ConfigError
        When there are no chances, or the scorer needs fewer labels.
    """
    names, chances = _chances(name, rows)
    true = rows["label"].to_numpy(str)
    if positive is not None and positive not in names:
        raise ConfigError(f"--positive: no column {PROBABILITY}{positive}; there are chances of {', '.join(names)}.")
    if positive is None and len(names) == 2 and name != ONE_LABEL:
        positive = names[1]
    if positive is not None:
        holds = true == positive
        if holds.all() or not holds.any():
            return float("nan")
        return _told(scorer, holds, chances[:, names.index(positive)])
    if name == ONE_LABEL:
        raise ConfigError(f"metric: {name!r} is about one label; name it with --positive.")
    if name == TWO_LABELS:
        raise ConfigError(f"metric: {name!r} is about two labels; name roc_auc_ovr, or one label with --positive.")
    if set(names) - set(true):
        return float("nan")
    return _told(scorer, true, chances, labels=names)


def _told(scorer: Any, true: NDArray[Any], chances: NDArray[np.float64], **more: Any) -> float:
    return float(scorer._sign * scorer._score_func(true, chances, **scorer._kwargs, **more))


def _chances(name: str, rows: pd.DataFrame) -> tuple[list[str], NDArray[np.float64]]:
    """Return labels in order, and the chance of each, (n, k); rows add up to 1 but for rounding."""
    columns = sorted(column for column in rows.columns if column.startswith(PROBABILITY))
    if columns:
        chances = rows[columns].to_numpy(np.float64)
        names = [column.removeprefix(PROBABILITY) for column in columns]
        return names, chances / chances.sum(axis=1, keepdims=True)
    if "probability" in rows and "label" in rows:
        names = sorted(set(rows["label"].astype(str)) | set(rows["prediction"].astype(str)))
        if len(names) == 2:
            second = (rows["prediction"].astype(str) == names[1]).to_numpy()
            own = rows["probability"].to_numpy(np.float64)
            chance = np.where(second, own, 1 - own)
            return names, np.column_stack([1 - chance, chance])
    raise ConfigError(
        f"metric: {name!r} judges probabilities: the predictions need a column {PROBABILITY}<label> for each label "
        "(of two labels `probability`, of the one predicted, will do)."
    )
