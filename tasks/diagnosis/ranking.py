"""Which of several models to take: one metric to optimise, any number of thresholds to keep."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from tasks.diagnosis.metrics import Metric, difference, score
from tasks.errors import ConfigError, some
from tasks.shift.measurements import Effect

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_FORM = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|<|>)\s*(-?[\d.]+(?:[eE]-?\d+)?)\s*")


@dataclass(frozen=True)
class Threshold:
    """What a model has to keep, such as `latency_ms <= 1000`."""

    column: str
    sign: str
    limit: float

    def keeps(self, value: float) -> bool:
        """Whether a value keeps it."""
        return _COMPARED[self.sign](value, self.limit)

    def __str__(self) -> str:
        """Say it as it is written."""
        return f"{self.column} {self.sign} {self.limit:g}"


@dataclass(frozen=True)
class Place:
    """A model's place.

    Parameters
    ----------
    model : str
    value : Effect
    missed : tuple of str
        Thresholds that it misses, with what it has: such a model is out, however good.
    beside : Effect or None
        How much better the first is; None for the first and for those that are out.
    tied : bool
        It cannot be told from the first.
    """

    model: str
    value: Effect
    missed: tuple[str, ...]
    beside: Effect | None
    tied: bool


def read_threshold(text: str) -> Threshold:
    """Read `latency_ms <= 1000`.

    Raises
    ------
    ConfigError
        When it is not of that form.
    """
    found = _FORM.fullmatch(text)
    try:
        return Threshold(found[1], found[2], float(found[3]))  # type: ignore[index]
    except (TypeError, ValueError):
        raise ConfigError(
            f"--satisfice: 'latency_ms <= 1000' wanted (a column, <= or >=, a number), found {text!r}."
        ) from None


def rank(
    models: Mapping[str, pd.DataFrame], metric: Metric, thresholds: Sequence[Threshold] = (), *, seed: int = 1
) -> list[Place]:
    """Rank models on the same records.

    Parameters
    ----------
    models : mapping of str to DataFrame
        Model -> its rows on one split, the same records for each.
    metric : Metric
        The one to optimise.
    thresholds : sequence of Threshold
        Each on the mean of a numeric column.

    Returns
    -------
    list of Place
        Those that keep every threshold first, best first.

    Raises
    ------
    ConfigError
        When a column is missing or holds no numbers.

    Notes
    -----
    Whoever is compared with the first is so with an interval that holds for all of them together (Bonferroni).
    """
    values = {name: score(metric, rows, seed=seed) for name, rows in models.items()}
    missed = {name: tuple(_missed(name, rows, thresholds)) for name, rows in models.items()}
    sign = -1.0 if metric.larger else 1.0
    order = sorted(models, key=lambda name: (bool(missed[name]), sign * values[name].effect, name))
    best, places = order[0], []
    rivals = sum(not missed[name] for name in order) - 1
    for name in order:
        beside = None
        if name != best and not missed[name]:
            beside = difference(metric, models[best], models[name], seed=seed, confidence=1 - 0.05 / max(1, rivals))
        places.append(Place(name, values[name], missed[name], beside, beside is not None and not beside.ci_low > 0))
    return places


def say_ranking(places: Sequence[Place], metric: str) -> str:
    """Say which model to take, and which cannot be told from it."""
    kept = [place for place in places if not place.missed]
    out = len(places) - len(kept)
    rest = f" {out} missed a threshold." if out else ""
    if not kept:
        return "No model keeps every threshold."
    tied = [place.model for place in kept if place.tied]
    if tied:
        return f"{kept[0].model} looks best by {metric}, but these rows cannot tell it from {some(tied)}.{rest}"
    return f"Take {kept[0].model}: best by {metric}{', surely' if len(kept) > 1 else ''}.{rest}"


def _missed(model: str, rows: pd.DataFrame, thresholds: Sequence[Threshold]) -> list[str]:
    found = []
    for threshold in thresholds:
        if threshold.column not in rows:
            raise ConfigError(f"--satisfice: model {model!r} has no column {threshold.column!r} in its predictions.")
        value = pd.to_numeric(rows[threshold.column], errors="coerce").mean()
        if not value == value:
            raise ConfigError(f"--satisfice: column {threshold.column!r} of model {model!r} holds no numbers.")
        if not threshold.keeps(float(value)):
            found.append(f"{threshold}: {value:g}")
    return found
