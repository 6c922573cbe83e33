"""What was drawn, in words."""

import pyarrow as pa

from tasks.report.drawn_words import drawn_words

DRAWS = pa.table(
    {
        "record_id": ["a", "b"],
        "seed": [1, 2],
        "rotation.angle_deg": [3.0, None],
        "scale.factor": [1.25, 0.5],
        "scale.aspect": [1.0, None],
        "mist.depth": [None, 0.25],
        "mist.kind": [None, "sea"],
    }
)


def test_only_the_wanted_records_and_what_was_drawn_for_them_is_told() -> None:
    assert drawn_words(DRAWS, ["a"], "image") == {"a": {"rotation": "3 deg", "scale": "factor × 1.25, aspect × 1"}}


def test_operations_that_are_not_known_come_out_by_their_names() -> None:
    assert drawn_words(DRAWS, ["b"], "image") == {"b": {"scale": "× 0.500", "mist": "depth 0.250, kind sea"}}
