"""A model's predictions, or its errors, in; the ladder and the one thing to do next out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from prefect import flow
from prefect.artifacts import create_markdown_artifact

from flows.diagnose_rates import Diagnosis
from flows.published import find_version
from tasks.catalog.redraws import list_drawings
from tasks.config.dataset import DatasetConfig
from tasks.config.load import load_config, with_secrets
from tasks.diagnose import folder_name, note_look, read_errors, read_predictions, write_result
from tasks.diagnosis.ladder import climb
from tasks.diagnosis.levels import cells_of, levels_of, read_rates
from tasks.diagnosis.looks import expected_optimism, is_worn
from tasks.diagnosis.metrics import find_metric
from tasks.diagnosis.plain import plain_rates
from tasks.diagnosis.ranking import Place, rank, read_threshold, say_ranking
from tasks.diagnosis.rates import Rate
from tasks.diagnosis.row_weights import check_weights
from tasks.errors import ConfigError, InputError
from tasks.report.diagnosis import render_diagnosis
from tasks.report.ladder_words import ladder_values, points, tell_ladder
from tasks.report.wording import count, foreign, interval, number


@dataclass(frozen=True)
class Judging:
    """How models are judged.

    Parameters
    ----------
    metric : str
        See `tasks.diagnosis.metrics.find_metric`.
    satisfice : tuple of str
        Thresholds: `latency_ms <= 1000`.
    positive, by : str, optional
    weights : mapping of str to float
        Label, or `column:value`, -> weight, for `weighted_error`.
    model : str, optional
        The one to diagnose; all by default.
    version : int, optional
    """

    metric: str = "error"
    satisfice: tuple[str, ...] = ()
    positive: str | None = None
    by: str | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    model: str | None = None
    version: int | None = None


@flow(name="diagnose-model")
def diagnose_model(
    config: DatasetConfig | str, predictions: str, errors: str | None = None, judging: Judging | None = None
) -> Diagnosis:
    """Run `diagnose_predictions` as a flow, which leaves the ladder on its run as the artifact `ladder`."""
    found = diagnose_predictions(config, predictions, errors, judging)
    create_markdown_artifact(key="ladder", markdown=f"```\n{found.text}\n```", description="What to work on next")
    return found


def diagnose_predictions(
    config: DatasetConfig | str, predictions: str, errors: str | None = None, judging: Judging | None = None
) -> Diagnosis:
    """Diagnose models by their predictions on a published version: ladders, pages, a ranking, a look at dev counted.

    Parameters
    ----------
    config : DatasetConfig or str
        The configuration, or the path of its file.
    predictions : str
        A Parquet or CSV file, see `tasks.diagnosis.predictions.join_predictions`.
    errors : str, optional
        A file with human levels.
    judging : Judging, optional

    Raises
    ------
    MatchsetError
        When the store, the predictions or the errors cannot be used; nothing is written then, and no look counted.
    """
    settings = with_secrets(config if isinstance(config, DatasetConfig) else load_config(Path(config)))
    asked = judging or Judging()
    version = find_version(settings, asked.version)
    levels, humans, cells = read_rates(read_errors(Path(errors)) if errors else {})
    if levels:
        raise InputError(f"errors: beside predictions only human levels are read, found {', '.join(levels)}.")
    metric = find_metric(asked.metric, positive=asked.positive, weights=asked.weights, by=asked.by)
    thresholds = [read_threshold(text) for text in asked.satisfice]
    models = read_predictions(Path(predictions), version.manifest.path)
    if asked.model is not None and asked.model not in models:
        raise ConfigError(
            f"--model: no {asked.model!r} among the predictions; there are {', '.join(map(repr, models))}."
        )
    weights = asked.weights if asked.metric == "weighted_error" else {}
    check_weights(models, weights)
    ladders = {name: climb(levels_of(rows, weights), humans=humans) for name, rows in models.items()}
    split = _judged_on(models)
    on_split = {name: rows[rows["split"] == split] for name, rows in models.items()}
    places = rank(on_split, metric, thresholds, seed=settings.seed) if len(models) > 1 or thresholds else []

    looks, remarks = 0, dict.fromkeys(models, "")
    if split == "dev":
        drawings = list_drawings(pq.read_table(version.folder / "ledger.parquet"))
        looks = note_look(
            version.store.root,
            list(models),
            split=split,
            predictions=Path(predictions),
            version=version.number,
            drawing=len(drawings),
        )
        remarks = {name: _looks_words(looks, ladder.levels["dev"]) for name, ladder in ladders.items()}
    ranking = say_ranking(places, f"{metric.name} on {split}") if places else ""
    told, found = [ranking, *map(_place_words, places), ""] if places else [], []
    for name in [asked.model] if asked.model else models:
        ladder, own = ladders[name], cells | cells_of(models[name])
        page = render_diagnosis(
            name,
            ladder,
            cells=own,
            remarks=[remarks[name]] if remarks[name] else [],
            place=f": {settings.name}, version {version.number}",
            models=[_row(place) for place in places],
            ranking=ranking,
            metric=metric.name,
        )
        values = {
            "model": name,
            "version": version.number,
            **ladder_values(ladder),
            "cells": plain_rates(own),
            "looks": looks,
            "ranking": [_values(place) for place in places],
        }
        written = write_result(version.diagnosis / folder_name(name), page, values)
        told += [*([f"model {foreign(name)}"] if len(models) > 1 else []), tell_ladder(ladder)]
        told += [*([remarks[name]] if remarks[name] else []), f"report  {written}", ""]
        found.append(values)
    return Diagnosis("\n".join(told).rstrip(), found[0] if len(found) == 1 else {"models": found})


def _judged_on(models: Mapping[str, pd.DataFrame]) -> str:
    """Return the split that models are chosen on: dev, or what stands nearest to it where dev was not predicted."""
    for split in ("dev", "train-dev", "test"):
        there = [bool((rows["split"] == split).any()) for rows in models.values()]
        if all(there):
            return split
        if any(there):
            raise InputError(f"predictions: some models were asked about {split}, others not; ask all or none of them.")
    return "dev"


def _looks_words(looks: int, dev: Rate) -> str:
    luck = expected_optimism(looks, dev)
    said = f"Dev was looked at {count(looks)} time{'' if looks == 1 else 's'} since it was drawn"
    if looks > 1:
        said += f": of the best error up to {points(luck)} points may be luck"
    if is_worn(looks, dev):
        return (
            f"{said}. That is much beside {points(dev.error)} %: enlarge dev, or draw a new one "
            '(matchset redraw CONFIG --reason "dev is worn").'
        )
    return f"{said}."


def _place_words(place: Place) -> str:
    said = f"  {foreign(place.model)}  {number(place.value.effect)} {interval(place.value.ci_low, place.value.ci_high)}"
    if place.missed:
        return f"{said}  out: {'; '.join(place.missed)}"
    return f"{said}  {_beside(place)}".rstrip()


def _beside(place: Place) -> str:
    if place.beside is None:
        return ""
    said = f"the first is better by {number(place.beside.effect)} {interval(place.beside.ci_low, place.beside.ci_high)}"
    return f"{said}: cannot be told apart" if place.tied else said


def _row(place: Place) -> dict[str, str]:
    return {
        "name": place.model,
        "value": number(place.value.effect),
        "interval": interval(place.value.ci_low, place.value.ci_high),
        "beside": _beside(place),
        "thresholds": "out: " + "; ".join(place.missed) if place.missed else "kept",
    }


def _values(place: Place) -> dict[str, Any]:
    def plain(value: float) -> float | None:
        return value if value == value else None

    return {
        "model": place.model,
        "value": plain(place.value.effect),
        "ci_low": plain(place.value.ci_low),
        "ci_high": plain(place.value.ci_high),
        "missed": list(place.missed),
        "tied": place.tied,
    }
