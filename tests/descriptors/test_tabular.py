"""Row descriptors: a column in, a column out."""

import datetime
import decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.tabular import describe_rows, row_descriptors
from tasks.errors import InputError


def values(column):
    return describe_rows(pa.table({"x": column})).column("descriptor_x").to_pylist()


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False, width=32)), max_size=20))
@settings(max_examples=30, deadline=None)
def test_numbers_stay_as_they_are_and_missing_is_nan(numbers):
    found = values(pa.array(numbers, pa.float64()))
    assert [None if np.isnan(x) else x for x in found] == numbers


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([True, False]), [1.0, 0.0]),
        (pa.array([3, -4], pa.int8()), [3.0, -4.0]),
        (pa.array([decimal.Decimal("1.25")]), [1.25]),
        (pa.array([datetime.date(1970, 1, 3)]), [2.0]),
        (pa.array([datetime.datetime(1970, 1, 1, 12)], pa.timestamp("ns")), [0.5]),
        (pa.array([datetime.datetime(1969, 12, 31, 12)], pa.timestamp("s", tz="UTC")), [-0.5]),
        (pa.array([datetime.timedelta(hours=6)]), [0.25]),
        (pa.array([datetime.time(18)]), [0.75]),
        (pa.array(["a", None, ""]), ["a", None, ""]),
        (pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
        (pa.array([2, 1]).dictionary_encode(), [2.0, 1.0]),
    ],
    ids=str,
)
def test_each_kind_of_column_has_its_form(column, expected):
    assert values(column) == expected


@pytest.mark.parametrize("kind", [pa.bool_(), pa.int32(), pa.date32(), pa.timestamp("us"), pa.null(), pa.float32()])
def test_missing_is_nan_in_every_kind_of_number(kind):
    found = describe_rows(pa.table({"x": pa.array([None, None], kind)})).column("descriptor_x")
    assert found.type == pa.float64()
    assert np.isnan(found.to_pylist()).all()


@pytest.mark.parametrize(
    "column", [pa.array([[1]]), pa.array([b"x"]), pa.array([{"a": 1}])], ids=["list", "bytes", "struct"]
)
def test_a_column_that_is_neither_number_nor_text_is_named(column):
    with pytest.raises(InputError, match=r"column 'x'.*ignore"):
        describe_rows(pa.table({"x": column}))


def test_no_column_is_dropped_and_structs_are_tables():
    rows = pa.table({"b": [1, 2], "a": ["x", "y"], "constant": [0.0, 0.0]})
    found = describe_rows(rows)
    assert found.column_names == ["descriptor_b", "descriptor_a", "descriptor_constant"]
    assert found.equals(describe_rows(rows.to_struct_array().combine_chunks()))
    assert list(row_descriptors(rows.schema)) == rows.column_names


def test_dates_say_their_unit():
    known = row_descriptors(
        pa.schema([("day", pa.date32()), ("on", pa.bool_()), ("name", pa.string()), ("n", pa.int64())])
    )
    assert known["day"].unit.startswith("days")
    assert known["name"].unit == "category"
    assert known["on"].unit == "0 or 1"
