"""Which model embeds which row: atoms whole, parts in the proportions of what teaches."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.task_space.folds import FOLDS, deal_folds


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["train", "dev"])), min_size=1, max_size=80))
def test_rows_of_one_atom_are_in_one_fold_whatever_the_order(rows) -> None:
    atoms = [f"{part}{atom}" for atom, part in rows]
    parts = [part for _, part in rows]
    teaching = np.array([part == "train" for part in parts])
    folds = deal_folds(atoms, parts, teaching, seed=3)
    assert len({*zip(atoms, folds.tolist(), strict=True)}) == len({*atoms})
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    again = deal_folds([atoms[at] for at in order], [parts[at] for at in order], teaching[order], seed=3)
    np.testing.assert_array_equal(again, folds[order])


def test_every_part_is_dealt_alike() -> None:
    parts = ["train"] * 1_000 + ["dev"] * 203
    atoms = [f"{part}-{row}" for row, part in enumerate(parts)]
    folds = deal_folds(atoms, parts, np.arange(1_203) < 1_000, seed=1)
    assert np.bincount(folds[:1_000]).tolist() == [200] * FOLDS
    assert np.ptp(np.bincount(folds[1_000:])) <= 1


def test_dev_follows_the_uneven_shares_of_few_large_atoms() -> None:
    sizes = [500, 300, 100, 100]
    atoms = [f"speaker{n}" for n, size in enumerate(sizes) for _ in range(size)] + [f"d{n}" for n in range(100)]
    folds = deal_folds(atoms, ["train"] * 1_000 + ["dev"] * 100, np.arange(1_100) < 1_000, seed=1)
    taught, judged = np.bincount(folds[:1_000]), np.bincount(folds[1_000:])
    np.testing.assert_allclose(judged / 100, taught / 1_000, atol=0.011)


def test_one_teaching_atom_leaves_one_fold() -> None:
    assert not deal_folds(["a", "a", "b"], ["train", "train", "dev"], np.array([True, True, False]), seed=1).any()


def test_the_seed_deals_anew() -> None:
    atoms = [f"a{n}" for n in range(50)]
    first, second = (deal_folds(atoms, ["train"] * 50, np.ones(50, bool), seed=seed) for seed in (1, 2))
    assert (first != second).any()
