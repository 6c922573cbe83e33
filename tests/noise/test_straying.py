"""How far values stray from what other columns say."""

import numpy as np

from tasks.noise.straying import learn_straying


def _table(seed: int, n: int = 800) -> np.ndarray:
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(n, 1))
    return np.column_stack([50 + 10 * (base + 0.3 * rng.normal(size=(n, 3))), rng.integers(0, 2, n)])


def test_noise_is_told_by_columns_that_hang_together_though_it_hardly_widens_them() -> None:
    clean, other = _table(1), _table(2)
    straying = learn_straying(clean)
    noisy = other + np.array([2.0, 2.0, 2.0, 0.0]) * np.random.default_rng(3).normal(size=other.shape)
    wider = noisy[:, :3].std(axis=0) / other[:, :3].std(axis=0)
    strays = straying(noisy).mean(axis=0) / straying(other).mean(axis=0)
    assert (wider < 1.05).all()
    assert (strays > 1.1).all()
    assert np.allclose(straying(other).mean(axis=0), straying(clean).mean(axis=0), rtol=0.1)


def test_codes_are_left_out_and_gaps_stay_gaps() -> None:
    clean = _table(4)
    clean[::7, 1] = np.nan
    straying = learn_straying(clean)
    found = straying(clean)
    assert straying.columns.tolist() == [0, 1, 2]
    assert np.array_equal(np.isnan(found), np.isnan(clean[:, :3]))
    assert (found[np.isfinite(found)] >= 0).all()


def test_columns_that_repeat_each_other_or_are_alone_or_none_are_taken() -> None:
    clean = _table(5)
    twice = np.column_stack([clean[:, 0], clean[:, 0]])
    assert np.isfinite(learn_straying(twice)(twice)).all()
    assert learn_straying(clean[:, :1])(clean[:, :1]).shape == (800, 1)
    assert learn_straying(clean[:, 3:])(clean[:, 3:]).shape == (800, 0)
