import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shift.cliffs_delta import cliffs_delta
from tasks.shift.enough_rows import rows_to_decide
from tasks.shift.measurements import NAN, Effect


def test_an_interval_twice_too_wide_needs_four_times_the_rows():
    assert rows_to_decide(Effect(0.2, 0.0, 0.4, n_a=100, n_b=100), 0.1) == pytest.approx(400, abs=1)
    assert rows_to_decide(Effect(0.05, -0.05, 0.15, n_a=100, n_b=100), 0.1) == pytest.approx(400, abs=1)


def test_both_ends_must_come_within_the_limit():
    found = Effect(0.0, -0.3, 0.1, n_a=100, n_b=100)
    assert rows_to_decide(found, 0.1) == pytest.approx(900, abs=1)
    assert rows_to_decide(found, 0.1, signed=True) == pytest.approx(100, abs=1)


def test_what_is_decided_needs_no_more():
    assert rows_to_decide(Effect(0.3, 0.2, 0.4, n_a=100, n_b=100), 0.1) == pytest.approx(25, abs=1)
    assert rows_to_decide(Effect(0.0, 0.0, 0.0, n_a=100, n_b=100), 0.1) == 1


def test_unequal_sides_count_as_their_harmonic_mean():
    assert rows_to_decide(Effect(0.2, 0.0, 0.4, n_a=60, n_b=300), 0.1) == pytest.approx(400, abs=1)
    assert rows_to_decide(Effect(0.2, 0.0, 0.4, n_a=100), 0.1) == pytest.approx(400, abs=1)


@pytest.mark.parametrize(
    "found",
    [
        Effect(0.1, 0.0, 0.2, n_a=100, n_b=100),
        Effect(0.1001, 0.0, 0.2, n_a=100, n_b=100),
        Effect(NAN, NAN, NAN, n_a=100, n_b=100),
        Effect(0.2, NAN, NAN, n_a=100, n_b=100),
        Effect(0.2, -math.inf, 0.3, n_a=100, n_b=100),
        Effect(0.2, 0.0, 0.4),
    ],
)
def test_what_no_number_of_rows_decides_is_none(found):
    assert rows_to_decide(found, 0.1) is None


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.5), st.integers(2, 10**6))
@settings(max_examples=200)
def test_a_wider_interval_never_needs_fewer_rows_and_the_sign_does_not_matter(middle, below, above, more, limit, n):
    narrow = Effect(middle, middle - below, middle + above, n_a=n, n_b=n)
    wide = Effect(middle, middle - below - more, middle + above + more, n_a=n, n_b=n)
    first, second = rows_to_decide(narrow, limit), rows_to_decide(wide, limit)
    assert first is None or first >= 1
    assert second is None if first is None else second is None or second >= first
    mirrored = Effect(-middle, -middle - above, -middle + below, n_a=n, n_b=n)
    assert rows_to_decide(mirrored, limit) == pytest.approx(first, abs=1)


def delta(rng, n, shift, size):
    sides = []
    for move in (shift, 0.0):
        atoms = np.repeat(np.arange(n // size), size)
        values = rng.normal(size=n // size)[atoms] * 0.3**0.5 + rng.normal(size=len(atoms)) * 0.7**0.5 + move
        sides.append((values, atoms))
    (x, a), (y, b) = sides
    rank = np.unique(np.concatenate([x, y]), return_inverse=True)[1].reshape(-1)
    return cliffs_delta(rank[: len(x)], rank[len(x) :], a, n + b)


@pytest.mark.parametrize("size", [1, 10])
def test_so_many_rows_decide_in_half_of_all_samples_and_three_times_as_many_in_nearly_all(size):
    """Normal values .3 sd apart have Cliff's delta .168; the number comes from an interval of 200 rows around it."""
    limit, runs = 0.1, 100
    rng = np.random.default_rng(size)
    true = 2 * 0.58402 - 1
    halves = np.mean([delta(rng, 200, 0.3, size).ci_high - delta(rng, 200, 0.3, size).ci_low for _ in range(20)]) / 2
    rows = rows_to_decide(Effect(true, true - halves, true + halves, n_a=200, n_b=200), limit)
    decided = {
        times: np.mean([delta(rng, times * rows // size * size, 0.3, size).ci_low > limit for _ in range(runs)])
        for times in (1, 3)
    }
    assert abs(decided[1] - 0.5) < 0.2
    assert decided[3] > 0.85
