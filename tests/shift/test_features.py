import numpy as np
import pandas as pd
import pytest

from tasks.shift.columns import read_columns
from tasks.shift.feature_choice import make_features
from tasks.shift.features import ORDERS
from tasks.shift.intervals import pair_up
from tasks.shift.numbers import compare_numbers


def features_of(x, y):
    columns = read_columns(x, y)
    rng = np.random.default_rng(1)
    pairing = pair_up(np.arange(len(x)), len(x) + np.arange(len(y)), rng, draws=9)
    numbers = compare_numbers(columns.numbers, len(x) + len(y), pairing)
    return make_features(columns, numbers, len(x) + len(y), np.random.default_rng(2))


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(3)
    numbers = pd.DataFrame(rng.normal(size=(5_000, 3)), columns=list("abc"))
    numbers["b"] = numbers["b"].mask(rng.random(5_000) < 0.3)
    return numbers.assign(w=rng.choice(list("xyz"), 5_000), constant=1.0)


def test_who_belongs_where_changes_no_features(table):
    rows = np.arange(5_000)
    one, other = features_of(table[:1_000], table[1_000:]), features_of(table[:4_000], table[4_000:])
    np.testing.assert_array_equal(one.rows(rows, waves=False), other.rows(rows, waves=False))


def test_polynomials_are_orthonormal_and_gaps_are_their_mean(table):
    found = features_of(table[:1_000], table[1_000:])
    rows = found.rows(np.arange(5_000))
    assert found.numbers == ("a", "b", "c")
    assert found.gappy == ("b",)
    full = rows[found.of("a")]
    assert np.cov(full) == pytest.approx(np.eye(ORDERS), abs=0.01)
    gaps = table["b"].isna().to_numpy()
    assert (rows[found.of("b")][:, gaps] == 0).all()
    assert abs(rows[found.of("b")].mean(axis=1)).max() < 0.01
    assert (rows[found.of("w")].sum(axis=0) == 1).all()
    np.testing.assert_array_equal(rows[found.groups["gaps"]][0], gaps)


def test_sums_are_those_of_the_rows(table):
    found = features_of(table[:1_000], table[1_000:])
    cell = np.random.default_rng(4).integers(-1, 7, 5_000)
    sums = found.sums(cell, 7)
    rows = found.rows(np.arange(5_000)).astype(np.float64)
    for at in range(7):
        assert sums[at] == pytest.approx(rows[:, cell == at].sum(axis=1), abs=1e-2)
