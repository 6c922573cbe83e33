import numpy as np
import pytest
from scipy import stats

from tasks.shift.tails import least, p_values


@pytest.mark.parametrize("degrees", [1, 3, 20])
def test_a_fitted_tail_is_that_of_chi_squared(degrees):
    rng = np.random.default_rng(degrees)
    null = rng.chisquare(degrees, (40, 999))
    value = stats.chi2.isf(1e-5, degrees)
    found = p_values(np.column_stack([np.full(40, value), null]), 100, 100)
    assert np.exp(np.log(found).mean()) == pytest.approx(1e-5, rel=0.9)
    assert found.max() < 5e-4


def test_common_values_are_counted():
    null = np.arange(999.0)
    found = p_values(np.concatenate([[500.5], null])[None], 100, 100)
    assert found[0] == pytest.approx((1 + 498) / 1_000)


def test_deals_that_tie_count_half():
    null = np.repeat([0.0, 1.0, 4.0], 333)
    found = p_values(np.concatenate([[1.0], null])[None], 100, 100)
    assert found[0] == pytest.approx((1 + 333 + 333 / 2) / 1_000)


def test_where_few_values_exist_the_level_holds_on_average():
    rng = np.random.default_rng(5)
    shares = []
    for chance in (0.01, 0.03, 0.1, 0.3):
        values = (rng.binomial(40, chance, (2_000, 500)) - 40 * chance) ** 2
        shares.append(np.mean(p_values(values, 100, 100) < 0.05))
    assert 0.03 < np.mean(shares) < 0.06
    assert max(shares) < 0.1


def test_uniform_without_a_difference():
    values = np.random.default_rng(3).chisquare(2, (2_000, 200))
    assert stats.kstest(p_values(values, 100, 100), "uniform").pvalue > 0.01


def test_never_below_what_so_few_units_can_give():
    found = p_values(np.concatenate([[1e9], np.random.default_rng(4).chisquare(1, 999)])[None], 4, 4)
    assert found[0] == pytest.approx(1 / 70)
    assert least(500, 500) == 1e-12
