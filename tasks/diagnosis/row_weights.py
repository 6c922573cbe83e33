"""What a record counts in a weighted error: by its label, or by what a column says of it, such as a tag."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.errors import ConfigError, some

Floats = NDArray[np.float64]


def row_weights(rows: pd.DataFrame, weights: Mapping[str, float]) -> Floats:
    """Return what each row counts.

    Parameters
    ----------
    rows : DataFrame
        Column `label`, and others by name.
    weights : mapping of str to float
        Label -> weight, or `column:value` -> weight: `{"offensive": 10, "country:at": 2, "blurred:1": 0.5}`.

    Returns
    -------
    ndarray of float64, shape (n,)
        1 where nothing is named; where several names fit a row, the largest of their weights.

    Raises
    ------
    ConfigError
        When every weight is 0 for these rows.
    """
    found = np.full(len(rows), np.nan)
    for name, weight in weights.items():
        fits = _fits(rows, name)
        if fits is not None:
            found[fits] = np.fmax(found[fits], weight)
    found = np.where(np.isnan(found), 1.0, found)
    if len(found) and not found.any():
        raise ConfigError("--weight: every record of a split weighs 0, so there is nothing to count.")
    return found


def check_weights(models: Mapping[str, pd.DataFrame], weights: Mapping[str, float]) -> None:
    """Refuse names that no record of any model has: a slip would weigh nothing, and nobody would notice.

    Raises
    ------
    ConfigError
    """
    for name in weights:
        fits = [_fits(rows, name) for rows in models.values()]
        if any(found is not None and found.any() for found in fits):
            continue
        rows = next(iter(models.values()))
        column, _, value = name.rpartition(":")
        if column in rows:
            held = some(sorted(set(_words(rows[column].dropna()))), 8)
            said = f"column {column!r} is nowhere {value!r}; it holds {held}"
        else:
            labels = some(sorted(set(_words(rows["label"].dropna()))), 8) if "label" in rows else "several a record"
            said = f"no label {name!r}; labels are {labels}. Name another column as column:value=W"
        raise ConfigError(f"--weight: {said}.")


def _fits(rows: pd.DataFrame, name: str) -> NDArray[np.bool_] | None:
    """Return where a name fits; None where there is no such column."""
    if "label" in rows:
        own = (_words(rows["label"]) == name).to_numpy(bool)
        if own.any() or ":" not in name:
            return np.asarray(own)
    column, _, value = name.rpartition(":")
    return np.asarray((_words(rows[column]) == value).to_numpy(bool)) if column in rows else None


def _words(column: pd.Series) -> pd.Series:
    """Write values as people would: 1 for 1.0, true for True."""
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "true", False: "false"})
    if pd.api.types.is_float_dtype(column):
        return column.map(lambda value: f"{value:g}")
    return column.astype(str)
