"""Chosen records as examples, whatever their modality."""

import numpy as np
import pyarrow as pa

from tasks.report.choosing import Choice
from tasks.report.examples import examples, gallery


class Kind:
    """Decodes what the test put in."""

    def __init__(self, decoded):
        self.decoded = decoded

    def decode(self, rows):
        return [self.decoded] * rows.num_rows


def published(**columns):
    fixed = {"record_id": ["web/a", "web/a#synthetic-1", "app/b"], "domain": ["source", "source", "target"]}
    return pa.table(fixed | {"synthetic": [False, True, False]} | columns)


def test_roles_and_drawn_values_of_images() -> None:
    rows = published(image=[{"bytes": b"", "path": ""}] * 3)
    found = examples(rows, Kind(np.zeros((4, 4), np.uint8)), {"web/a#synthetic-1": {"blur.sigma": "0.3"}})
    assert [example.role for example in found.values()] == ["source", "synthetic", "target"]
    assert found["web/a#synthetic-1"].values == {"blur.sigma": "0.3"} and found["web/a"].values == {}
    assert all(example.picture and not example.sound for example in found.values())


def test_sounds_can_be_heard_and_seen() -> None:
    rows = published(audio=[{"bytes": b"", "path": ""}] * 3)
    found = examples(rows, Kind((np.zeros(800, np.float32), 8000)), {})
    assert all(example.picture and example.sound for example in found.values())


def test_rows_show_their_own_columns_and_what_is_missing() -> None:
    rows = published(age=[3, 4, None], income=[-0.5, float("nan"), 12345.6])
    found = examples(rows, Kind(None), {})
    assert [dict(example.values) for example in found.values()] == [
        {"age": "3", "income": "−0.500"},
        {"age": "4", "income": "missing"},
        {"age": "missing", "income": "12,346"},
    ]


def test_a_gallery_row_leaves_out_what_there_is_not() -> None:
    found = examples(published(age=[1, 2, 3]), Kind(None), {})
    (row,) = gallery([Choice("x", "web/a", None, "elsewhere")], found)
    assert row.source is found["web/a"] and row.synthetic is None and row.target is None
