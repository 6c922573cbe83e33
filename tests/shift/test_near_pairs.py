"""Near-duplicates in two splits are counted, through records in no split too."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shift.near_pairs import count_pairs

IDS = [f"in/{i}" for i in range(8)]
PLACES = {
    "in/0": "train",
    "in/1": "train",
    "in/2": "train-dev",
    "in/3": "dev",
    "in/4": "dev",
    "in/5": "test",
    "in/6": "test",
}
"""in/7 is in no split: dropped, or left out of the target."""


def manifest(places=PLACES):
    ids = [*places, "in/0#synthetic-1"]
    splits, synthetic = [*places.values(), "train"], [False] * len(places) + [True]
    return pa.table({"record_id": ids, "split": splits, "synthetic": pa.array(synthetic, pa.bool_())})


def counted(*pairs, places=PLACES):
    columns = {"first": [one for one, _ in pairs], "second": [two for _, two in pairs]}
    table = pa.table({name: pa.array(ids, pa.string()) for name, ids in columns.items()})
    return {(row.split_a, row.split_b): row.effect.effect for row in count_pairs(table, manifest(places))}


def test_no_pair_or_pairs_inside_a_split_share_nothing():
    for pairs in ((), (("in/0", "in/1"), ("in/3", "in/4"), ("in/5", "in/7"))):
        found = counted(*pairs)
        assert len(found) == 6 and set(found.values()) == {0.0}


@pytest.mark.parametrize(
    ("one", "two", "splits"),
    [
        ("in/0", "in/3", ("train", "dev")),
        ("in/5", "in/1", ("train", "test")),
        ("in/2", "in/4", ("train-dev", "dev")),
        ("in/3", "in/6", ("dev", "test")),
        ("in/0", "in/2", ("train", "train-dev")),
    ],
)
def test_a_pair_in_two_splits_is_counted_there_and_nowhere_else(one, two, splits):
    found = counted((one, two))
    assert found.pop(splits) == 1.0
    assert set(found.values()) == {0.0}


def test_two_copies_of_a_record_in_no_split_are_a_pair():
    assert counted(("in/7", "in/0"), ("in/5", "in/7"))["train", "test"] == 1.0


def test_splits_without_rows_have_no_count():
    places = {name: split for name, split in PLACES.items() if split != "test"}
    assert {pair for pair in counted(("in/0", "in/3"), places=places) if "test" in pair} == set()


@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_does_not_matter_and_atoms_that_hold_all_pairs_share_none(pairs, random):
    found = counted(*pairs)
    moved = [pair if random.random() < 0.5 else pair[::-1] for pair in pairs]
    random.shuffle(moved)
    assert counted(*moved) == found
    for one, two in pairs:
        splits = [PLACES.get(one), PLACES.get(two)]
        if None not in splits and len(set(splits)) == 2:
            assert found[tuple(sorted(splits, key=["train", "train-dev", "dev", "test"].index))] >= 1
