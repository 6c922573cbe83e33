"""Which records a person looks at."""

import numpy as np
import pyarrow as pa

from tasks.report.choosing import choose_examples


def records(seed=0, rows=200):
    rng = np.random.default_rng(seed)
    made = []
    for i in range(rows):
        domain = "source" if i % 2 else "target"
        split = "train" if domain == "source" else str(rng.choice(["train", "dev", "test"]))
        made.append(
            {
                "record_id": f"{domain}/{i}",
                "label": str(i // 2 % 4),
                "domain": domain,
                "split": split,
                "synthetic": False,
                "parent_id": None,
            }
        )
        if domain == "source" and i % 3 == 0:
            made.append(
                made[-1] | {"record_id": f"{domain}/{i}#synthetic-1", "synthetic": True, "parent_id": f"{domain}/{i}"}
            )
    return pa.Table.from_pylist(made)


def test_no_record_of_test_is_shown() -> None:
    table = records()
    split = dict(zip(table["record_id"].to_pylist(), table["split"].to_pylist(), strict=True))
    chosen = choose_examples(table, seed=1, rows=60)
    assert all(split[choice.target] != "test" for choice in chosen if choice.target)


def test_a_synthetic_record_stands_beside_its_parent_and_a_target_of_its_label() -> None:
    table = records()
    label = dict(zip(table["record_id"].to_pylist(), table["label"].to_pylist(), strict=True))
    for choice in choose_examples(table, seed=1, rows=8):
        assert choice.synthetic == f"{choice.source}#synthetic-1"
        assert label[choice.source] == label[choice.target] == choice.label


def test_the_order_of_rows_does_not_matter_and_the_seed_does() -> None:
    table = records()
    shuffled = table.take(np.random.default_rng(3).permutation(table.num_rows))
    assert choose_examples(table, seed=1) == choose_examples(shuffled, seed=1)
    assert choose_examples(table, seed=1) != choose_examples(table, seed=2)


def test_labels_take_turns() -> None:
    assert [choice.label for choice in choose_examples(records(), seed=0, rows=6)] == ["0", "1", "2", "3", "0", "1"]


def test_no_more_rows_than_there_are_records() -> None:
    chosen = choose_examples(records(rows=6), seed=0, rows=50)
    sources = [choice.source for choice in chosen if choice.source]
    assert len(sources) == len(set(sources)) == 3
    assert choose_examples(records(rows=2).slice(0, 0), seed=0) == ()
