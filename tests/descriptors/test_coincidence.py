"""Coincidence: rows that agree by chance are told from rows that were written twice."""

import numpy as np
import pytest

from tasks.descriptors.coincidence import column_hashes, explained_by_chance, partners
from tasks.descriptors.dependence import log_shares


def agreeing(codes):
    return partners(column_hashes(codes).sum(axis=1, dtype=np.uint64))


def independent(rng, n):
    return rng.integers(0, 10, (n, 5))


def one_hot(rng, n):
    return np.column_stack([np.eye(4, dtype=np.int64)[rng.integers(0, 4, n)], rng.integers(0, 30, (n, 2))])


def dependent(rng, n):
    hidden = rng.normal(size=(n, 2)) @ rng.normal(size=(2, 7))
    return np.rint(hidden + 0.3 * rng.normal(size=(n, 7))).astype(np.int64)


@pytest.mark.parametrize("make", [independent, one_hot, dependent])
@pytest.mark.parametrize("n", [1000, 5000])
def test_what_chance_brings_together_is_left_apart(make, n):
    codes = make(np.random.default_rng(n), n)
    by_chance, expected = explained_by_chance(codes)
    together = agreeing(codes) > 0
    assert together.sum() > 5
    assert (together & ~by_chance).sum() <= 0.01 * n
    assert expected >= 0.6 * agreeing(codes).sum() / 2


@pytest.mark.parametrize("n", [300, 3000])
def test_copies_of_rows_that_chance_would_not_repeat_are_kept(n):
    codes = np.random.default_rng(n).integers(0, 10, (n, 12))
    codes = np.concatenate([codes, codes[: n // 20]])
    by_chance, expected = explained_by_chance(codes)
    assert not by_chance[agreeing(codes) > 0].any()
    assert expected < 1


def test_row_order_and_names_of_values_do_not_matter():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 6, (400, 5))
    order = rng.permutation(400)
    by_chance, expected = explained_by_chance(codes)
    moved, again = explained_by_chance(codes[order])
    assert (by_chance[order] == moved).all()
    assert again == pytest.approx(expected)


def test_partners_count_the_others():
    assert partners(np.array([5, 7, 5, 5], dtype=np.uint64)).tolist() == [2, 0, 2, 2]
    assert partners(np.empty(0, dtype=np.uint64)).tolist() == []


def test_a_tree_knows_that_one_column_tells_another():
    first = np.random.default_rng(0).integers(0, 4, 1000)
    apart = np.exp(log_shares(np.column_stack([first, np.roll(first, 500) * 0 + np.arange(1000) % 4])))
    copied = np.exp(log_shares(np.column_stack([first, first + 7])))
    assert apart == pytest.approx(1 / 16, rel=0.35)
    assert copied == pytest.approx(1 / 4, rel=0.15)


def test_unique_values_do_not_make_each_other_common():
    codes = np.column_stack([np.arange(1000), np.arange(1000) * 3, -np.arange(1000)])
    assert np.exp(log_shares(codes)).max() < 1e-5
