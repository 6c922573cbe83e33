"""Which misclassified records are looked at, and which part of dev nobody looks at."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnosis.sheet import LEAST, allot, draw_sheet
from tasks.diagnosis.sheet_parts import LARGE, divide_dev


def drawn(n: int = 400, rows: int = 100, seed: int = 1, known: bool = True):
    rng = np.random.default_rng(seed)
    like = rng.random(n) if known else np.full(n, np.nan)
    return draw_sheet(like, rng.random(n), rows=rows, rng=rng)


def test_the_weights_of_what_is_drawn_add_up_to_all() -> None:
    found = drawn(n=431, rows=97)
    assert len(found.places) == len(set(found.places.tolist())) == 97
    assert (1 / found.inclusion[found.places]).sum() == pytest.approx(431)
    assert (found.inclusion > 0).all()
    assert len(found.names) == 6


def test_a_share_is_right_on_average_whatever_the_strata() -> None:
    rng = np.random.default_rng(5)
    like = rng.random(120)
    tagged = (like > 0.8) | (rng.random(120) < 0.1)
    found = []
    for seed in range(400):
        one = draw_sheet(like, rng.random(120), rows=20, rng=np.random.default_rng(seed))
        weights = 1 / one.inclusion[one.places]
        found.append((weights * tagged[one.places]).sum() / weights.sum())
    assert np.mean(found) == pytest.approx(tagged.mean(), abs=0.015)


def test_what_is_not_known_makes_no_strata() -> None:
    assert drawn(known=False).names == ("unsure", "confident")
    none = draw_sheet(np.full(9, np.nan), np.full(9, 0.5), rows=100, rng=np.random.default_rng(0))
    assert none.names == ("all",)
    assert sorted(none.places.tolist()) == list(range(9))


def test_the_order_is_random_so_that_half_a_sheet_is_half_a_sample() -> None:
    found = drawn()
    half = found.stratum[found.places[:50]]
    assert set(half.tolist()) == set(range(6))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(0, 200))
def test_allotted_rows_fit(sizes: list[int], rows: int) -> None:
    given_rows = allot(np.array(sizes, np.int64), rows)
    assert given_rows.sum() == min(rows, sum(sizes))
    assert (given_rows <= sizes).all()
    assert (given_rows >= 0).all()
    if rows >= LEAST * len(sizes):
        assert (given_rows >= np.minimum(sizes, LEAST)).all()


def test_dev_is_divided_by_atoms_for_ever() -> None:
    atoms = [f"a{row // 4}" for row in range(2 * LARGE)]
    first = divide_dev(atoms, seed=7)
    assert first.divided
    assert 0.4 < first.eyeball.mean() < 0.6
    assert all(len(set(first.eyeball[at : at + 4].tolist())) == 1 for at in range(0, len(atoms), 4))
    grown = divide_dev([*atoms, *(f"b{row}" for row in range(500))][::-1], seed=7)
    assert (grown.eyeball[::-1][: len(atoms)] == first.eyeball).all()
    assert (divide_dev(atoms, seed=8).eyeball != first.eyeball).any()


def test_a_small_dev_is_looked_at_as_a_whole() -> None:
    small = divide_dev([f"a{row}" for row in range(LARGE - 1)], seed=7)
    assert not small.divided
    assert small.eyeball.all()
