"""A model's answers joined with the records that they are about, as sheets need them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.errors import InputError, some

EACH = "probability_"


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


def join_answers(predictions: pa.Table, records: pa.Table, *, model: str | None, where: str) -> Answered:
    """Join a model's answers with the labelled records of some splits.

    Parameters
    ----------
    predictions : pa.Table
        record_id, prediction; probability, or one column `probability_<label>` a class; model.
    records : pa.Table
        The manifest, labelled rows only; answers about other records of it are welcome and left out.
    model : str, optional
        Which model, where the file has several.
    where : str
        The file's name, for messages.

    Raises
    ------
    InputError
        For missing columns or answers, several models, records answered twice, chances outside [0, 1].
    """
    if missing := [name for name in ("record_id", "prediction") if name not in predictions.column_names]:
        raise InputError(f"{where}: column {missing[0]!r} wanted, found {some(predictions.column_names)}.")
    if "model" in predictions.column_names:
        known = sorted(str(name) for name in pc.unique(predictions["model"]).to_pylist())
        if model is None and len(known) > 1:
            raise InputError(f"{where}: answers of {len(known)} models ({some(known)}). Choose one: --model {known[0]}")
        if model is not None and model not in known:
            raise InputError(f"{where}: no answer of model {model!r}; it has {some(known)}.")
        if model is not None:
            predictions = predictions.filter(pc.equal(pc.cast(predictions["model"], pa.string()), model))
    ids = pc.cast(predictions["record_id"], pa.string()).combine_chunks()
    inside = pc.is_in(ids, value_set=records["record_id"].combine_chunks())
    predictions, ids = predictions.filter(inside), ids.filter(inside)
    if not len(ids):
        raise InputError(f"{where}: it answers no labelled record of the splits that are asked about.")
    if twice := [row["values"] for row in pc.value_counts(ids).to_pylist() if row["counts"] > 1]:
        raise InputError(f"{where}: {len(twice):,} records are answered twice: {some(sorted(twice))}. Keep one answer.")
    if (gone := predictions["prediction"].null_count) > 0:
        raise InputError(f"{where}: {gone:,} answers are empty. Fill in what the model says.")
    place = pc.index_in(records["record_id"], value_set=ids)
    answered = pc.is_valid(place)
    places = place.filter(answered)
    answers = [_word(value) for value in predictions["prediction"].take(places).to_pylist()]
    confidence = _confidence(predictions.take(places), answers, where)
    return Answered(records.filter(answered), tuple(answers), confidence)


def _word(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _confidence(predictions: pa.Table, answers: list[str], where: str) -> NDArray[np.float64]:
    found = np.full(len(answers), np.nan)
    if "probability" in predictions.column_names:
        found = np.asarray(pc.cast(predictions["probability"], pa.float64()).to_numpy(), np.float64)
    elif any(name.startswith(EACH) for name in predictions.column_names):
        for label in set(answers):
            if EACH + label in predictions.column_names:
                of_label = pc.cast(predictions[EACH + label], pa.float64()).to_numpy()
                here = np.array([answer == label for answer in answers])
                found[here] = of_label[here]
    if ((found < 0) | (found > 1 + 1e-9)).any():
        raise InputError(f"{where}: a probability lies in 0 to 1; found {np.nanmin(found):g} to {np.nanmax(found):g}.")
    return found
