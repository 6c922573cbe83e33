"""Boosted trees for tables: bins, missing cells, every kind of label, weights."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.diagnosis.boosting import boosting, fit_bins
from tasks.diagnosis.mixture import Mixture
from tasks.task_space.targets import make_targets

ALONE = Mixture(1.0, 0.0, 0.0)


def table(n: int, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    wealth = rng.normal(size=n)
    wealth[rng.random(n) < 0.1] = np.nan
    town = rng.choice(["a", "b", "c"], n).tolist()
    town[0] = None
    return pa.table({"wealth": wealth, "town": town, "noise": rng.normal(size=n), "empty": np.full(n, np.nan)})


def learned(labels: np.ndarray, asked: pa.Table, rows: pa.Table, mixtures=(ALONE,), origin=None):
    n = rows.num_rows
    bins = fit_bins(rows)
    targets = make_targets(labels, np.ones(n, bool))
    origin = np.zeros(n, np.int64) if origin is None else origin
    models = boosting(bins)(bins.see(rows), targets, origin, np.ones(n), mixtures)
    return [model.predict(bins.see(asked)) for model in models], targets


def test_a_class_that_two_columns_tell_together_is_learned() -> None:
    rows, asked = table(900, 1), table(400, 2)

    def truth(of: pa.Table) -> np.ndarray:
        wealth, b = np.nan_to_num(of["wealth"].to_numpy()), np.array([town == "b" for town in of["town"].to_pylist()])
        return ((wealth > 0) ^ b).astype(np.int64)

    (found,), _ = learned(truth(rows), asked, rows)
    assert (found.argmax(axis=1) != truth(asked)).mean() < 0.12
    (again,), _ = learned(truth(rows), asked, rows)
    assert np.array_equal(found, again)


def test_several_labels_and_numbers_are_learned_too() -> None:
    rows, asked = table(600, 1), table(300, 2)
    wealth, other = (np.nan_to_num(of["wealth"].to_numpy()) for of in (rows, asked))
    several = np.column_stack([wealth > 0, wealth > 1]).astype(float)
    several[::3, 1] = np.nan
    (found,), targets = learned(several, asked, rows)
    truth = make_targets(np.column_stack([other > 0, other > 1]).astype(float), np.ones(300, bool))
    assert np.nanmean(truth.losses(found)) < 0.1
    (found,), targets = learned(2 * wealth, asked, rows)
    assert targets.kind == "number"
    middle, spread = (2 * wealth).mean(), (2 * wealth).std()
    assert np.corrcoef(found[:, 0] * spread + middle, 2 * other)[0, 1] > 0.9


def test_the_heavier_origin_wins_where_they_disagree() -> None:
    rows, asked = table(800, 1), table(300, 2)
    labels = (np.nan_to_num(rows["wealth"].to_numpy()) > 0).astype(np.int64)
    origin = np.repeat([0, 1], 400)
    labels[400:] = 1 - labels[400:]
    (ours, theirs), _ = learned(labels, asked, rows, (Mixture(0.9, 0.1, 0.0), Mixture(0.1, 0.9, 0.0)), origin)
    truth = np.nan_to_num(asked["wealth"].to_numpy()) > 0
    assert (ours.argmax(axis=1) != truth).mean() < 0.15
    assert (theirs.argmax(axis=1) != truth).mean() > 0.85


@pytest.mark.parametrize("kind", ["class", "several"])
def test_a_draw_that_has_one_label_only_says_that_one(kind) -> None:
    rows = table(60, 1)
    labels = np.zeros(60, np.int64) if kind == "class" else np.zeros((60, 1))
    labels[-1] = 1
    bins = fit_bins(rows)
    targets = make_targets(labels, np.ones(60, bool))
    counts = np.ones(60)
    counts[-1] = 0
    (model,) = boosting(bins)(bins.see(rows), targets, np.zeros(60, np.int64), counts, [ALONE])
    assert not targets.losses(model.predict(bins.see(rows)))[:-1].any()


def test_bins_keep_gaps_and_rare_levels_as_missing() -> None:
    bins = fit_bins(table(300, 1))
    assert list(bins.edges) == ["wealth", "noise"]
    assert bins.categorical.tolist() == [False, False, True]
    odd = pa.table({"wealth": [np.nan, np.inf, -np.inf], "town": ["a", None, "never seen"], "noise": [0.0, 0.0, 0.0]})
    seen = bins.see(odd)
    assert np.isnan(seen[0, 0])
    assert seen[1, 0] > seen[2, 0] == 0
    assert np.isnan(seen[:, 2]).tolist() == [False, True, True]
