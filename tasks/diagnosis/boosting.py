"""The baseline of tables: gradient-boosted trees on columns that are binned once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.diagnosis.baseline import Baseline
from tasks.diagnosis.mixture import ORIGINS, Mixture
from tasks.task_space.targets import Targets

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

BINS = 64
"""Of a number, by its quantiles in train; of a category, its most frequent levels. The trees would bin 255 finer ones
anew for every model, which takes 1.2 of the 1.4 s that 3,000 weighted rows take."""
TREES, LEAVES, RATE = 40, 6, 0.1
"""Few and small, for few target rows: on loans 16.3 % wrong, with 60 trees of 12 leaves of 10 rows or more 17.6 %."""
FEWEST_LEAF = 20


@dataclass(frozen=True)
class Bins:
    """How a table becomes numbers of bins; made by `fit_bins`.

    Parameters
    ----------
    edges : dict of str to ndarray of float64
        Of each number.
    levels : dict of str to list of str
        Of each category, its most frequent values.
    """

    edges: dict[str, Floats]
    levels: dict[str, list[str]]

    @property
    def categorical(self) -> NDArray[np.bool_]:
        """Which columns are categories, shape (p,)."""
        return np.array([False] * len(self.edges) + [True] * len(self.levels), bool)

    def see(self, table: pa.Table) -> NDArray[np.float32]:
        """Return numbers of bins, float32, shape (n, p); NaN where a cell is missing or a level is rare."""
        found = np.empty((table.num_rows, len(self.edges) + len(self.levels)), np.float32)
        for place, (name, edges) in enumerate(self.edges.items()):
            values = table[name].to_numpy().astype(np.float64)
            found[:, place] = np.where(np.isnan(values), np.nan, np.searchsorted(edges, values, side="right"))
        for place, (name, levels) in enumerate(self.levels.items(), start=len(self.edges)):
            codes = pc.index_in(table[name], value_set=pa.array(levels, pa.string()))
            found[:, place] = pc.cast(codes, pa.float32()).to_numpy(zero_copy_only=False)
        return found


def fit_bins(table: pa.Table) -> Bins:
    """Choose bins by the rows that a model is trained on.

    Parameters
    ----------
    table : pa.Table
        Numbers (NaN where missing) and text (null where missing), as `tasks.descriptors.tabular` makes them.
    """
    edges, levels = {}, {}
    for name in table.column_names:
        if pa.types.is_floating(table.schema.field(name).type):
            values = table[name].to_numpy().astype(np.float64)
            known = values[np.isfinite(values)]
            if len(known):
                edges[name] = np.unique(np.quantile(known, np.arange(1, BINS) / BINS))
            continue
        counts = pc.value_counts(table[name].drop_null()).to_pylist()
        counts.sort(key=lambda entry: (-entry["counts"], entry["values"]))
        if counts:
            levels[name] = [entry["values"] for entry in counts[: BINS - 1]]
    return Bins(edges, levels)


@dataclass(frozen=True)
class Boosted:
    """Trees for each thing that is asked for; a class has one model with a score a class."""

    models: tuple[Any, ...]
    kind: str
    width: int

    def predict(self, features: NDArray[np.floating]) -> Floats:
        """See `Baseline.predict`."""
        if self.kind == "class":
            (model,) = self.models
            found = np.zeros((len(features), self.width))
            found[:, model.classes_] = model.predict_proba(features)
            return found
        found = np.zeros((len(features), self.width))
        for place, model in enumerate(self.models):
            found[:, place] = model if isinstance(model, float) else model.predict(features)
        return found


def boosting(bins: Bins) -> Any:
    """Return a function that is called like `tasks.diagnosis.baseline.fit_linear` and grows trees on these bins."""

    def fit(
        features: NDArray[np.floating],
        targets: Targets,
        origin: Codes,
        counts: Floats,
        mixtures: Sequence[Mixture],
    ) -> list[Baseline]:
        counts = np.where(targets.known, counts, 0.0)
        counted = np.bincount(origin, weights=counts, minlength=len(ORIGINS)).astype(np.float64)
        models: list[Baseline] = []
        for mixture in mixtures:
            weights = counts * mixture.factors(counted)[origin]
            rows = np.flatnonzero(weights > 0)
            # Trees ask for weights of about 1 a row: their leaves are kept from being too small by sums of them.
            weights = weights[rows] * (len(rows) / weights[rows].sum())
            models.append(_grow(features[rows], targets.values[rows], targets.kind, weights, bins.categorical))
        return models

    return fit


def _grow(
    features: NDArray[np.floating], values: Floats, kind: str, weights: Floats, categorical: NDArray[np.bool_]
) -> Boosted:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    common = {
        "max_iter": TREES,
        "max_leaf_nodes": LEAVES,
        "learning_rate": RATE,
        "min_samples_leaf": FEWEST_LEAF,
        "categorical_features": categorical,
        "early_stopping": False,
        "random_state": 0,
    }
    width = values.shape[1]
    with threadpool_limits(1):  # sums over several threads differ in their last digits
        if kind == "class":
            codes = np.where(values.max(axis=1) > 0, values.argmax(axis=1), -1)
            rows = codes >= 0
            if len(np.unique(codes[rows])) < 2:
                return Boosted((), "several", width) if not rows.any() else _constant(int(codes[rows][0]), width)
            model = HistGradientBoostingClassifier(**common)
            return Boosted((model.fit(features[rows], codes[rows], sample_weight=weights[rows]),), kind, width)
        models: list[Any] = []
        for column in values.T[: 1 if kind == "number" else width]:
            rows = np.isfinite(column)
            known = column[rows]
            if not len(known) or known.min() == known.max():
                models.append(float(known[0]) if len(known) else 0.0)
                continue
            model = HistGradientBoostingRegressor(**common)
            models.append(model.fit(features[rows], known, sample_weight=weights[rows]))
        return Boosted(tuple(models), kind, width)


def _constant(code: int, width: int) -> Boosted:
    return Boosted(tuple(float(place == code) for place in range(width)), "several", width)
