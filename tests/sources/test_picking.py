"""A few heads to look at: every label in turn, whatever the order that they come in."""

from collections import Counter

import pyarrow as pa
import pytest

from tasks.catalog.quarantine import quarantine_table
from tasks.sources.picking import pick_heads
from tasks.sources.shards import Shard


def shards(rows, *, size=7):
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        heads = pa.table({"record_id": [name for name, _ in part], "label": [label for _, label in part]})
        yield Shard(heads, quarantine_table([]))


ROWS = [(f"web/{label}/{row}", label) for label, count in (("a", 50), ("b", 9), ("c", 2)) for row in range(count)]


def test_every_label_comes_up_before_any_comes_up_again() -> None:
    picked = pick_heads(shards(ROWS), most=12, seed=3)
    assert Counter(picked["label"].to_pylist()) == {"a": 5, "b": 5, "c": 2}
    assert set(picked["label"].to_pylist()[:3]) == {"a", "b", "c"}


def test_order_and_shards_do_not_matter_but_the_seed_does() -> None:
    picked = pick_heads(shards(ROWS), most=12, seed=3)["record_id"].to_pylist()
    assert picked == pick_heads(shards(ROWS[::-1], size=20), most=12, seed=3)["record_id"].to_pylist()
    assert picked != pick_heads(shards(ROWS), most=12, seed=4)["record_id"].to_pylist()


@pytest.mark.parametrize("label", [None, 3.5])
def test_labels_that_are_no_classes_take_no_turns(label) -> None:
    picked = pick_heads(shards([(f"web/{row}", label) for row in range(30)]), most=12, seed=3)
    assert picked.num_rows == 12


def test_nothing_to_pick_from_is_nothing() -> None:
    assert pick_heads(shards([]), most=12, seed=3) is None
