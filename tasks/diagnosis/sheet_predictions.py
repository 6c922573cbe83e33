"""A model's answers about the records of a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.diagnosis.predictions import PROBABILITY
from tasks.errors import InputError, some


@dataclass(frozen=True)
class Answered:
    """Records that a model answered, in the order of the records.

    Parameters
    ----------
    records : pa.Table, n rows
        The manifest's columns.
    prediction : tuple of str, n
    confidence : ndarray of float64, shape (n,)
        The chance that the model gave its answer; NaN where it gave none.
    """

    records: pa.Table
    prediction: tuple[str, ...]
    confidence: NDArray[np.float64]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Where the answer is not the label, shape (n,)."""
        labels = self.records["label"].to_pylist()
        return np.array([answer != label for answer, label in zip(self.prediction, labels, strict=True)], bool)

    def take(self, chosen: NDArray[np.bool_]) -> "Answered":
        """Keep some records."""
        places = np.flatnonzero(chosen)
        answers = tuple(self.prediction[place] for place in places.tolist())
        return Answered(self.records.take(pa.array(places)), answers, self.confidence[places])


def choose_model(models: Mapping[str, pd.DataFrame], wanted: str | None) -> str:
    """Return the model that a sheet is about: the one wanted, or the only one.

    Raises
    ------
    InputError
        When there are several, or not the one that is wanted.
    """
    if wanted is None and len(models) > 1:
        first = min(models)
        raise InputError(
            f"predictions: answers of {len(models)} models ({some(sorted(models))}). Choose one: --model {first}"
        )
    if wanted is not None and wanted not in models:
        raise InputError(f"predictions: no answer of model {wanted!r}; there are {some(sorted(models))}.")
    return wanted or next(iter(models))


def answers_about(records: pa.Table, rows: pd.DataFrame) -> Answered:
    """Return a model's answers about some records; it may have been asked about others, too, and not about all.

    Parameters
    ----------
    records : pa.Table
        The manifest's labelled records of the splits in question.
    rows : DataFrame
        A model's rows, from `tasks.diagnosis.predictions.join_predictions`.

    Raises
    ------
    InputError
        When it answers none of them.
    """
    about = rows.set_index("record_id")
    answered = pc.is_in(records["record_id"], value_set=pa.array(about.index, pa.string()))
    records = records.filter(answered)
    if not records.num_rows:
        raise InputError("predictions: no labelled record of the splits that are asked about is answered.")
    about = about.loc[records["record_id"].to_pylist()]
    return Answered(records, tuple(about["prediction"]), _confidence(about))


def _confidence(rows: pd.DataFrame) -> NDArray[np.float64]:
    if "probability" in rows:
        return rows["probability"].to_numpy(np.float64)
    found = np.full(len(rows), np.nan)
    for label in rows["prediction"].unique():
        if PROBABILITY + label in rows:
            said = (rows["prediction"] == label).to_numpy()
            found[said] = rows.loc[said, PROBABILITY + label]
    return found
