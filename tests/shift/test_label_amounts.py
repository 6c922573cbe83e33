"""Amounts of several labels and of numbers: counted exactly, null never as 0, with intervals that cover."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tasks.catalog.labels import LABEL, labels_in
from tasks.shift.label_amounts import count_label_amounts
from tasks.shift.measurements import measurements_table
from tasks.shift.pair import compare_splits
from tasks.shift.sample import Sample
from tasks.shift.shares import mean_by_atoms, share_by_atoms


def several(split: str, domain: str = "target", **labels: list) -> pa.Table:
    rows = len(next(iter(labels.values())))
    known = {"split": [split] * rows, "domain": [domain] * rows, "atom": [f"{split}{row}" for row in range(rows)]}
    return pa.table(known | {LABEL + name: pa.array(values, pa.int8()) for name, values in labels.items()})


def numbers(split: str, values: list) -> pa.Table:
    rows = len(values)
    known = {"split": [split] * rows, "domain": ["target"] * rows, "atom": [f"{split}{row}" for row in range(rows)]}
    return pa.table(known | {"label": pa.array(values, pa.float64())})


def counted(*parts: pa.Table) -> dict[tuple, float]:
    real = pa.concat_tables(parts)
    present = {part["split"][0].as_py(): part for part in parts}
    rows = count_label_amounts(real, present, labels_in(real.schema))
    return {(row.statistic, row.split_a, row.split_b, row.descriptor): row.effect.effect for row in rows}


def test_each_label_is_counted_where_it_is_annotated() -> None:
    found = counted(
        several("train", sign=[1, 0, None, 1], car=[None, None, None, 0]),
        several("dev", sign=[1, 1, 0, None], car=[1, 0, None, None]),
    )
    assert found["label_annotated", "train", None, "sign"] == 3
    assert found["label_positives", "train", None, "sign"] == 2
    assert found["label_negatives", "train", None, "sign"] == 1
    assert found["label_rate", "train", None, "sign"] == pytest.approx(2 / 3)
    assert found["label_rate", "train", None, "car"] == 0
    assert found["label_annotated", "target", None, "car"] == 3
    assert found["label_amount_ratio", "train", None, "sign"] == 1
    assert found["label_amount_ratio", "train", None, "car"] == pytest.approx(1 / 3)
    assert found["labels_unseen", "train", "dev", None] == 1  # dev has cars, train has none
    assert found["unlabelled_rows", None, None, None] == 2
    assert found["label_answers", None, None, "car"] == 2


def test_a_label_that_is_always_the_same_is_constant_and_one_that_nobody_looked_for_too() -> None:
    found = counted(
        several("train", a=[1, 1], b=[0, 1], c=[None, None]), several("dev", a=[1, None], b=[0, 1], c=[None, None])
    )
    assert [found["label_answers", None, None, name] for name in "abc"] == [1, 2, 0]
    assert np.isnan(found["label_rate", "train", None, "c"])
    assert found["label_amount_ratio", "train", None, "c"] == 0


def test_an_answer_that_train_lacks_is_unseen_whichever_it_is() -> None:
    found = counted(several("train", a=[1, 1], b=[0, 0]), several("test", a=[0, 1], b=[0, 0]))
    assert found["labels_unseen", "train", "test", None] == 1


def test_numbers_beyond_train_are_counted() -> None:
    found = counted(numbers("train", [1.0, 5.0, 3.0]), numbers("dev", [0.5, 2.0, 5.0, 7.0]))
    assert found["label_outside_train", "train", "dev", None] == 0.5
    assert found["label_quantile", "dev", None, "0%"] == 0.5
    assert found["label_quantile", "dev", None, "50%"] == 3.5
    assert found["label_mean", "train", None, None] == 3
    assert found["label_answers", None, None, None] == 6
    assert counted(numbers("train", [2.0, 2.0]), numbers("dev", [2.0]))["label_answers", None, None, None] == 1


def compared(name_a: str, a: Sample, name_b: str, b: Sample) -> pd.DataFrame:
    return measurements_table(compare_splits(name_a, a, name_b, b, seed=1).rows).to_pandas()


def sample(rng: np.random.Generator, rows: int, *, rate: float = 0.3, shown: float = 0.8, of: int = 4) -> Sample:
    labels = {}
    for name in ("sign", "car"):
        held = (rng.random(rows) < rate).astype(float)
        labels[name] = np.where(rng.random(rows) < shown, held, np.nan)
    return Sample(atoms=rng.integers(0, rows // of, rows), several=labels)


def test_rates_are_compared_among_annotated_rows_and_annotation_apart() -> None:
    rng = np.random.default_rng(0)
    found = compared("dev", sample(rng, 2000), "test", sample(rng, 2000, rate=0.5, shown=0.4))
    rates = found[found["statistic"] == "label_rate_difference"].set_index("descriptor")
    assert rates.index.tolist() == ["sign", "car"]
    assert rates["effect"].between(-0.27, -0.13).all()
    assert (rates["ci_high"] < -0.1).all()
    assert (rates["p_value"] < 1e-4).all()
    shown = found[found["statistic"] == "label_annotated_difference"].set_index("descriptor")
    assert shown["effect"].between(0.35, 0.45).all()


def test_under_no_difference_intervals_of_rates_cover() -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(60):
        found = compared("a", sample(rng, 200), "b", sample(rng, 300))
        rates = found[found["statistic"] == "label_rate_difference"]
        inside += int(((rates["ci_low"] <= 0) & (rates["ci_high"] >= 0)).sum())
    assert inside >= 106  # of 120, at 95 %: fewer has a chance below 1 in 1,000


def test_a_label_annotated_on_one_side_only_has_no_difference() -> None:
    atoms = np.arange(6)
    one = Sample(atoms=atoms, several={"car": np.full(6, np.nan)})
    other = Sample(atoms=atoms + 6, several={"car": np.array([0, 1, 0, 1, 0, 1.0])})
    found = compared("train", one, "dev", other).set_index("statistic")
    assert np.isnan(found.loc["label_rate_difference", "effect"])
    assert found.loc["label_annotated_difference", "effect"] == -1


def test_what_is_annotated_everywhere_does_not_differ_however_few_rows() -> None:
    rng = np.random.default_rng(4)
    one, other = sample(rng, 12, shown=1.0), sample(rng, 9, shown=1.0)
    found = compared("dev", one, "test", other)
    shown = found[found["statistic"] == "label_annotated_difference"]
    assert shown[["effect", "ci_low", "ci_high"]].eq(0.0).all(axis=None)


def test_numbers_are_compared_as_values() -> None:
    rng = np.random.default_rng(2)
    low, high = (Sample(atoms=np.arange(400), number=rng.normal(mean, 1, 400)) for mean in (0, 1))
    found = compared("train", low, "dev", high).set_index("statistic")
    assert found.loc["label_cliffs_delta", "effect"] < -0.4
    assert found.loc["label_wasserstein", "effect"] == pytest.approx(0.95, abs=0.2)
    assert not isinstance(found.loc["label_wasserstein", "descriptor"], str)


def test_a_constant_number_does_not_differ() -> None:
    same = Sample(atoms=np.arange(50), number=np.full(50, 3.0))
    found = compared("dev", same, "test", same).set_index("statistic")
    assert found.loc["label_cliffs_delta", "effect"] == 0


def test_means_and_shares_have_intervals_by_atoms() -> None:
    rng = np.random.default_rng(3)
    atoms = np.repeat(np.arange(40), 25)
    level = rng.normal(0, 1, 40)[atoms]
    alone, together = mean_by_atoms(level, np.arange(1000)), mean_by_atoms(level, atoms)
    assert together.ci_high - together.ci_low > 4 * (alone.ci_high - alone.ci_low)
    inside = 0
    for _ in range(200):
        values = rng.normal(0, 1, 20)[np.repeat(np.arange(20), 5)] + rng.normal(0, 0.5, 100)
        found = mean_by_atoms(values, np.repeat(np.arange(20), 5))
        inside += found.ci_low <= 0 <= found.ci_high
    assert inside >= 180  # of 200, at 95 %
    assert np.isnan(mean_by_atoms(np.empty(0), np.empty(0, int)).effect)
    assert np.isnan(mean_by_atoms(np.array([1.0, 2.0]), np.zeros(2, int)).ci_low)
    none = share_by_atoms(np.zeros(30, bool), np.arange(30))
    assert none.ci_low == 0
    assert 0.05 < none.ci_high < 0.2
