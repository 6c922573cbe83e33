"""A model's predictions beside what is known of their records: checked as a whole before anything is computed."""

import numpy as np
import pandas as pd
import pyarrow as pa

from tasks.catalog.labels import labels_in
from tasks.errors import InputError, some

PROBABILITY = "probability_"
PREDICTION = "prediction_"
SUM_OFF = 0.01
"""Probabilities that were rounded to two decimals still add up to 1 within this, for few classes."""
JUDGED = ("train-dev", "dev", "test")
TOLD = ("domain", "input", "group")
"""What is known of each record, for metrics by column."""


def join_predictions(table: pa.Table, manifest: pa.Table) -> dict[str, pd.DataFrame]:
    """Check predictions and put them beside their records, model by model.

    Parameters
    ----------
    table : pa.Table
        Columns `record_id`, `prediction`; optionally `model`, `probability` (of what was predicted) or
        `probability_<label>` (of each; `prediction` may then be missing), and numbers of any other name, such as
        `latency_ms`. Of several labels `prediction_<label>` of 0 and 1 in place of `prediction`.
    manifest : pa.Table
        A version's manifest.

    Returns
    -------
    dict of str to DataFrame
        Model -> its rows in the manifest's order: what the table holds, `loss` (0 or 1; of several labels the share of
        wrong ones among those known; of a number the squared error in variances of all known labels; NaN without a
        label), and the manifest's label, domain, input, group, atom, split and synthetic. One model without a name is
        "model".

    Raises
    ------
    InputError
        For missing columns and values, unknown or repeated records, probabilities that are none, labels that no record
        has, a split of which only a part was predicted (train may be), and predictions for train alone.
    """
    labels = labels_in(manifest.schema)
    told = [name for name in TOLD if name in manifest.column_names]
    known = manifest.select(labels.spread(["record_id", "label", *told, "atom", "split", "synthetic"])).to_pandas()
    frame = table.to_pandas()
    wanted = [PREDICTION + name for name in labels.names] or ["prediction"]
    chances = [name for name in frame.columns if name.startswith(PROBABILITY)]
    if chances and wanted == ["prediction"] and "prediction" not in frame:
        _insist_on_chances(frame, chances)
        frame["prediction"] = frame[chances].to_numpy().argmax(axis=1)
        frame["prediction"] = [chances[place].removeprefix(PROBABILITY) for place in frame["prediction"]]
    if missing := [name for name in ("record_id", *wanted) if name not in frame]:
        raise InputError(
            f"predictions: column {some(missing)} is missing; found {some(list(frame.columns), 8)}. "
            "A row a record: record_id, prediction; model and probability if you have them."
        )
    if not len(frame):
        raise InputError("predictions: the file has no rows.")
    frame["record_id"] = _words(frame["record_id"], "record_id")
    if labels.kind == "class":
        frame["prediction"] = _words(frame["prediction"], "prediction")
    else:
        for name in wanted:
            frame[name] = _numbers(frame, name)
    frame["model"] = _words(frame["model"], "model") if "model" in frame else "model"
    for name in ["probability"] if "probability" in frame else []:
        values = _numbers(frame, name)
        _insist(frame, (values < 0) | (values > 1), f"{name}: a probability lies between 0 and 1")
    if chances:
        _insist_on_chances(frame, chances)
    twice = frame.duplicated(["model", "record_id"])
    _insist(
        frame,
        twice.to_numpy(),
        "a record is predicted once a model; some are there twice. Name the models in a column `model`",
    )
    _insist(
        frame,
        ~frame["record_id"].isin(known["record_id"]).to_numpy(),
        f"records that this version does not have (its ids look like {known['record_id'].iloc[0]!r}). "
        "Predict what lies under data/ of the version that is diagnosed, or name that version",
    )
    if labels.kind == "class":
        there = set(known["label"].dropna())
        if strange := sorted(set(frame["prediction"]) - there):
            raise InputError(
                f"predictions: labels that no record has: {some(strange)}. Known are {some(sorted(there))}. "
                "Predict labels by name, not by number."
            )
    clash = [name for name in frame.columns if name in known.columns and name != "record_id"]
    joined = known.merge(frame.drop(columns=clash), on="record_id", how="inner", validate="one_to_many", sort=False)
    joined["loss"] = _losses(joined, labels.kind, labels.names, known)
    models = {str(name): rows.reset_index(drop=True) for name, rows in joined.groupby("model", sort=True)}
    for name, rows in models.items():
        _insist_on_splits(name, rows, known)
    return models


def _losses(rows: pd.DataFrame, kind: str, names: tuple[str, ...], known: pd.DataFrame) -> np.ndarray:
    if kind == "several":
        true = rows[[f"label_{name}" for name in names]].to_numpy(np.float64)
        said = rows[[PREDICTION + name for name in names]].to_numpy(np.float64)
        counted = np.isfinite(true)
        wrong = ((said > 0.5) != (true > 0.5)) & counted
        with np.errstate(invalid="ignore"):
            return np.asarray(wrong.sum(axis=1) / np.where(counted.any(axis=1), counted.sum(axis=1), np.nan))
    if kind == "number":
        spread = float(np.nanvar(known["label"].to_numpy(np.float64))) or 1.0
        return np.asarray((rows["prediction"].to_numpy(np.float64) - rows["label"].to_numpy(np.float64)) ** 2 / spread)
    wrong = (rows["prediction"] != rows["label"]).to_numpy(np.float64)
    return np.where(rows["label"].isna(), np.nan, wrong)


def _insist_on_splits(model: str, rows: pd.DataFrame, known: pd.DataFrame) -> None:
    counts = rows["split"].value_counts()
    if not any(split in counts for split in JUDGED):
        raise InputError(
            f"predictions: model {model!r} was asked about train alone, where a model knows the answers. "
            "Predict train-dev and dev too (and test, once a model is chosen)."
        )
    for split in JUDGED:
        all_of = known[known["split"] == split]
        if split in counts and counts[split] < len(all_of):
            missing = all_of.loc[~all_of["record_id"].isin(rows["record_id"]), "record_id"].tolist()
            raise InputError(
                f"predictions: model {model!r} was asked about {counts[split]:,} of {len(all_of):,} records of {split};"
                f" an error on a part says nothing of the whole. Missing: {some(missing)}."
            )


def _insist_on_chances(frame: pd.DataFrame, columns: list[str]) -> None:
    values = np.column_stack([_numbers(frame, name) for name in columns])
    outside = np.asarray(((values < 0) | (values > 1)).any(axis=1))
    _insist(frame, outside, "a probability lies between 0 and 1")
    off = np.asarray(np.abs(values.sum(axis=1) - 1) > SUM_OFF)
    _insist(frame, off, f"the columns {PROBABILITY}<label> of a record add up to 1")


def _insist(frame: pd.DataFrame, wrong: np.ndarray, said: str) -> None:
    if wrong.any():
        ids = frame.loc[wrong, "record_id"].tolist()
        raise InputError(f"predictions: {said}. In {len(ids):,} of {len(frame):,} rows: {some(ids)}.")


def _words(column: pd.Series, name: str) -> pd.Series:
    if empty := int(column.isna().sum()):
        raise InputError(f"predictions: column {name} is empty in {empty:,} of {len(column):,} rows.")
    whole = pd.api.types.is_float_dtype(column) and bool((column == column.round()).all())
    return (column.astype(np.int64) if whole else column).astype(str)


def _numbers(frame: pd.DataFrame, name: str) -> np.ndarray:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64)
    _insist(frame, ~np.isfinite(values), f"column {name} holds a number in each row; NaN, infinite or text found")
    return np.asarray(values)
