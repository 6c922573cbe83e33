"""Train-dev stands for the training mixture whatever labels are: domains, rates and numbers, rare ones too."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import rankdata

from tasks.catalog.labels import LABEL
from tasks.config.splits import Splits
from tasks.splitting.assign import assign_splits
from tasks.splitting.certificate import certify
from tasks.splitting.halves import first_half
from tasks.splitting.label_strata import label_strata, with_ranks
from tasks.splitting.matched import match_splits
from tasks.splitting.train_dev import draw_train_dev

ROWS = 1200


def several(rng: np.random.Generator, rows: int, labels: int) -> np.ndarray:
    held = (rng.random((rows, labels)) < rng.uniform(0.05, 0.6, labels)).astype(float)
    return np.where(rng.random((rows, labels)) < 0.8, held, np.nan)


def gap(labels: np.ndarray, chosen: np.ndarray) -> float:
    """Return the root mean square difference of the labels' shares."""
    one, other = np.nanmean(labels[chosen], axis=0), np.nanmean(labels, axis=0)
    return float(np.sqrt(np.mean((one - other) ** 2)))


@pytest.mark.parametrize("count", [1, 3, 12, 200])
def test_train_dev_keeps_the_share_of_domains_and_of_each_label(count: int) -> None:
    rng = np.random.default_rng(count)
    labels, domains = several(rng, ROWS, count), np.repeat([0, 1], [900, 300])
    chosen = draw_train_dev(rng.normal(size=(ROWS, 5)), labels, domains, np.arange(ROWS), 200, seed=1)
    assert chosen.sum() == 200
    assert abs(int(domains[chosen].sum()) - 50) <= 1
    random = np.median([gap(labels, rng.permutation(chosen)) for _ in range(50)])
    assert gap(labels, chosen) < random * (0.5 if count < 20 else 1.0)


@pytest.mark.parametrize("values", ["normal", "constant", "few", "heavy", "missing"])
def test_train_dev_keeps_the_distribution_of_numbers(values: str) -> None:
    rng = np.random.default_rng(5)
    domains = np.repeat([0, 1], [900, 300])
    labels = {
        "normal": rng.normal(domains, 1),
        "constant": np.full(ROWS, 3.0),
        "few": rng.integers(0, 3, ROWS).astype(float),
        "heavy": rng.standard_cauchy(ROWS),
        "missing": np.where(rng.random(ROWS) < 0.3, np.nan, rng.normal(size=ROWS)),
    }[values]
    chosen = draw_train_dev(rng.normal(size=(ROWS, 5)), labels, domains, np.arange(ROWS), 200, seed=1)
    assert abs(int(domains[chosen].sum()) - 50) <= 1
    rank = rankdata(np.nan_to_num(labels, nan=99.0)) / ROWS
    assert abs(rank[chosen].mean() - rank.mean()) < 0.01
    assert abs(np.isnan(labels[chosen]).mean() - np.isnan(labels).mean()) < 0.02


def test_strata_of_classes_are_the_classes() -> None:
    codes = np.array([2, 0, -1, 2])
    strata, told = label_strata(codes, 1)
    assert strata.tolist() == codes.tolist()
    assert told.shape == (4, 0)


def test_huge_values_do_not_hide_the_others() -> None:
    delta = {"value": [], "rank": []}
    for seed in range(8):
        rng = np.random.default_rng(seed)
        values, x = np.exp(rng.normal(0, 8, 300)), rng.normal(size=(300, 6))
        for name, labels in (("value", values), ("rank", with_ranks(values))):
            drawn = match_splits(x, labels, np.arange(300), {"dev": 60, "test": 60}, seed=seed)
            rank = rankdata(values) / 300
            delta[name].append(abs(rank[drawn == 1].mean() - rank[drawn == 2].mean()))
    assert np.mean(delta["rank"]) < np.mean(delta["value"]) / 2


def test_ranks_stand_beside_numbers_only() -> None:
    told = with_ranks(np.array([5.0, np.nan, 1.0, 5.0]))
    assert told[:, 1].tolist()[::2] == pytest.approx([2 / 3, 1 / 6])
    assert np.isnan(told[1]).all()
    for labels in (np.array([1, -1]), np.array([[0.0, np.nan], [1.0, 0.0]])):
        assert with_ranks(labels) is labels


def catalog(rng: np.random.Generator, kind: str) -> pa.Table:
    rows = 600
    labels = {
        "several": {
            LABEL + name: pa.array([None if np.isnan(value) else int(value) for value in column], pa.int8())
            for name, column in zip("abc", several(rng, rows, 3).T, strict=True)
        },
        "number": {"label": pa.array(rng.gamma(2, 3, rows))},
    }[kind]
    ids = [f"in/{row:04d}" for row in range(rows)]
    known = {"record_id": ids, "input": ["in"] * rows, "domain": ["source"] * 300 + ["target"] * 300}
    known |= {"atom": ids, "content_hash": ids}
    return pa.table(known | labels | {"descriptor_x": rng.normal(size=rows)})


@pytest.mark.parametrize("kind", ["several", "number"])
def test_splits_of_either_kind_do_not_depend_on_the_order_of_rows_and_labels(kind: str) -> None:
    rng = np.random.default_rng(8)
    records = catalog(rng, kind)
    splits = Splits.model_validate({"dev": {"rows": 60}, "test": {"rows": 60}, "train_dev": {"rows": 60}})
    first = assign_splits(records, None, splits, seed=2, where="input 'in'").assignments
    mixed = records.take(pa.array(rng.permutation(records.num_rows)))
    assert assign_splits(mixed, None, splits, seed=2, where="input 'in'").assignments.equals(first)
    sizes = first["split"].value_counts().to_pylist()
    assert {entry["values"]: entry["counts"] for entry in sizes} == {
        "train": 420,
        "train-dev": 60,
        "dev": 60,
        "test": 60,
    }


@pytest.mark.parametrize("kind", ["several", "number"])
def test_halves_and_certificate_take_either_kind(kind: str) -> None:
    from tasks.catalog.labels import label_array

    records = catalog(np.random.default_rng(9), kind)
    half = first_half(records, seed=1, fewest=16)
    assert half.sum() == 300
    found = certify(np.zeros((600, 1)), label_array(records), np.arange(600), np.where(half, 1, 2), seed=1, draws=200)
    match = found.match("dev", "test")
    assert match.label_gap < match.label_gap_random
    assert match.percentile < 10
