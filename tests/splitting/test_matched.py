import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from tasks.errors import SplitError
from tasks.splitting.matched import match_splits


@st.composite
def pools(draw):
    rows = draw(st.lists(st.integers(1, 9), min_size=3, max_size=40))
    atoms = np.repeat(np.arange(len(rows)), rows)
    n = len(atoms)
    rng = np.random.default_rng(draw(st.integers(0, 1_000)))
    descriptors = rng.normal(size=(n, draw(st.integers(0, 4)))).astype(np.float32)
    if descriptors.size and draw(st.booleans()):
        descriptors[rng.random(n) < 0.3, 0] = np.nan
    labels = np.array(draw(st.lists(st.integers(-1, 4), min_size=n, max_size=n)))
    sizes = {"dev": draw(st.integers(1, max(1, n // 3))), "test": draw(st.integers(0, n // 3))}
    return descriptors, labels, atoms, sizes, draw(st.integers(0, 2**32 - 1))


def keys_of(atoms):
    return [f"atom {code}" for code in range(int(atoms.max()) + 1)]


def energy(points, a, b):
    return (
        2 * cdist(points[a], points[b]).mean() - cdist(points[a], points[a]).mean() - cdist(points[b], points[b]).mean()
    )


@settings(max_examples=60, deadline=None)
@given(pools())
def test_atoms_are_whole(pool):
    descriptors, labels, atoms, sizes, seed = pool
    drawn = match_splits(descriptors, labels, atoms, sizes, seed=seed)
    assert len(np.unique(np.column_stack([atoms, drawn]), axis=0)) == len(np.unique(atoms))


@settings(max_examples=60, deadline=None)
@given(pools())
def test_sizes_are_off_by_at_most_half_of_the_largest_atom(pool):
    descriptors, labels, atoms, sizes, seed = pool
    drawn = match_splits(descriptors, labels, atoms, sizes, seed=seed)
    for name, number in (("dev", 1), ("test", 2)):
        rows, groups = int((drawn == number).sum()), len(np.unique(atoms[drawn == number]))
        if sizes[name] == 0:
            assert rows == 0
        else:
            assert rows > 0
            assert abs(rows - sizes[name]) <= np.bincount(atoms).max() / 2 or groups == 1


@settings(max_examples=40, deadline=None)
@given(pools(), st.randoms(use_true_random=False))
def test_neither_row_order_nor_names_of_labels_and_atoms_matter(pool, random):
    descriptors, labels, atoms, sizes, seed = pool
    drawn = match_splits(descriptors, labels, atoms, sizes, seed=seed, keys=keys_of(atoms))
    order = np.array(random.sample(range(len(atoms)), len(atoms)))
    new_label = np.array([*random.sample(range(100), 5), -1])
    numbers = np.array(random.sample(range(1000), int(atoms.max()) + 1))
    keys = [f"atom {code}" for code in np.argsort(numbers)]
    again = match_splits(
        descriptors[order], new_label[labels][order], numbers[atoms][order], sizes, seed=seed, keys=keys
    )
    np.testing.assert_array_equal(again, drawn[order])


@settings(max_examples=20, deadline=None)
@given(pools())
def test_same_seed_same_splits(pool):
    descriptors, labels, atoms, sizes, seed = pool
    first = match_splits(descriptors, labels, atoms, sizes, seed=seed)
    np.testing.assert_array_equal(first, match_splits(descriptors, labels, atoms, sizes, seed=seed))


def test_seeds_choose_different_rows():
    points = np.random.default_rng(1).normal(size=(400, 3))
    draws = [
        match_splits(points, np.zeros(400, int), np.arange(400), {"dev": 100, "test": 100}, seed=s) for s in range(30)
    ]
    often = np.mean([draw == 1 for draw in draws], axis=0)
    assert often.max() < 0.8
    assert often.mean() == pytest.approx(0.25)


def test_single_rows_meet_sizes_and_shares_exactly():
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(4), [400, 300, 200, 100])
    drawn = match_splits(rng.normal(size=(1000, 3)), labels, np.arange(1000), {"dev": 100, "test": 50}, seed=1)
    np.testing.assert_array_equal(np.bincount(labels[drawn == 1]), [40, 30, 20, 10])
    np.testing.assert_array_equal(np.bincount(labels[drawn == 2]), [20, 15, 10, 5])


@pytest.mark.parametrize("sizes", [{"dev": 600, "test": 600}, {"dev": 120, "test": 60}, {"dev": 300}])
def test_parts_are_far_nearer_to_each_other_and_to_the_whole_than_random_ones(sizes):
    rng = np.random.default_rng(5)
    points = rng.normal(size=(1200, 4)) + rng.integers(0, 2, 1200)[:, None]
    drawn = match_splits(points, rng.integers(0, 3, 1200), np.arange(1200), sizes, seed=2)
    everything = np.ones(1200, bool)
    for a, b in ((drawn == 1, drawn == 2), (drawn == 1, everything), (drawn == 2, everything)):
        if a.any() and b.any() and not (a == b).all():
            random = []
            for _ in range(20):
                order = rng.permutation(1200)
                random.append(energy(points, a[order], b if b is everything else b[order]))
            assert energy(points, a, b) < 0.5 * np.median(random)


def test_groups_are_nearer_than_the_best_of_a_hundred_random_splits():
    rng = np.random.default_rng(6)
    atoms = np.repeat(np.arange(60), rng.integers(5, 30, 60))
    points = rng.normal(size=(len(atoms), 5)) + rng.normal(size=(60, 5))[atoms]
    half = len(atoms) // 2
    drawn = match_splits(
        points, (points[:, 0] > 0).astype(int), atoms, {"dev": half, "test": len(atoms) - half}, seed=1
    )
    random = []
    for _ in range(100):
        inside = np.isin(atoms, rng.permutation(60)[:30])
        random.append(energy(points, inside, ~inside))
    assert energy(points, drawn == 1, drawn == 2) < min(random)
    assert (drawn == 1).sum() == half


def test_of_all_splits_of_a_few_atoms_one_of_the_best_is_found():
    rng = np.random.default_rng(7)
    atoms = np.repeat(np.arange(10), 8)
    points = rng.normal(size=(80, 2)) + 2 * rng.normal(size=(10, 2))[atoms]
    drawn = match_splits(points, np.zeros(80, int), atoms, {"dev": 40, "test": 40}, seed=3)
    standard = (points - points.mean(0)) / points.std(0)
    every = []
    for bits in range(1 << 10):
        inside = np.array([bits >> g & 1 for g in range(10)], bool)[atoms]
        if inside.sum() == 40:
            every.append(energy(standard, inside, ~inside))
    assert energy(standard, drawn == 1, drawn == 2) <= np.quantile(every, 0.02)


def test_missing_values_are_matched_too():
    rng = np.random.default_rng(8)
    points = rng.normal(size=(2000, 3))
    points[rng.random(2000) < 0.2, 1] = np.nan
    drawn = match_splits(points, np.zeros(2000, int), np.arange(2000), {"dev": 200, "test": 200}, seed=1)
    missing = np.isnan(points[:, 1])
    for number in (1, 2):
        assert missing[drawn == number].mean() == pytest.approx(missing.mean(), abs=0.011)


def test_several_labels_a_row_some_not_annotated_are_matched():
    rng = np.random.default_rng(9)
    labels = (rng.random((3000, 4)) < [0.5, 0.3, 0.1, 0.02]).astype(float)
    labels[rng.random((3000, 4)) < 0.25] = np.nan
    drawn = match_splits(rng.normal(size=(3000, 2)), labels, np.arange(3000), {"dev": 300, "test": 300}, seed=1)
    for number in (1, 2):
        mine = labels[drawn == number]
        np.testing.assert_allclose(np.nanmean(mine, 0), np.nanmean(labels, 0), atol=0.02)
        np.testing.assert_allclose(np.isnan(mine).mean(0), np.isnan(labels).mean(0), atol=0.02)


def test_numbers_as_labels_are_matched():
    rng = np.random.default_rng(10)
    labels = rng.lognormal(size=2000)
    labels[:50] = np.nan
    drawn = match_splits(rng.normal(size=(2000, 2)), labels, np.arange(2000), {"dev": 500, "test": 500}, seed=1)
    order = np.sort(labels[50:])
    for number in (1, 2):
        mine = np.sort(labels[(drawn == number) & ~np.isnan(labels)])
        share = np.searchsorted(mine, order, side="right") / len(mine)
        assert np.abs(share - np.arange(1, len(order) + 1) / len(order)).max() < 0.025


def test_what_is_held_stays_and_counts():
    rng = np.random.default_rng(11)
    labels, held = rng.integers(0, 3, 1000), np.full(1000, -1)
    points = rng.normal(size=(1000, 3))
    first = match_splits(points[:400], labels[:400], np.arange(400), {"dev": 80, "test": 80}, seed=1)
    held[:400] = first
    drawn = match_splits(points, labels, np.arange(1000), {"dev": 200, "test": 200}, seed=2, held=held)
    np.testing.assert_array_equal(drawn[:400], first)
    np.testing.assert_array_equal(np.bincount(drawn), [600, 200, 200])
    for number in (1, 2):
        np.testing.assert_allclose(np.bincount(labels[drawn == number]) / 200, np.bincount(labels) / 1000, atol=0.006)


def test_rows_of_a_held_atom_follow_it():
    atoms = np.array([0, 0, 1, 1, 2, 3, 4, 5])
    held = np.array([1, -1, 2, -1, -1, -1, -1, -1])
    drawn = match_splits(np.zeros((8, 1)), np.zeros(8, int), atoms, {"dev": 3, "test": 3}, seed=0, held=held)
    assert drawn[:4].tolist() == [1, 1, 2, 2]
    np.testing.assert_array_equal(np.bincount(drawn), [2, 3, 3])


def test_nothing_wanted_and_nothing_there():
    assert match_splits(np.zeros((0, 2)), np.zeros(0, int), np.zeros(0, int), {}, seed=1).tolist() == []
    assert match_splits(np.zeros((3, 2)), np.zeros(3, int), np.arange(3), {"dev": 0}, seed=1).tolist() == [0, 0, 0]


def test_shapes_that_do_not_agree_are_refused():
    with pytest.raises(ValueError, match=r"\(n, p\)"):
        match_splits(np.zeros((3, 2)), np.zeros(3, int), np.arange(4), {"dev": 1}, seed=1)


def test_more_rows_than_there_are_is_refused_with_the_remedy():
    with pytest.raises(SplitError, match=r"splits.test: 60 rows wanted, but input 'app' leaves 50 rows .* after dev"):
        match_splits(
            np.zeros((100, 1)), np.zeros(100, int), np.arange(100), {"dev": 50, "test": 60}, seed=1, where="input 'app'"
        )
