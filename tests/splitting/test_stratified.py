import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import SplitError
from tasks.splitting.split_report import report_splits
from tasks.splitting.stratified import draw_splits


@st.composite
def pools(draw):
    rows = draw(st.lists(st.integers(1, 9), min_size=3, max_size=40))
    atoms = np.repeat(np.arange(len(rows)), rows)
    labels = np.array(draw(st.lists(st.integers(-1, 4), min_size=len(atoms), max_size=len(atoms))))
    dev = draw(st.integers(1, max(1, len(atoms) // 3)))
    test = draw(st.integers(0, len(atoms) // 3))
    return labels, atoms, {"dev": dev, "test": test}, draw(st.integers(0, 2**32 - 1))


def keys_of(atoms):
    return [f"atom {code}" for code in range(int(atoms.max()) + 1)]


@settings(max_examples=60, deadline=None)
@given(pools())
def test_atoms_are_whole(pool):
    labels, atoms, sizes, seed = pool
    drawn = draw_splits(labels, atoms, sizes, seed=seed)
    assert len(np.unique(np.column_stack([atoms, drawn]), axis=0)) == len(np.unique(atoms))


@settings(max_examples=60, deadline=None)
@given(pools())
def test_sizes_are_off_by_at_most_half_of_the_largest_atom(pool):
    labels, atoms, sizes, seed = pool
    drawn = draw_splits(labels, atoms, sizes, seed=seed)
    largest = np.bincount(atoms).max()
    for name, number in (("dev", 1), ("test", 2)):
        rows = int((drawn == number).sum())
        groups = len(np.unique(atoms[drawn == number]))
        if sizes[name] == 0:
            assert rows == 0
        else:
            assert rows > 0
            assert abs(rows - sizes[name]) <= largest / 2 or groups == 1


@settings(max_examples=30, deadline=None)
@given(pools(), st.randoms(use_true_random=False))
def test_neither_row_order_nor_names_of_labels_and_atoms_matter(pool, random):
    labels, atoms, sizes, seed = pool
    drawn = draw_splits(labels, atoms, sizes, seed=seed, keys=keys_of(atoms))
    order = np.array(random.sample(range(len(atoms)), len(atoms)))
    new_label = np.array([*random.sample(range(100), 5), -1])
    numbers = np.array(random.sample(range(1000), int(atoms.max()) + 1))
    keys = [f"atom {code}" for code in np.argsort(numbers)]
    again = draw_splits(new_label[labels][order], numbers[atoms][order], sizes, seed=seed, keys=keys)
    np.testing.assert_array_equal(again, drawn[order])


@settings(max_examples=20, deadline=None)
@given(pools())
def test_same_seed_same_splits_and_other_seeds_other_ones(pool):
    labels, atoms, sizes, seed = pool
    first = draw_splits(labels, atoms, sizes, seed=seed)
    np.testing.assert_array_equal(first, draw_splits(labels, atoms, sizes, seed=seed))


def test_seeds_choose_different_rows():
    labels, atoms = np.zeros(400, int), np.arange(400)
    draws = [draw_splits(labels, atoms, {"dev": 100, "test": 100}, seed=seed) for seed in range(20)]
    often = np.mean([draw == 1 for draw in draws], axis=0)
    assert often.max() < 0.8
    assert often.mean() == pytest.approx(0.25)


def test_single_rows_meet_sizes_and_shares_exactly():
    labels = np.repeat(np.arange(4), [400, 300, 200, 100])
    drawn = draw_splits(labels, np.arange(1000), {"dev": 100, "test": 50}, seed=1)
    np.testing.assert_array_equal(np.bincount(labels[drawn == 1]), [40, 30, 20, 10])
    np.testing.assert_array_equal(np.bincount(labels[drawn == 2]), [20, 15, 10, 5])


def test_sizes_are_exact_where_atoms_of_three_and_five_allow_it():
    rng = np.random.default_rng(2)
    for seed in range(10):
        atoms = np.repeat(np.arange(60), rng.choice([3, 5], 60))
        drawn = draw_splits(rng.integers(0, 3, len(atoms)), atoms, {"dev": 51, "test": 47}, seed=seed)
        np.testing.assert_array_equal(np.bincount(drawn)[1:], [51, 47])


def test_label_shares_are_nearer_than_those_of_random_atoms():
    rng = np.random.default_rng(4)
    atoms = rng.integers(0, 40, 5_000)
    labels = (atoms + rng.integers(0, 4, 5_000)) % 10
    report = report_splits(labels, atoms, draw_splits(labels, atoms, {"dev": 1_000, "test": 1_000}, seed=1), {})
    shares = np.bincount(labels) / 5_000
    gaps = []
    for _ in range(200):
        chosen = np.isin(atoms, rng.permutation(40)[:8])
        gaps.append(np.abs(np.bincount(labels[chosen], minlength=10) / chosen.sum() - shares).sum() / 2)
    assert max(report.label_gap["dev"], report.label_gap["test"]) < np.quantile(gaps, 0.02)


def test_large_and_small_atoms_go_everywhere():
    rows = np.array([40] * 30 + [4] * 300)
    atoms = np.repeat(np.arange(330), rows)
    drawn = draw_splits(np.zeros(len(atoms), int), atoms, {"dev": 480, "test": 480}, seed=3)
    for split in (0, 1, 2):
        large = np.isin(atoms[drawn == split], np.arange(30)).mean()
        assert large == pytest.approx(0.5, abs=0.1)


def test_rows_that_are_there_already_count():
    rng = np.random.default_rng(6)
    old = {"dev": np.repeat([0, 1], [80, 20]), "rest": np.repeat([0, 1], [100, 100])}
    labels = rng.integers(0, 2, 600)
    drawn = draw_splits(labels, np.arange(600), {"dev": 200}, seed=1, existing=old)
    assert (drawn == 1).sum() == 100
    everything = np.concatenate([labels, *old.values()])
    dev = np.concatenate([labels[drawn == 1], old["dev"]])
    assert np.mean(dev == 0) == pytest.approx(np.mean(everything == 0), abs=0.01)
    assert not (draw_splits(labels, np.arange(600), {"dev": 100}, seed=1, existing=old) == 1).any()


def test_labels_that_only_old_rows_have_do_not_disturb():
    old = {"dev": np.array([7, 7, -1, 9])}
    drawn = draw_splits(np.zeros(50, int), np.arange(50), {"dev": 10, "test": 4}, seed=1, existing=old)
    np.testing.assert_array_equal(np.bincount(drawn), [40, 6, 4])


def test_more_rows_than_there_are_is_refused_with_the_remedy():
    atoms = np.repeat(np.arange(13), [100] + [25] * 12)
    with pytest.raises(SplitError) as error:
        draw_splits(np.zeros(400, int), atoms, {"dev": 90, "test": 400}, seed=1, where="input 'app'")
    assert str(error.value) == (
        "splits.test: 400 rows wanted, but input 'app' leaves 310 rows in 12 groups after dev. "
        "Lower splits.test to 310 or add target data."
    )


def test_one_group_cannot_be_two_splits():
    with pytest.raises(SplitError, match=r"form no more than 1 group.* none is left after dev"):
        draw_splits(np.zeros(500, int), np.zeros(500, int), {"dev": 40, "test": 40}, seed=1, where="input 'app'")


def test_splits_are_never_empty_however_large_the_atoms():
    drawn = draw_splits(np.zeros(2_000, int), np.repeat([0, 1], 1_000), {"dev": 100, "test": 100}, seed=1)
    assert set(drawn.tolist()) == {1, 2}


def test_nothing_to_draw_from_is_fine_when_nothing_is_wanted():
    empty = np.empty(0, np.int64)
    assert len(draw_splits(empty, empty, {"dev": 0}, seed=1)) == 0


def test_thin_labels_are_reported():
    labels = np.array([0] * 50 + [1, 1, 2])
    drawn = draw_splits(labels, np.arange(53), {"dev": 10, "test": 10}, seed=1)
    report = report_splits(labels, np.arange(53), drawn, {"dev": 10, "test": 10})
    assert report.thin == {1: 2, 2: 1}
    assert report.deviation == {"dev": 0, "test": 0}
    assert report.atoms == {"rest": 33, "dev": 10, "test": 10}


def test_keys_must_fit_the_atoms():
    with pytest.raises(ValueError, match="keys: 3 wanted, one for each atom, but 2 given"):
        draw_splits(np.zeros(3, int), np.arange(3), {"dev": 1}, seed=1, keys=["a", "b"])


def test_rare_labels_have_their_share_though_no_single_one_is_owed_a_row():
    labels = np.concatenate([np.repeat(np.arange(1000), 2), 1000 + np.arange(1000)])
    drawn = draw_splits(labels, np.arange(3000), {"dev": 150, "test": 150}, seed=5)
    for code in (1, 2):
        assert (drawn == code).sum() == 150
        assert abs((labels[drawn == code] >= 1000).sum() - 50) <= 15
