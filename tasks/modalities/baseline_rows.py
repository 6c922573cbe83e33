"""The baseline from files to files: rows that were seen in; predictions, errors, a curve, a trial of transfer out."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.catalog.atomic import write_table, write_text
from tasks.catalog.labels import Labels, has_labels, label_array, labels_in
from tasks.catalog.schema import DESCRIPTOR, SPLITS, WEIGHT
from tasks.diagnosis.baseline import fit_linear
from tasks.diagnosis.boosting import boosting, fit_bins
from tasks.diagnosis.first_system import PUBLISHED, REAL, build_first, mixtures_of, probabilities
from tasks.diagnosis.ladder import Ladder, climb
from tasks.diagnosis.learning_curve import FARTHEST, fit_curve, rows_needed
from tasks.diagnosis.mixture import ORIGINS, SOURCE, SYNTHETIC, TARGET, VARIED, target_weight
from tasks.diagnosis.proof import FEWEST_TAUGHT, Learner, Rows
from tasks.diagnosis.rates import measured
from tasks.diagnosis.shares import usual_share
from tasks.diagnosis.taught_sizes import sum_up_trials, try_sizes
from tasks.diagnosis.transfer import advise_transfer, try_transfer
from tasks.errors import InputError
from tasks.modalities.task_space import FEATURES, IDENTITY
from tasks.shift.measurements import Effect
from tasks.task_space.columns import fit_columns
from tasks.task_space.targets import make_targets

Floats = NDArray[np.float64]
PREDICTIONS = {PUBLISHED: "predictions.parquet", REAL: "predictions-real.parquet"}
"""What each model answers; the second only where there are synthetic records to leave out."""
MODEL = {PUBLISHED: "baseline", REAL: "baseline-real"}
FOUND = "found.json"


@dataclass(frozen=True)
class Seen:
    """Everything that was seen, and what learns from it.

    Parameters
    ----------
    identity : pa.Table, n rows
    rows : Rows
    split : ndarray of str, shape (n,)
    taught : ndarray of bool, shape (n,)
    weights : ndarray of float64, shape (n,)
    learner : callable
    fitted_to : ndarray of bool, shape (n,)
        Rows of dev that noise was fitted to: no error is counted on them.
    labels : Labels
    """

    identity: pa.Table
    rows: Rows
    split: NDArray[np.str_]
    taught: NDArray[np.bool_]
    weights: Floats
    learner: Learner
    fitted_to: NDArray[np.bool_]
    labels: Labels

    @property
    def real(self) -> NDArray[np.bool_]:
        """Rows that nobody made, shape (n,)."""
        return np.isin(self.rows.origin, (SOURCE, TARGET))

    def asked(self, split: str) -> NDArray[np.int64]:
        """Return the rows of a split that errors are counted on; of train those that are real and taught."""
        of_train = self.taught & self.real
        rows = of_train if split == "train" else (self.split == split) & ~self.fitted_to
        return np.flatnonzero(rows & self.rows.targets.known)

    def answered(self, split: str) -> NDArray[np.int64]:
        """Return the rows of a split that a model answers: all of a split that is judged, labelled or not."""
        return self.asked(split) if split == "train" else np.flatnonzero(self.split == split)


def load_seen(
    seen: Sequence[Path], *, fitted_to: Path | None, leave_out: Sequence[str], modality: str, linear: bool, seed: int
) -> Seen:
    """Read what `tasks.modalities.published_rows.see_rows` made.

    Parameters
    ----------
    seen : sequence of Path
    fitted_to : Path, optional
    leave_out : sequence of str
        Columns of a table that no model of the task may use.
    modality : str
    linear : bool
        Features that a linear model can use, of tables too.
    seed : int

    Raises
    ------
    InputError
        When nothing in train or in dev has labels to learn or to judge by.
    """
    identity = pa.concat_tables([pq.read_table(folder / IDENTITY) for folder in seen])
    split = np.asarray(identity["split"].to_pylist(), str)
    synthetic = identity["synthetic"].to_numpy()
    taught = split == "train"
    for name in ("train", "dev"):
        if not has_labels(identity.filter(pa.array((split == name) & ~synthetic))):
            remedy = "nothing can be judged; label some of the target, one hundred records tell a lot"
            why = remedy if name == "dev" else "nothing can be learned"
            raise InputError(f"baseline: no record of {name} has a label, so {why}.")
    targets = make_targets(label_array(identity), taught & ~synthetic)
    counted = int((targets.known & taught & ~synthetic).sum()) if targets.kind != "none" else 0
    if counted < FEWEST_TAUGHT:
        raise InputError(
            f"baseline: {FEWEST_TAUGHT} labelled real records of train wanted, with two different labels at least; "
            f"found {counted:,}. A model would know fewer by heart."
        )
    taught &= targets.known
    of_target = pc.equal(identity["domain"], "target").to_numpy()
    origin = np.where(of_target, np.where(synthetic, VARIED, TARGET), np.where(synthetic, SYNTHETIC, SOURCE))
    atoms = np.unique(np.asarray(identity["atom"].to_pylist(), str), return_inverse=True)[1].reshape(-1)
    learner: Learner = fit_linear
    features: NDArray[np.floating]
    if modality == "tabular":
        columns = pa.concat_tables([pq.read_table(folder / f"{FEATURES}.parquet") for folder in seen])
        left = [name for name in columns.column_names if name.removeprefix(DESCRIPTOR) in leave_out]
        columns = columns.drop_columns(left)
        teaching = columns.filter(pa.array(taught))
        if linear:
            features = fit_columns(teaching, seed=seed).see(columns)
        else:
            bins = fit_bins(teaching)
            features, learner = bins.see(columns), boosting(bins)
    else:
        features = np.concatenate([np.load(folder / f"{FEATURES}.npy") for folder in seen])
    lent = np.zeros(identity.num_rows, bool)
    if fitted_to is not None:
        known = pq.read_table(fitted_to, columns=["record_id"])["record_id"].combine_chunks()
        lent = pc.is_in(identity["record_id"], value_set=known).to_numpy()
    return Seen(
        identity,
        Rows(features, targets, atoms, origin),
        split,
        taught,
        identity[WEIGHT].to_numpy().astype(np.float64),
        learner,
        lent,
        labels_in(identity.schema),
    )


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
        ladders[lane] = ladder_told(climb(rates))
        parts = [_predictions(it, answered[split], scores) for split, scores in by_split.items()]
        table = pa.concat_tables(parts)
        table = table.append_column("model", pa.array([MODEL[lane]] * table.num_rows, pa.string()))
        write_table(table, out / PREDICTIONS[lane])
    mixtures = mixtures_of(train, totals)
    told = {
        "kind": it.rows.targets.kind,
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


def ladder_told(ladder: Ladder) -> dict[str, Any]:
    """Return a ladder as JSON can say it."""
    return {
        "levels": {
            name: {"error": rate.error, "n": rate.n, "interval": [_finite(end) for end in rate.interval()]}
            for name, rate in ladder.levels.items()
        },
        "links": [
            {"name": link.name, "lower": link.lower, "upper": link.upper}
            | {"gap": link.gap, "low": _finite(link.low), "high": _finite(link.high)}
            for link in ladder.links
        ],
        "next": ladder.next_link,
        "contenders": list(ladder.contenders),
        "more": None if ladder.more is None else asdict(ladder.more),
        "knobs": list(ladder.knobs),
        "remarks": list(ladder.remarks),
    }


def effect_told(effect: Effect) -> dict[str, float | int | None]:
    """Return an effect as JSON can say it."""
    ends = {"effect": effect.effect, "low": effect.ci_low, "high": effect.ci_high}
    told: dict[str, float | int | None] = {name: _finite(value) for name, value in ends.items()}
    return told | {"taught": effect.n_a, "n": effect.n_b}


def span_told(span: Any) -> dict[str, float | None]:
    """Return a span as JSON can say it; null is infinite."""
    ends = {"value": span.value, "low": span.low, "high": span.high}
    return {name: _finite(value) for name, value in ends.items()}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


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
