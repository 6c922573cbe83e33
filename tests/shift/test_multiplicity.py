import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.shift.multiplicity import adjust

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_agrees_with_scipy():
    scipy_stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    given_p = rng.random(40) ** 2
    np.testing.assert_allclose(adjust(given_p), scipy_stats.false_discovery_control(given_p))


@given(p_values, st.randoms(use_true_random=False))
def test_order_does_not_matter(values, random):
    order = random.sample(range(len(values)), len(values))
    np.testing.assert_array_equal(adjust(values)[order], adjust(np.array(values)[order]))


@given(p_values)
def test_never_smaller_never_above_one_and_monotone(values):
    adjusted = adjust(values)
    assert (adjusted >= np.array(values) - 1e-12).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(values)]) >= 0).all()


def test_what_was_not_tested_is_not_counted():
    np.testing.assert_allclose(adjust([0.01, np.nan, 0.5]), [0.02, np.nan, 0.5])


def test_nothing_to_adjust():
    assert len(adjust([])) == 0
