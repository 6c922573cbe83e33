"""The levels of the ladder from a model's rows, and from rates that somebody wrote down."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tasks.diagnosis.ladder import LEVELS
from tasks.diagnosis.rates import Rate, counted, measured
from tasks.diagnosis.row_weights import row_weights
from tasks.errors import InputError, some

NAMES = {"train": "train", "train_dev": "train-dev", "train-dev": "train-dev", "dev": "dev", "test": "test"}
TABLE = ("human_target", "train_target")
"""What the two-way table has besides the levels: people, and a model, on target records; the model has seen them."""


def levels_of(rows: pd.DataFrame, weights: Mapping[str, float] | None = None) -> dict[str, Rate]:
    """Measure a model's error on each split; train without its synthetic records, as train-dev is.

    Parameters
    ----------
    rows : DataFrame
        One model's, of `tasks.diagnosis.predictions.join_predictions`.
    weights : mapping of str to float, optional
        What records count, see `tasks.diagnosis.row_weights.row_weights`.
    """
    found = {}
    for split in LEVELS[1:]:
        own = rows[(rows["split"] == split) & ~rows["synthetic"].astype(bool) & rows["loss"].notna()]
        if len(own):
            found[split] = weighted(own, weights or {})
    return found


def cells_of(rows: pd.DataFrame) -> dict[str, Rate]:
    """Measure what the two-way table has besides: the error on target records that the model was trained on."""
    own = rows[(rows["split"] == "train") & (rows["domain"] == "target") & ~rows["synthetic"].astype(bool)]
    own = own[own["loss"].notna()]
    return {"train_target": weighted(own, {})} if len(own) else {}


def weighted(rows: pd.DataFrame, weights: Mapping[str, float]) -> Rate:
    """Measure an error in which some records count more: a mean of losses times weight / mean weight.

    Notes
    -----
    Its deviation is that of a ratio by atoms (linearised), for the mean weight varies with the rows too.
    """
    loss, atoms = rows["loss"].to_numpy(np.float64), pd.factorize(rows["atom"])[0]
    if not weights:
        return measured(loss, atoms)
    weight = row_weights(rows, weights)
    error = float(np.average(loss, weights=weight))
    around = measured(error + weight * (loss - error) / weight.mean(), atoms)
    return Rate(error, len(loss), atoms=around.atoms, deviation=around.deviation)


def read_rates(given: Any) -> tuple[dict[str, Rate], dict[str, Rate], dict[str, Rate]]:
    """Read rates as people write them down.

    Parameters
    ----------
    given : mapping
        `{human: {error: 0.01, n: 20000}, train: ..., train_dev: ..., dev: ..., test: ...}`. `human` may hold several
        levels by name; its `n` may be missing, and then it is taken as exact.

    Returns
    -------
    tuple of three dict of str to Rate
        Levels, human levels, and the further cells of the two-way table (`TABLE`).

    Raises
    ------
    InputError
        For unknown names, and for what is no rate.
    """
    if not isinstance(given, Mapping):
        raise InputError(
            f"errors: a mapping of levels wanted, such as dev: {{error: 0.1, n: 500}}; found {given!r:.80}."
        )
    if unknown := [str(name) for name in given if name not in (*NAMES, *TABLE, "human")]:
        raise InputError(
            f"errors: {some(unknown)} is no level; they are human, {', '.join(NAMES)}, {', '.join(TABLE)}."
        )
    people = given.get("human") or {}
    if isinstance(people, Mapping) and "error" in people:
        people = {"human": people}
    if not isinstance(people, Mapping):
        raise InputError(
            f"errors: human: {{error: 0.01, n: 1000}} wanted, or several such by name; found {people!r:.80}."
        )
    humans = {str(name): _rate(rate, f"human {name}", free=True) for name, rate in people.items()}
    levels = {NAMES[name]: _rate(given[name], name) for name in NAMES if name in given}
    cells = {name: _rate(given[name], name, free=name.startswith("human")) for name in TABLE if name in given}
    return levels, humans, cells


def _rate(given: Any, name: str, *, free: bool = False) -> Rate:
    if not isinstance(given, Mapping) or "error" not in given or set(given) - {"error", "n"}:
        raise InputError(f"errors: {name}: {{error: 0.1, n: 500}} wanted, found {given!r:.80}.")
    if given.get("n") is None and not free:
        raise InputError(
            f"errors: {name}: n is missing: the rows that were judged; without it nobody knows how sure it is."
        )
    return counted(given["error"], given.get("n"), name=f"errors: {name}")
