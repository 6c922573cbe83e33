import numpy as np
import pytest

from tasks.shift.sample import Sample
from tasks.shift.space import REACH, fit_space


def sample(**columns):
    numeric = {name: np.asarray(column, float) for name, column in columns.items() if not isinstance(column[0], str)}
    words = {name: np.array(column, object) for name, column in columns.items() if isinstance(column[0], str)}
    return Sample(numeric, words, None, np.arange(len(next(iter(columns.values())))))


def squared(points):
    """Return the mean squared distance between two rows."""
    return 2 * float(points.astype(float).var(axis=0).sum())


def test_independent_rows_are_the_root_of_two_apart_whatever_the_descriptors():
    rng = np.random.default_rng(1)
    numbers = {f"d{i}": rng.normal(5, 10.0**i, 4_000) for i in range(4)}
    words = {"word": rng.choice(list("abcde"), 4_000, p=[0.6, 0.1, 0.1, 0.1, 0.1])}
    for columns in (numbers, words, numbers | words):
        one = sample(**columns)
        assert squared(fit_space([one, one]).points(one)) == pytest.approx(2, rel=0.05)


def test_neither_shift_nor_scale_matters():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=50), rng.normal(size=60)
    one = fit_space([sample(d=a), sample(d=b)]).points(sample(d=b))
    two = fit_space([sample(d=3 * a - 7), sample(d=3 * b - 7)]).points(sample(d=3 * b - 7))
    np.testing.assert_allclose(one, two, atol=1e-5)


def test_a_difference_between_the_samples_does_not_widen_the_scale():
    rng = np.random.default_rng(3)
    a, b = sample(d=rng.normal(size=500)), sample(d=rng.normal(6, 1, 500))
    space = fit_space([a, b])
    assert abs(space.points(a).mean() - space.points(b).mean()) == pytest.approx(6, rel=0.1)


def test_constant_descriptors_have_no_coordinate():
    assert fit_space([sample(d=[1.0, 1, 1]), sample(d=[1.0, 1])]).width == 0
    assert fit_space([sample(d=["x", "x"]), sample(d=["x"])]).width == 0
    assert fit_space([sample(d=[1.0, 1, 1])]).points(sample(d=[1.0, 1])).shape == (2, 0)


def test_constants_that_differ_are_apart():
    a, b = sample(d=[0.1] * 3), sample(d=[0.3] * 4)
    space = fit_space([a, b])
    assert space.points(b)[0, 0] - space.points(a)[0, 0] == pytest.approx(2)


def test_missing_values_stand_in_the_middle_with_a_mark():
    a, b = sample(d=[1.0, 2, 3, np.nan]), sample(d=[1.0, 2, 3, 4])
    points = fit_space([a, b]).points(a)
    assert points.shape == (4, 2)
    assert points[3].tolist() == [0, 1]
    assert points[:3, 1].tolist() == [0, 0, 0]


def test_all_missing_on_one_side_is_a_difference():
    a, b = sample(d=[np.nan] * 4), sample(d=[1.0, 2, 3, 4])
    space = fit_space([a, b])
    assert (space.points(a)[:, -1] == 1).all()
    assert (space.points(b)[:, -1] == 0).all()


def test_one_broken_value_does_not_outweigh_the_rest():
    values = [*np.linspace(-1, 1, 99), np.inf]
    points = fit_space([sample(d=values)]).points(sample(d=values))
    assert np.isfinite(points).all()
    assert points.max() == REACH


def test_categories_are_equally_far_apart():
    a = sample(d=["x", "y", "z", None, "x"])
    points = fit_space([a]).points(a)
    D = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    assert D[0, 4] == 0
    assert np.ptp([D[0, 1], D[0, 2], D[1, 2], D[0, 3], D[2, 3]]) < 1e-6
    assert (D**2).sum() / 25 == pytest.approx(2, rel=1e-5)
