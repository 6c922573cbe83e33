from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.splitting.subset_sum import nearest_subset, reachable_sums


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=9), st.integers(1, 120), st.integers(0, 2**9 - 1))
def test_no_other_choice_is_nearer(rows, wanted, bits):
    inside = np.array([bool(bits >> at & 1) for at in range(len(rows))])
    chosen = nearest_subset(np.array(rows), inside, wanted)
    assert chosen is not None
    sums = [sum(some) for size in range(1, len(rows) + 1) for some in combinations(rows, size)]
    assert abs(int(np.array(rows)[chosen].sum()) - wanted) == min(abs(total - wanted) for total in sums)
    assert chosen.any()


def test_a_choice_that_fits_stays_for_the_most_part():
    rng = np.random.default_rng(1)
    rows = rng.integers(2, 30, 200)
    inside = rng.random(200) < 0.3
    chosen = nearest_subset(rows, inside, int(rows[inside].sum()) + 1)
    assert chosen is not None
    assert rows[chosen].sum() == rows[inside].sum() + 1
    assert (chosen != inside).sum() <= 6


def test_no_atoms_and_too_many():
    assert nearest_subset(np.empty(0, np.int64), np.empty(0, bool), 5) is None
    assert nearest_subset(np.ones(100_000, np.int64), np.zeros(100_000, bool), 50_000) is None


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=9), st.integers(1, 80))
def test_every_sum_is_listed(rows, limit):
    sums = {sum(some) for size in range(1, len(rows) + 1) for some in combinations(rows, size)}
    assert reachable_sums(np.array(rows), limit).tolist() == sorted(total for total in sums if total <= limit)


def test_many_equal_atoms_are_listed_at_once():
    assert reachable_sums(np.full(100_000, 7), 700_000).tolist() == list(range(7, 700_001, 7))
