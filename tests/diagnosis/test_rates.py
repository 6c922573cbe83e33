"""Rates and sums of rates keep their level, with and without atoms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnosis.rates import Rate, combined, counted, measured
from tasks.errors import InputError


@given(st.integers(0, 50), st.integers(50, 10_000))
def test_an_interval_holds_the_error_and_widens(errors: int, n: int) -> None:
    rate = Rate(errors / n, n)
    low, high = rate.interval(0.9)
    lower, higher = rate.interval(0.99)
    assert 0 <= lower <= low <= rate.error <= high <= higher <= 1


def test_the_difference_is_newcombes() -> None:
    # Newcombe 1998, table II (a) by method 10: 56/70 - 48/80.
    found = combined({"a": 1.0, "b": -1.0}, {"a": Rate(56 / 70, 70), "b": Rate(48 / 80, 80)}, 0.95)
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_rows_of_few_atoms_are_worth_less() -> None:
    rng = np.random.default_rng(1)
    by_atom = rng.random(40) < 0.3
    wrong = np.repeat(by_atom, 25).astype(float)
    alone = measured(wrong, np.arange(1000))
    tied = measured(wrong, np.repeat(np.arange(40), 25))
    assert alone.error == tied.error
    assert tied.worth == pytest.approx(39, rel=0.05)
    assert np.ptp(tied.interval()) > 4 * np.ptp(alone.interval())


def test_rows_that_all_agree_have_an_interval() -> None:
    low, high = measured(np.zeros(60), np.repeat(np.arange(20), 3)).interval()
    assert low == 0
    assert 0.1 < high < 0.25


def test_one_atom_tells_nothing() -> None:
    assert all(map(math.isnan, measured(np.array([0.0, 1.0]), np.zeros(2, int)).interval()))


def test_losses_are_measured_by_their_deviation() -> None:
    losses = np.random.default_rng(2).exponential(2.0, 4000)
    rate = measured(losses, np.arange(4000))
    assert rate.deviation == pytest.approx(losses.std(ddof=1) / math.sqrt(4000))


@pytest.mark.parametrize(
    ("error", "n", "said"),
    [
        (8, 100, "Write 8 % as 0.08"),
        (math.nan, 10, "found nan"),
        ("8", 10, "'8'"),
        (0.1, 0, "found 0"),
        (0.1, 2.5, "2.5"),
    ],
)
def test_what_is_no_rate_is_told(error: object, n: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        counted(error, n, name="dev")  # type: ignore[arg-type]


@pytest.mark.parametrize("confidence", [0.95, 0.9667])
def test_intervals_of_differences_cover(confidence: float) -> None:
    rng = np.random.default_rng(3)
    held, tries = 0, 0
    for _ in range(40):
        p = rng.uniform(0.01, 0.3, 3)
        n = rng.integers(200, 5000, 3)
        terms = {"a": 1.0, "b": -2.0, "c": 1.0}
        truth = float(p @ [1.0, -2.0, 1.0])
        for _ in range(50):
            seen = rng.binomial(n, p) / n
            rates = {name: Rate(float(e), int(m)) for name, e, m in zip("abc", seen, n, strict=True)}
            _, low, high = combined(terms, rates, confidence)
            held += low <= truth <= high
            tries += 1
    assert held / tries == pytest.approx(confidence, abs=0.02)
