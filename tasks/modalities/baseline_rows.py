"""The baseline from files to files: rows that were seen in; predictions, errors, a curve, a trial of transfer out."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.catalog.atomic import write_table, write_text
from tasks.catalog.schema import SPLITS
from tasks.diagnosis.first_system import PUBLISHED, REAL, build_first, mixtures_of, probabilities
from tasks.diagnosis.ladder import climb
from tasks.diagnosis.learning_curve import FARTHEST, fit_curve, rows_needed
from tasks.diagnosis.mixture import ORIGINS, TARGET, VARIED, target_weight
from tasks.diagnosis.plain import finite, plain_ladder
from tasks.diagnosis.rates import measured
from tasks.diagnosis.shares import usual_share
from tasks.diagnosis.taught_sizes import sum_up_trials, try_sizes
from tasks.diagnosis.transfer import advise_transfer, try_transfer
from tasks.modalities.baseline_seen import Floats, Seen, load_seen
from tasks.shift.measurements import Effect

PREDICTIONS = {PUBLISHED: "predictions.parquet", REAL: "predictions-real.parquet"}
"""What each model answers; the second only where there are synthetic records to leave out."""
MODEL = {PUBLISHED: "baseline", REAL: "baseline-real"}
FOUND = "found.json"


def train_first(out: Path, seen: Sequence[Path], *, rows: Mapping[str, int], seed: int, **how: Any) -> dict[str, Any]:
    """Train the baseline with and without synthetic records: predictions of both, and `found.json`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    seen : sequence of Path
    rows : mapping of str to int
        What the version holds, by split and origin.
    seed : int
    **how
        See `load_seen`.
    """
    it = load_seen(seen, linear=False, seed=seed, **how)
    at = np.flatnonzero(it.taught)
    train = it.rows.take(at)
    totals = _totals(it, rows)
    answered = {name: it.answered(name) for name in SPLITS if len(it.asked(name))}
    judged = {name: it.rows.take(rows_of) for name, rows_of in answered.items()}
    counts = {name: np.isin(rows_of, it.asked(name)) for name, rows_of in answered.items()}
    found = build_first(train, it.weights[at], totals, judged, counts, seed=seed, learner=it.learner)
    ladders: dict[str, Any] = {}
    for lane, by_split in found.scores.items():
        rates = {}
        for split, scores in by_split.items():
            losses = judged[split].targets.losses(scores)[counts[split]]
            rates[split] = measured(losses, judged[split].atoms[counts[split]])
        ladders[lane] = plain_ladder(climb(rates))
        parts = [_predictions(it, answered[split], scores) for split, scores in by_split.items()]
        table = pa.concat_tables(parts)
        table = table.append_column("model", pa.array([MODEL[lane]] * table.num_rows, pa.string()))
        write_table(table, out / PREDICTIONS[lane])
    mixtures = mixtures_of(train, totals)
    told = {
        "kind": it.rows.targets.kind,
        "judge": it.judge,
        "taught": {name: int((train.origin == place).sum()) for place, name in enumerate(ORIGINS)},
        "shares": {lane: dict(zip(ORIGINS, mixture.shares, strict=True)) for lane, mixture in mixtures.items()},
        "ladders": ladders,
        "errors": {lane: {s: effect_told(e) for s, e in by.items()} for lane, by in found.errors.items()},
        "gains": {split: effect_told(effect) for split, effect in found.gains.items()},
        "lent": int(it.fitted_to.sum()),
    }
    return _written(out, told)


def draw_curve(
    out: Path,
    seen: Sequence[Path],
    *,
    rows: Mapping[str, int],
    wanted: float | None,
    seed: int,
    progress: Callable[[str], None] | None = None,
    **how: Any,
) -> dict[str, Any]:
    """Draw learning curves over all real rows of train, and over those of the target: `found.json`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    seen : sequence of Path
    rows : mapping of str to int
        What the version holds, by split and origin.
    wanted : float, optional
        The error to reach.
    seed : int
    progress : callable str -> None, optional
    **how
        See `load_seen`.
    """
    it = load_seen(seen, linear=False, seed=seed, **how)
    at = np.flatnonzero(it.taught)
    train, weights = it.rows.take(at), it.weights[at]
    dev = it.rows.take(it.asked("dev"))
    real, own = it.real[at], np.isin(train.origin, (TARGET, VARIED))
    mixture = mixtures_of(train, _totals(it, rows))[PUBLISHED]
    curves: dict[str, Any] = {}
    for name, varies in (("train", np.ones(len(at), bool)), ("target in train", own)):
        counted = real & varies
        if name != "train" and not 0 < counted.sum() < real.sum():
            continue  # there is nothing of the target, or nothing else: the first curve says it all

        def teach(counts: Floats) -> Floats:
            (model,) = it.learner(train.features, train.targets, train.origin, counts * weights, [mixture])
            return dev.targets.losses(model.predict(dev.features))

        try:
            trials = try_sizes(
                teach, train.atoms, train.origin, varies, counted, dev.atoms, seed=seed, progress=progress
            )
        except ValueError as error:
            curves[name] = {"refused": str(error)}
            continue
        curves[name] = _curve_told(trials, wanted)
    return _written(out, {"kind": it.rows.targets.kind, "wanted": wanted, "curves": curves, "dev": len(dev.atoms)})


def _curve_told(trials: Any, wanted: float | None) -> dict[str, Any]:
    curve = fit_curve(sum_up_trials(trials))
    points, most = curve.points, float(trials.pool)
    ahead = [most * factor for factor in (2.0, 4.0, 10.0)]
    drawn = np.geomspace(float(points.rows.min()), 10 * most, 40).tolist()
    told: dict[str, Any] = {
        "rows": points.rows.tolist(),
        "errors": points.errors.tolist(),
        "deviations": np.sqrt(np.diag(points.covariance)).tolist(),
        "floor": curve.floor,
        "scale": curve.scale,
        "power": curve.power,
        "misfit": curve.misfit,
        "by_atoms": points.by_atoms,
        "most": most,
        "levels_off": span_told(curve.error_span(FARTHEST * most)),
        "ahead": [{"rows": rows} | span_told(curve.error_span(rows)) for rows in ahead],
        "drawn": [{"rows": rows} | span_told(curve.error_span(rows)) for rows in drawn],
        "needed": None,
    }
    if wanted is not None:
        needed = rows_needed(curve, wanted)
        told["needed"] = {"wanted": wanted, "state": needed.state} | span_told(needed.rows)
    return told


def compare_transfer(out: Path, seen: Sequence[Path], *, seed: int, **how: Any) -> dict[str, Any]:
    """Pretrain on the source, fine-tune on the target, beside the target alone and the mixture: `found.json`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    seen : sequence of Path
    seed : int
    **how
        See `load_seen`.
    """
    it = load_seen(seen, linear=True, seed=seed, **how)
    at = np.flatnonzero(it.taught & it.real)
    train = it.rows.take(at)
    own = train.origin == TARGET
    counts = {"source": int((~own).sum()), "target": int(own.sum())}
    # As a version without synthetic records weighs them: the target has half, unless there is as much of it.
    weights = np.where(own, target_weight(counts, usual_share(counts)), 1.0)
    advice = advise_transfer(counts["source"], counts["target"])
    told: dict[str, Any] = {"kind": it.rows.targets.kind, "advice": asdict(advice), "tried": None, "refused": None}
    try:
        tried = try_transfer(train, own, weights, it.rows.take(it.asked("dev")), seed=seed)
    except ValueError as error:
        told["refused"] = str(error)
    else:
        told["tried"] = {
            "errors": {lane: effect_told(effect) for lane, effect in tried.errors.items()},
            "against": {lane: effect_told(effect) for lane, effect in tried.against.items()},
            "states": tried.states,
            "strength": tried.strength,
        }
    return _written(out, told)


def effect_told(effect: Effect) -> dict[str, float | int | None]:
    """Return an effect as JSON can say it."""
    ends = {"effect": effect.effect, "low": effect.ci_low, "high": effect.ci_high}
    told: dict[str, float | int | None] = {name: finite(value) for name, value in ends.items()}
    return told | {"taught": effect.n_a, "n": effect.n_b}


def span_told(span: Any) -> dict[str, float | None]:
    """Return a span as JSON can say it; null is infinite."""
    ends = {"value": span.value, "low": span.low, "high": span.high}
    return {name: finite(value) for name, value in ends.items()}


def _totals(it: Seen, rows: Mapping[str, int]) -> Floats:
    """Return the published weight of train by origin: all rows of an origin weigh what those that were seen do."""
    totals = np.zeros(len(ORIGINS))
    for place, name in enumerate(ORIGINS):
        own = it.taught & (it.rows.origin == place)
        if own.any():
            totals[place] = float(it.weights[own].mean()) * rows.get(f"train/{name}", int(own.sum()))
    return totals


def _predictions(it: Seen, chosen: NDArray[np.int64], scores: Floats) -> pa.Table:
    """Return record_id, prediction, and the probability of a predicted class; several labels have a column each."""
    columns: dict[str, Any] = {"record_id": it.identity["record_id"].take(pa.array(chosen))}
    taught = it.identity.filter(pa.array(it.taught & it.real))
    if it.labels.kind == "class":
        names = _class_names(it)
        best = scores.argmax(axis=1)
        columns["prediction"] = pa.array([names[place] for place in best.tolist()], pa.string())
        columns["probability"] = probabilities(scores)[np.arange(len(best)), best]
    elif it.labels.kind == "number":
        known = taught["label"].to_numpy().astype(np.float64)
        known = known[np.isfinite(known)]
        columns["prediction"] = scores[:, 0] * (float(known.std()) or 1.0) + float(known.mean())
    else:
        place = 0
        for name in it.labels.names:
            answers = pc.unique(taught[f"label_{name}"].drop_null()).to_pylist()
            given = np.full(
                len(chosen), float(answers[0]) if answers else 0.0
            )  # a label of one answer teaches no other
            if len(answers) > 1:
                given, place = scores[:, place], place + 1
            columns[f"prediction_{name}"] = pa.array((given > 0.5).astype(np.int8))
    return pa.table(columns)


def _class_names(it: Seen) -> list[str]:
    """Name the columns of the targets: each row that holds one tells its name."""
    labels = it.identity["label"].to_pylist()
    first = it.rows.targets.values.argmax(axis=0).tolist()
    return [str(labels[row]) for row in first]


def _written(out: Path, told: dict[str, Any]) -> dict[str, Any]:
    write_text(json.dumps(told, indent=1, allow_nan=False), out / FOUND)
    return {"kind": told["kind"]}
