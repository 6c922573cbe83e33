"""The target record beside a synthetic one is the nearest of its label that anybody may look at."""

import pyarrow as pa

from tasks.report.choosing import Choice
from tasks.report.nearest_examples import nearest_targets, seen_by_model

RECORDS = pa.table(
    {
        "record_id": ["s", "s#1", "near", "nearer", "other", "test", "far"],
        "domain": ["source", "source", *["target"] * 5],
        "split": ["train", "train", "dev", "train", "dev", "test", "dev"],
        "synthetic": [False, True, *[False] * 5],
        "parent_id": [None, "s", *[None] * 5],
        "label": ["a", "a", "a", "a", "b", "a", "a"],
    }
)


def space(**places):
    return pa.table(
        {
            "record_id": list(places),
            "e0": pa.array([float(x) for x, _ in places.values()], pa.float32()),
            "e1": pa.array([float(y) for _, y in places.values()], pa.float32()),
        }
    )


SPACE = space(s=(9, 9), near=(1, 1), nearer=(0, 1), other=(0, 0), test=(0, 0), far=(8, 8)).set_column(
    0, "record_id", pa.array(["s", "near", "nearer", "other", "test", "far"])
)
MADE = pa.concat_tables([SPACE, space(made=(0, 0)).set_column(0, "record_id", pa.array(["s#1"]))])


def test_it_is_the_nearest_of_its_label_and_none_of_test() -> None:
    (choice,) = nearest_targets([Choice("a", "s", "s#1", "far")], RECORDS, MADE)
    assert choice == Choice("a", "s", "s#1", "nearer")


def test_no_target_record_is_shown_twice() -> None:
    choices = nearest_targets([Choice("a", "s", "s#1", None)] * 4, RECORDS, MADE)
    assert [choice.target for choice in choices] == ["nearer", "near", "far", None]


def test_without_a_synthetic_record_it_is_the_nearest_to_the_source() -> None:
    (choice,) = nearest_targets([Choice("a", "s", None, "near")], RECORDS, SPACE)
    assert choice.target == "far"


def test_what_has_no_coordinates_stays_as_it_was_drawn() -> None:
    drawn = Choice("a", "s", "s#1", "near")
    assert nearest_targets([drawn], RECORDS, SPACE) == (drawn,)
    assert nearest_targets([drawn], RECORDS, MADE.select(["record_id"])) == (drawn,)
    assert nearest_targets([Choice("c", "s", "s#1", None)], RECORDS, MADE) == (Choice("c", "s", "s#1", None),)


def test_examples_are_chosen_of_what_the_model_saw_unless_that_leaves_a_label_out() -> None:
    seen = MADE.filter(pa.array([name != "far" for name in MADE["record_id"].to_pylist()]))
    assert "far" not in seen_by_model(RECORDS, seen)["record_id"].to_pylist()
    few = MADE.filter(pa.array([name != "other" for name in MADE["record_id"].to_pylist()]))
    assert seen_by_model(RECORDS, few) is RECORDS
    assert seen_by_model(RECORDS, MADE.select(["record_id"])) is RECORDS
