"""Labels of three kinds in the columns of every table: told from their schema, as arrays, and in words."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.catalog.labels import (
    Labels,
    band_names,
    common_bands,
    configured_labels,
    has_labels,
    label_array,
    label_words,
    labels_in,
)
from tasks.catalog.published import real_rows, synthetic_rows
from tasks.catalog.schema import BESIDE_PAYLOAD, HEADS, PUBLISHED
from tasks.config.inputs import ImageFolder, Table

SEVERAL = Labels("several", ("sign", "car"))


def several(sign: list, car: list) -> pa.Table:
    return pa.table({"label_sign": pa.array(sign, pa.int8()), "label_car": pa.array(car, pa.int8())})


@pytest.mark.parametrize("labels", [Labels(), Labels("number"), SEVERAL, Labels("several", ("label", "x y", "é|"))])
def test_labels_are_told_from_the_schema_that_they_make(labels: Labels) -> None:
    schema = labels.spread_schema(HEADS)
    assert labels_in(schema) == labels
    assert labels.spread(PUBLISHED)[:3] == ["record_id", "input", "domain"]
    assert len(labels.spread(PUBLISHED)) == len(PUBLISHED) - 1 + len(labels.columns)


def test_classes_are_codes_in_the_order_of_their_names() -> None:
    assert label_array(pa.table({"label": ["b", None, "a", "b"]})).tolist() == [1, -1, 0, 1]
    assert not has_labels(pa.table({"label": pa.nulls(3, pa.string())}))
    assert has_labels(pa.table({"label": [None, 1.0]}))
    assert has_labels(several([None, None], [None, 0]))
    assert not has_labels(several([None], [None]))


def test_what_nobody_looked_at_is_nan_not_zero() -> None:
    found = label_array(several([1, 0, None], [None, 1, 0]))
    np.testing.assert_array_equal(found, [[1, np.nan], [0, 1], [np.nan, 0]])


def test_labels_in_words() -> None:
    assert label_words(several([1, 0, None, 1], [1, 0, 1, None])) == [
        "sign, car",
        "none of 2",
        "car, sign?",
        "sign, car?",
    ]
    numbers = pa.table({"label": [0.5, 1.0, 1.5, 9.0]})
    assert label_words(numbers, [1.0, 2.0]) == ["up to 1", "up to 1", "1 to 2", "above 2"]
    assert label_words(numbers) == ["all"] * 4
    assert band_names(np.array([1.0])) == ["up to 1", "above 1"]


@pytest.mark.parametrize("values", [[3.0] * 9, [1.0, 2.0], list(np.arange(100.0)), [None, 5.0], [None]])
def test_bands_hold_every_number(values: list) -> None:
    records = pa.table({"label": pa.array(values, pa.float64())})
    edges = common_bands(records, 5)
    assert (np.diff(edges) > 0).all()
    known = records.filter(records["label"].is_valid())
    assert set(label_words(known, edges)) <= set(band_names(edges))


def test_labels_of_all_inputs_together_in_the_order_they_are_met() -> None:
    def table(label: object) -> Table:
        return Table.model_validate({"name": "t", "domain": "source", "kind": "table", "path": "t.csv", "label": label})

    assert configured_labels([table(["b", "a"]), table(["c", "a"])]) == Labels("several", ("b", "a", "c"))
    assert configured_labels([table({"number": "y"}), table({"number": "z"})]) == Labels("number")
    assert configured_labels([table(None)]) == Labels()
    folder = ImageFolder(name="f", domain="target", kind="image_folder", path="f")
    assert configured_labels([folder, table("kind")]) == Labels()


def test_a_synthetic_row_has_its_parents_labels() -> None:
    rows = several([1, None], [None, 0])
    known = {name: pa.array(["x", "y"]) for name in ("record_id", "input", "domain", "group", "split")}
    payload = pa.table({"size": [1.5, 2.5]})
    parents = real_rows(pa.table({**known, **{name: rows[name] for name in rows.column_names}}), payload)
    labels = ["label_sign", "label_car"]
    assert parents.column_names == ["record_id", "input", "domain", *labels, *BESIDE_PAYLOAD[4:], "size"]
    made = synthetic_rows(parents.take([1, 1]), pa.array(["y#synthetic-1", "y#synthetic-2"]), payload)
    assert made.schema.equals(parents.schema)
    assert made["label_sign"].to_pylist() == [None, None]
    assert made["label_car"].to_pylist() == [0, 0]
