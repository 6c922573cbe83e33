"""Labels and atoms alone, without any descriptor."""

import numpy as np
import pytest

from tasks.errors import SplitError
from tasks.splitting.matched import match_splits


def draw(labels, atoms, sizes, **given):
    return match_splits(np.zeros((len(labels), 0)), labels, atoms, sizes, **given)


def test_sizes_are_exact_where_atoms_of_three_and_five_allow_it():
    rng = np.random.default_rng(2)
    for seed in range(10):
        atoms = np.repeat(np.arange(60), rng.choice([3, 5], 60))
        drawn = draw(rng.integers(0, 3, len(atoms)), atoms, {"dev": 51, "test": 47}, seed=seed)
        np.testing.assert_array_equal(np.bincount(drawn)[1:], [51, 47])


def test_label_shares_are_nearer_than_those_of_random_atoms():
    rng = np.random.default_rng(4)
    atoms = rng.integers(0, 40, 5_000)
    labels = (atoms + rng.integers(0, 4, 5_000)) % 10
    drawn = draw(labels, atoms, {"dev": 1_000, "test": 1_000}, seed=1)
    shares = np.bincount(labels) / 5_000

    def gap(chosen):
        return np.abs(np.bincount(labels[chosen], minlength=10) / chosen.sum() - shares).sum() / 2

    gaps = [gap(np.isin(atoms, rng.permutation(40)[:8])) for _ in range(200)]
    assert max(gap(drawn == 1), gap(drawn == 2)) < np.quantile(gaps, 0.02)


def test_large_and_small_atoms_go_everywhere():
    rows = np.array([40] * 30 + [4] * 300)
    atoms = np.repeat(np.arange(330), rows)
    drawn = draw(np.zeros(len(atoms), int), atoms, {"dev": 480, "test": 480}, seed=3)
    for split in (0, 1, 2):
        large = np.isin(atoms[drawn == split], np.arange(30)).mean()
        assert large == pytest.approx(0.5, abs=0.1)


def test_labels_that_only_old_rows_have_do_not_disturb():
    labels = np.concatenate([np.zeros(50, int), [7, 7, -1, 9]])
    held = np.repeat([-1, 1], [50, 4])
    drawn = draw(labels, np.arange(54), {"dev": 10, "test": 4}, seed=1, held=held)
    np.testing.assert_array_equal(np.bincount(drawn), [40, 10, 4])


def test_one_group_cannot_be_two_splits():
    with pytest.raises(SplitError, match=r"form no more than 1 group.* none is left after dev"):
        draw(np.zeros(500, int), np.zeros(500, int), {"dev": 40, "test": 40}, seed=1, where="input 'app'")


def test_splits_are_never_empty_however_large_the_atoms():
    drawn = draw(np.zeros(2_000, int), np.repeat([0, 1], 1_000), {"dev": 100, "test": 100}, seed=1)
    assert set(drawn.tolist()) == {1, 2}


def test_keys_must_fit_the_atoms():
    with pytest.raises(ValueError, match="keys: 3 wanted, one for each atom, but 2 given"):
        draw(np.zeros(3, int), np.arange(3), {"dev": 1}, seed=1, keys=["a", "b"])


def test_rare_labels_have_their_share_though_no_single_one_is_owed_a_row():
    labels = np.concatenate([np.repeat(np.arange(1000), 2), 1000 + np.arange(1000)])
    drawn = draw(labels, np.arange(3000), {"dev": 150, "test": 150}, seed=5)
    for code in (1, 2):
        assert (drawn == code).sum() == 150
        assert abs((labels[drawn == code] >= 1000).sum() - 50) <= 15
