"""Energy distance and its scale."""

import numpy as np
import pytest

from tasks.noise.energy import EnergyTo, halves_scatter, pooled_scale


def _even(n: int) -> np.ndarray:
    return np.full(n, 1 / n)


def test_it_agrees_with_scipy_in_one_dimension() -> None:
    from scipy.stats import energy_distance

    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, 2000), rng.normal(1, 2, 1500)
    ours = EnergyTo(b[:, None], _even(1500))(a[:, None], _even(2000))
    assert ours == pytest.approx(energy_distance(a, b) ** 2, abs=5e-3)  # scipy's is the root of the biased one


def test_its_mean_is_zero_when_nothing_differs() -> None:
    rng = np.random.default_rng(1)
    found = [EnergyTo(rng.normal(size=(40, 3)), _even(40))(rng.normal(size=(50, 3)), _even(50)) for _ in range(300)]
    assert abs(np.mean(found)) < 4 * np.std(found) / 300**0.5


def test_weights_are_repetitions() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(300, 2)), rng.normal(0.5, 1, size=(200, 2))
    weights = np.where(np.arange(300) < 100, 2.0, 0.5)
    repeated = np.concatenate((np.repeat(a[:100], 4, axis=0), a[100:]))
    to = EnergyTo(b, _even(200))
    assert to(a, weights / weights.sum()) == pytest.approx(to(repeated, _even(len(repeated))), abs=0.02)


def test_halves_of_one_sample_scatter_about_zero() -> None:
    sample = np.random.default_rng(3).normal(size=(200, 4))
    found = halves_scatter(sample, _even(200), rounds=300, seed=1)
    assert np.array_equal(found, halves_scatter(sample, _even(200), rounds=300, seed=1))
    assert abs(found.mean()) < 0.2 * found.std()


def test_scale_is_robust_and_leaves_out_what_says_nothing() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.normal(5, 2, size=(500, 5)), rng.normal(5, 2, size=(500, 5))
    a[0, 0] = 1e9
    a[:, 1] = b[:, 1] = 3.0
    a[:, 2] = np.nan
    a[::2, 3] = np.nan
    scale = pooled_scale(a, b)
    assert scale.keep.tolist() == [0, 3, 4]
    assert scale(a).std(axis=0)[0] == pytest.approx(1, rel=0.15)
    assert np.isfinite(scale(a)).all()
    assert np.abs(scale(a)).max() <= 8


def test_the_unit_of_a_descriptor_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.normal(0, 1, (300, 3)), rng.normal(1, 1, (300, 3))
    unit = np.array([1e-3, 1, 1e4])
    one, other = pooled_scale(a, b), pooled_scale(a * unit + 7, b * unit + 7)
    assert np.allclose(one(a), other(a * unit + 7))
