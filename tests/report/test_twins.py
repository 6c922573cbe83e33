"""Pairs to look at: the doubtful first, none of those that must not be seen, rows by the cells in which they differ."""

import pyarrow as pa

from tasks.report.gallery import Example
from tasks.report.twins import PAIRS, choose_pairs, pair_up


def tied(*rows):
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(("first", "second", "kind", "distance"))})


def test_near_pairs_come_furthest_first_and_leave_room_for_equal_ones():
    rows = [(f"a{i}", f"b{i}", "near", i / 100) for i in range(9)] + [
        (f"c{i}", f"d{i}", "exact", 0.0) for i in range(9)
    ]
    seen = {row[side] for row in rows for side in (0, 1)}
    chosen = choose_pairs(tied(*rows), seen)
    assert [row["first"] for row in chosen] == ["a8", "a7", "a6", "a5", "c0", "c1"]
    assert len(chosen) == PAIRS
    assert [row["kind"] for row in choose_pairs(tied(*rows[9:]), seen)] == ["exact"] * PAIRS
    assert choose_pairs(tied(*rows), seen - {"a8"})[0]["first"] == "a7"


def test_rows_show_the_cells_in_which_they_differ_with_all_digits():
    published = pa.table({"record_id": ["x", "y"], "split": ["train"] * 2, "age": [40.0, 40.0], "w": [1.5, 1.5000004]})
    shown = {name: Example(name, values={"age": "40"}) for name in "xy"}
    (pair,) = pair_up([{"first": "x", "second": "y", "kind": "near", "distance": 0.4}], shown, published)
    assert pair.cells == (("w", "1.5", "1.5000004"),)
    assert pair.equal_columns == 1


def test_pictures_are_shown_as_they_are():
    published = pa.table({"record_id": ["x", "y"], "split": ["train"] * 2})
    shown = {name: Example(name, picture="data:") for name in "xy"}
    (pair,) = pair_up([{"first": "x", "second": "y", "kind": "near", "distance": 0.4}], shown, published)
    assert pair.equal_columns is None and pair.cells == ()
    assert pair.distance == 0.4
