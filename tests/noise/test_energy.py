"""Energy distance and its scale."""

import numpy as np
import pytest

from tasks.noise.energy import EnergyTo, blocks_of, halves_scatter, pooled_scale


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


BLOCKS = blocks_of(["light", "shape", "light", "shape", "shape"])


def test_families_are_summed() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=(60, 5)), rng.normal(0.5, 1, size=(50, 5))
    parts = [EnergyTo(b[:, block], _even(50))(a[:, block], _even(60)) for block in BLOCKS]
    assert [block.tolist() for block in BLOCKS] == [[0, 2], [1, 3, 4]]
    assert EnergyTo(b, _even(50), BLOCKS)(a, _even(60)) == pytest.approx(sum(parts))
    whole = [np.arange(5)]
    one, other = (halves_scatter(a, _even(60), rounds=20, seed=1, blocks=blocks) for blocks in (None, whole))
    assert np.array_equal(one, other)


def test_the_slope_is_that_of_the_distance() -> None:
    rng = np.random.default_rng(7)
    a, b, way = rng.normal(size=(30, 5)), rng.normal(0.5, 1, size=(20, 5)), rng.normal(size=(30, 5))
    weights = rng.dirichlet(np.ones(30))
    to = EnergyTo(b, _even(20), BLOCKS)
    value, slope = to.slope(a, weights)
    assert value == pytest.approx(to(a, weights))
    step = 1e-5
    rise = (to(a + step * way, weights) - to(a - step * way, weights)) / (2 * step)
    assert float(np.sum(slope * way)) == pytest.approx(rise, rel=1e-4)


def test_the_best_share_is_the_share_that_was_mixed() -> None:
    rng = np.random.default_rng(8)
    before = rng.normal(size=(400, 5))
    after = before + np.array([2.0, 0, -1, 0, 1])
    goal = rng.normal(size=(500, 5)) + np.where(np.arange(500)[:, None] % 10 < 3, [2.0, 0, -1, 0, 1], 0)
    to = EnergyTo(goal, _even(500), BLOCKS)
    assert to.best_share(after, before, _even(400)) == pytest.approx(0.3, abs=0.05)
    assert to.best_share(before, before, _even(400)) == 1.0
