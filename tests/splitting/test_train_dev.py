import numpy as np
import pytest

from tasks.errors import SplitError
from tasks.splitting.train_dev import draw_train_dev


def undescribed(rows):
    return np.zeros((rows, 0), np.float32)


def test_train_dev_has_the_mixture_of_the_training_data():
    rng = np.random.default_rng(1)
    domains = np.repeat([0, 1], [4_000, 1_000])
    labels = np.where(domains == 0, rng.integers(0, 3, 5_000), rng.integers(2, 5, 5_000))
    held = draw_train_dev(undescribed(5_000), labels, domains, np.arange(5_000), 500, seed=1)
    assert held.sum() == 500
    assert (domains[held] == 1).sum() == 100
    for domain in (0, 1):
        everywhere = np.bincount(labels[domains == domain], minlength=5) / (domains == domain).sum()
        here = np.bincount(labels[held & (domains == domain)], minlength=5) / (held & (domains == domain)).sum()
        assert np.abs(everywhere - here).max() < 0.01


def test_atoms_are_whole():
    atoms = np.arange(900) // 9
    held = draw_train_dev(undescribed(900), np.zeros(900, int), np.zeros(900, int), atoms, 90, seed=1)
    assert set(np.bincount(atoms, weights=held)) == {0.0, 9.0}


@pytest.mark.parametrize(("n", "atoms"), [(100, np.arange(100)), (500, np.zeros(500, int))])
def test_train_is_never_emptied(n, atoms):
    with pytest.raises(SplitError, match=r"^splits\.train_dev: 100 rows wanted, but dev and test leave"):
        draw_train_dev(undescribed(n), np.zeros(n, int), np.zeros(n, int), atoms, 100, seed=1)


def test_domains_are_met_where_labels_have_a_row_or_two_each():
    labels = np.concatenate([np.arange(4000) % 2000, np.arange(2000)])
    domains = np.repeat([0, 1], [4000, 2000])
    held_out = draw_train_dev(undescribed(6000), labels, domains, np.arange(6000), 200, seed=3)
    assert held_out.sum() == 200
    assert abs(domains[held_out].sum() - 200 / 3) <= 1


def test_descriptors_are_those_of_the_training_mixture():
    rng = np.random.default_rng(8)
    domains = np.repeat([0, 1], [3_000, 600])
    described = rng.normal(domains[:, None] * 2.0, 1, (3_600, 4)).astype(np.float32)
    off, random = [], []
    for seed in range(5):
        held = draw_train_dev(described, np.zeros(3_600, int), domains, np.arange(3_600), 400, seed=seed)
        drawn = np.isin(np.arange(3_600), rng.permutation(3_600)[:400])
        off.append(np.abs(described[held].mean(0) - described.mean(0)).max())
        random.append(np.abs(described[drawn].mean(0) - described.mean(0)).max())
    assert np.mean(off) < np.mean(random) / 3


def test_what_was_held_out_stays_and_counts():
    before = np.repeat([0, 1, -1], [300, 40, 660])
    held = draw_train_dev(
        undescribed(1_000), np.zeros(1_000, int), np.zeros(1_000, int), np.arange(1_000), 100, seed=1, held=before
    )
    assert held.sum() == 100
    assert held[before == 1].all()
    assert not held[before == 0].any()
