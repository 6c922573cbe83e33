"""Whatever two tables hold: their comparison is undecided or says what it cannot read, never breaks, never feigns."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.errors import InputError
from tasks.shift.compare import compare_samples

STATES = {"different", "equivalent", "undecided"}


def numbers(rng, n):
    return rng.normal(size=n)


def infinite(rng, n):
    return rng.choice([-np.inf, 0.0, 1.0, np.inf], n)


def huge(rng, n):
    return rng.choice([-1e308, 1e308, 5e-324, 0.0], n)


def constant(rng, n):
    return np.full(n, 3.0)


def missing(rng, n):
    return np.full(n, np.nan)


def gaps(rng, n):
    return np.where(rng.random(n) < 0.7, np.nan, rng.integers(0, 3, n))


def words(rng, n):
    return rng.choice(["a", "b", "", "ü"], n)


def ids(rng, n):
    return np.array([f"{at}" for at in rng.integers(0, 100_000, n)], object)


def words_and_gaps(rng, n):
    values = rng.choice(["a", "b"], n).astype(object)
    values[rng.random(n) < 0.5] = None
    return values


def mixed(rng, n):
    return np.array([1, "a", None, 2.5, True] * n, object)[:n]


def truths(rng, n):
    return rng.random(n) < 0.5


def dates(rng, n):
    return pd.to_datetime(rng.integers(0, 2**31, n), unit="s")


KINDS = [numbers, infinite, huge, constant, missing, gaps, words, ids, words_and_gaps, mixed, truths, dates]
ATOMS = [None, "rows", "one", "few", "none"]


def atoms_of(kind, rng, n):
    given_ = {"rows": np.arange(n), "one": np.zeros(n), "few": rng.integers(0, 4, n), "none": np.full(n, None, object)}
    return None if kind is None else given_[kind]


@given(
    kinds=st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)), min_size=0, max_size=3),
    sizes=st.tuples(st.sampled_from([0, 1, 2, 5, 30]), st.sampled_from([0, 1, 3, 40])),
    atoms=st.tuples(st.sampled_from(ATOMS), st.sampled_from(ATOMS)),
    only=st.sampled_from(["", "x", "y"]),
    labels=st.sampled_from([None, ("a", "a"), ("a", "b"), ("ab", "a"), ("ab", "ab"), (None, "a")]),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.filterwarnings("error")
def test_any_two_tables_are_compared_or_refused_with_a_reason(kinds, sizes, atoms, only, labels, seed):
    rng = np.random.default_rng(seed)
    sides, more = [], {}
    for at, (side, n) in enumerate(zip("xy", sizes, strict=True)):
        columns = {f"c{place}": pair[at](rng, n) for place, pair in enumerate(kinds)}
        if only == side:
            columns["only"] = rng.normal(size=n)
        sides.append(pd.DataFrame(columns, index=range(n)))
        more[f"atoms_{side}"] = atoms_of(atoms[at], rng, n)
        if labels:
            named = labels[at]
            more[f"labels_{side}"] = np.full(n, None, object) if named is None else rng.choice(list(named), n)
    found = compare_samples(*sides, seed=seed, **more)
    rows = found.descriptors.to_pylist()
    assert {row["descriptor"] for row in rows} == set(sides[0].columns) | set(sides[1].columns)
    assert {row["state"] for row in rows} <= STATES
    for effect in (found.joint, found.classifier):
        assert math.isnan(effect.p_value) or 0 < effect.p_value <= 1
        assert math.isnan(effect.ci_low) or effect.ci_low <= effect.effect <= effect.ci_high
    # Equivalence wants rows, witnesses and values on both sides.
    for row in rows:
        if row["state"] == "equivalent":
            assert min(sizes) >= 30
            assert "one" not in atoms
            assert row["note"] is None
        if row["effect"] is None:
            assert row["state"] == "undecided"
    if min(sizes) < 2 or "one" in atoms:
        assert math.isnan(found.joint.p_value)
        assert math.isnan(found.classifier.p_value)
    assert (labels is None) == (found.labels is None)


def test_a_category_a_row_in_a_hundred_thousand_is_not_equivalent():
    rng = np.random.default_rng(1)
    x, y = (pd.DataFrame({"id": rng.permutation(200_000)[:100_000].astype(str)}) for _ in range(2))
    found = compare_samples(x, y, seed=1)
    assert found.descriptors["state"].to_pylist() == ["undecided"]
    assert "too rare" in found.descriptors["note"][0].as_py()


def test_one_class_on_one_side_only_is_told_and_left_out():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(80, 2)), rng.normal(size=(80, 2))
    found = compare_samples(x, y, labels_x=["a", "b"] * 40, labels_y=["a"] * 80, seed=1).labels
    assert (found.only_x, found.only_y) == (("b",), ())
    assert found.classes["label"].to_pylist() == ["a"]
    assert found.state != "equivalent"


def test_all_missing_on_one_side_is_told():
    found = compare_samples(np.full((50, 1), np.nan), np.random.default_rng(3).normal(size=(50, 1)), seed=1)
    rows = {row["statistic"]: row for row in found.descriptors.to_pylist()}
    assert rows["cliffs_delta"]["note"] == "no value in x"
    assert rows["cliffs_delta"]["state"] == "undecided"
    assert rows["missing_share_difference"]["state"] == "different"


def test_atoms_and_labels_of_the_wrong_length_are_refused():
    x = np.zeros((4, 1))
    with pytest.raises(InputError, match="labels_y: 4 values wanted, one a row; found 3"):
        compare_samples(x, x, labels_x=["a"] * 4, labels_y=["a"] * 3, seed=1)
