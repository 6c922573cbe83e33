"""Examples of several labels and of numbers: each label and each band has its turn."""

import numpy as np
import pyarrow as pa

from tasks.report.choosing import choose_examples


def manifest(labels: dict[str, pa.Array]) -> pa.Table:
    rows = len(next(iter(labels.values())))
    domain = ["source" if row % 2 else "target" for row in range(rows)]
    split = ["test" if row % 10 == 0 else "train" for row in range(rows)]
    known = {"record_id": [f"r{row:03d}" for row in range(rows)], "domain": domain, "split": split}
    return pa.table(known | {"synthetic": [False] * rows, "parent_id": pa.nulls(rows, pa.string())} | labels)


def test_every_label_has_its_turn_and_the_rarest_that_a_record_holds_counts() -> None:
    rng = np.random.default_rng(0)
    common, rare = (rng.random(200) < 0.7).astype(np.int8), (rng.random(200) < 0.2).astype(np.int8)
    records = manifest({"label_common": pa.array(common), "label_rare": pa.array(rare)})
    chosen = choose_examples(records, seed=1, rows=6)
    assert [choice.label for choice in chosen] == ["common", "rare", "none of them"] * 2
    held = dict(zip(records["record_id"].to_pylist(), zip(common, rare, strict=True), strict=True))
    for choice in chosen:
        expected = {"common": {(1, 0)}, "rare": {(0, 1), (1, 1)}, "none of them": {(0, 0)}}[str(choice.label)]
        assert {held[str(choice.source)], held[str(choice.target)]} <= expected


def test_a_label_that_nobody_holds_has_no_example() -> None:
    records = manifest({"label_a": pa.array([1] * 20, pa.int8()), "label_b": pa.array([None] * 20, pa.int8())})
    assert {choice.label for choice in choose_examples(records, seed=1)} == {"a"}


def test_bands_of_numbers_are_in_their_order_and_test_is_not_shown() -> None:
    records = manifest({"label": pa.array(np.arange(100.0))})
    chosen = choose_examples(records, seed=1, rows=5)
    assert [choice.label for choice in chosen] == [
        "up to 19.8",
        "19.8 to 39.6",
        "39.6 to 59.4",
        "59.4 to 79.2",
        "above 79.2",
    ]
    shown = {name for choice in chosen for name in (choice.source, choice.target)}
    assert not {f"r{row:03d}" for row in range(0, 100, 10)} & shown
