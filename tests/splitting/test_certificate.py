import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import ks_2samp, kstest

from tasks.splitting.certificate import certify
from tasks.splitting.matched import match_splits
from tasks.splitting.random_splits import deal


def random_codes(rng, atoms, dev, test):
    rows = np.bincount(atoms)
    return deal(rows, dev, test, 1, rng)[0][atoms]


@pytest.mark.parametrize("groups", [300, 60])
def test_a_random_split_has_a_uniform_percentile(groups):
    rng = np.random.default_rng(1)
    percentiles = []
    for trial in range(60):
        atoms = np.sort(np.concatenate([np.arange(groups), rng.integers(0, groups, 300)]))
        points = rng.normal(size=(len(atoms), 2)) + rng.normal(size=(groups, 2))[atoms]
        codes = random_codes(rng, atoms, 120, 100)
        found = certify(points, rng.integers(0, 3, len(atoms)), atoms, codes, seed=trial, draws=49)
        percentiles.append([match.percentile for match in found.matches])
    for column in np.array(percentiles).T:
        assert kstest((column - 2 * rng.random(60)) / 100, "uniform").pvalue > 0.003


def test_beyond_many_atoms_percentiles_are_uniform_too(monkeypatch):
    monkeypatch.setattr("tasks.splitting.random_splits.MOST_ATOMS", 200)
    rng = np.random.default_rng(12)
    percentiles = []
    for trial in range(60):
        atoms = np.sort(np.concatenate([np.arange(500), rng.integers(0, 500, 300)]))
        points = rng.normal(size=(800, 2))
        found = certify(points, np.zeros(800, int), atoms, random_codes(rng, atoms, 200, 100), seed=trial, draws=49)
        assert found.limit
        percentiles.append([match.percentile for match in found.matches])
    for column in np.array(percentiles).T:
        assert kstest((column - 2 * rng.random(60)) / 100, "uniform").pvalue > 0.003


def test_a_matched_split_is_among_the_nearest_and_a_shifted_one_is_not():
    rng = np.random.default_rng(3)
    points, labels, atoms = rng.normal(size=(1500, 4)), rng.integers(0, 4, 1500), np.arange(1500)
    codes = match_splits(points, labels, atoms, {"dev": 300, "test": 300}, seed=1)
    found = certify(points, labels, atoms, codes, seed=1)
    assert [match.percentile <= 1 for match in found.matches] == [True] * 3
    for match in found.matches:
        assert match.energy_distance < match.energy_distance_random
        assert match.largest_difference < match.largest_difference_random
        assert match.label_gap < match.label_gap_random
    shifted = np.zeros(1500, int)
    by_first = np.argsort(points[:, 0])
    shifted[by_first[:300]], shifted[by_first[300:600]] = 1, 2
    assert certify(points, labels, atoms, shifted, seed=1).match("dev", "test").percentile == 100


def test_numbers_agree_with_those_computed_directly():
    rng = np.random.default_rng(4)
    column, labels = rng.normal(size=200), np.repeat([0, 1], 100)
    codes = rng.integers(0, 3, 200)
    found = certify(column[:, None], labels * 0, np.arange(200), codes, seed=1).match("dev", "test")
    standard = (column - column.mean()) / column.std()
    a, b = standard[codes == 1], standard[codes == 2]
    assert found.sliced_ks == pytest.approx(ks_2samp(a, b).statistic)
    direct = (
        2 * cdist(a[:, None], b[:, None]).mean()
        - cdist(a[:, None], a[:, None]).mean()
        - cdist(b[:, None], b[:, None]).mean()
    )
    assert found.energy_distance == pytest.approx(direct, rel=1e-4)
    assert found.largest_difference == pytest.approx(abs(a.mean() - b.mean()), rel=1e-4)
    with_labels = certify(column[:, None], labels, np.arange(200), codes, seed=1).match("dev", "test")
    assert with_labels.label_gap == pytest.approx(abs(labels[codes == 1].mean() - labels[codes == 2].mean()), rel=1e-4)


def test_energy_distance_of_many_columns_is_estimated_without_bias():
    rng = np.random.default_rng(5)
    points = rng.normal(size=(600, 6))
    codes = np.repeat([1, 2], 300)
    points[:300] += 0.5
    standard = (points - points.mean(0)) / points.std(0)
    a, b = standard[:300], standard[300:]
    direct = 2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean()
    estimates = [
        certify(points, np.zeros(600, int), np.arange(600), codes, seed=s, draws=9).match("dev", "test")
        for s in range(10)
    ]
    assert np.mean([match.energy_distance for match in estimates]) == pytest.approx(direct, rel=0.1)


def test_few_atoms_give_coarse_percentiles():
    atoms = np.repeat(np.arange(4), 25)
    points = np.random.default_rng(6).normal(size=(100, 2)) + atoms[:, None]
    found = []
    for codes in ([1, 2, 2, 1], [1, 2, 1, 2], [1, 1, 2, 2]):
        certificate = certify(points, np.zeros(100, int), atoms, np.array(codes)[atoms], seed=1)
        assert len(certificate.matches) == 3
        found.append(certificate.match("dev", "test").percentile)
    np.testing.assert_allclose(sorted(found), [100 / 3, 200 / 3, 100])
    assert (certificate.draws, certificate.as_near(certificate.match("dev", "test")) % 2) == (6, 0)


def test_identical_rows_differ_by_nothing():
    codes = np.arange(90) % 3
    found = certify(np.ones((90, 3)), np.zeros(90, int), np.arange(90), codes, seed=1)
    for match in found.matches:
        assert (match.distance, match.energy_distance, match.sliced_ks, match.label_gap) == (0, 0, 0, 0)
        assert match.percentile == 100


def test_without_test_only_dev_is_compared():
    found = certify(np.zeros((50, 1)), np.zeros(50, int), np.arange(50), (np.arange(50) < 10).astype(int), seed=1)
    assert [(match.split_a, match.split_b) for match in found.matches] == [("dev", "target")]
    with pytest.raises(KeyError, match="not compared"):
        found.match("dev", "test")


def test_same_seed_same_certificate():
    rng = np.random.default_rng(7)
    points, codes = rng.normal(size=(300, 3)), rng.integers(0, 3, 300)
    a, b = (certify(points, codes * 0, np.arange(300), codes, seed=5, draws=50) for _ in range(2))
    for one, other in zip(a.matches, b.matches, strict=True):
        np.testing.assert_array_equal(one.reference, other.reference)
        assert one.percentile == other.percentile


def test_random_splits_of_few_atoms_are_as_often_the_nearest_as_there_are_splits():
    rng = np.random.default_rng(8)
    atoms = np.repeat(np.arange(6), 10)
    points = rng.normal(size=(60, 2)) + rng.normal(size=(6, 2))[atoms]
    best = []
    for dev in range(6):
        for test in range(6):
            if dev != test:
                codes = np.where(atoms == dev, 1, np.where(atoms == test, 2, 0))
                found = certify(points, np.zeros(60, int), atoms, codes, seed=3)
                assert found.draws == 30
                best.append((found.nearer, found.match("dev", "test").percentile))
    nearer, percentiles = np.array(best).T
    assert nearer.min() == 0
    np.testing.assert_allclose(np.unique(percentiles), 100 * np.arange(1, 16) / 15)
