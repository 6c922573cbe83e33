"""Labels of rows: several with gaps, and numbers; what is no label is refused with its value, never guessed."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.catalog.labels import Labels, configured_labels
from tasks.config.inputs import Table
from tasks.errors import ConfigError, InputError
from tasks.sources.kinds import agreed_types, list_shards

SIGNS = "id,sign,car,x\n1,1,yes,5\n2,0,,6\n3,,No,7\n4,true,FALSE,8\n5,1.0,0.0,9\n"


def column(found, name: str) -> list:
    return [row[f"label_{name}"] for row in found.heads]


def test_each_label_is_a_column_of_ones_zeros_and_nothing(table, listed) -> None:
    found = listed(table(SIGNS, id="id", label=("sign", "car")))
    assert column(found, "sign") == [1, 0, None, 1, 1]
    assert column(found, "car") == [1, None, 0, 0, 0]
    assert found.shards[0].heads.schema.field("label_sign").type == pa.int8()
    assert "label" not in found.heads[0]
    assert found.feature("x") == [5, 6, 7, 8, 9]
    assert not found.refused


@pytest.mark.parametrize("blank", ["", "  ", "nan", "NA", "?", "null", "None"])
def test_what_nobody_looked_at_is_never_read_as_zero(blank: str, table, listed) -> None:
    found = listed(table(f"id,sign,car,x\n1,1,{blank},1\n2,{blank},0,2\n", id="id", label=("sign", "car")))
    assert column(found, "car") == [None, 0]
    assert column(found, "sign") == [1, None]


def test_a_row_with_no_label_at_all_is_refused(table, listed) -> None:
    found = listed(table("id,sign,car,x\n1,1,0,1\n2,,,2\n", id="id", label=("sign", "car")))
    assert found.reasons == {"loans/2": "label_missing"}
    assert "none of 2 labels is annotated" in found.details


@pytest.mark.parametrize("strange", ["2", "0.5", "-1", "maybe", "1e0", "10"])
def test_a_value_that_is_neither_is_refused_and_told(strange: str, table, listed) -> None:
    found = listed(table(f"id,sign,car,x\n1,1,0,1\n2,0,{strange},2\n", id="id", label=("sign", "car")))
    assert found.reasons == {"loans/2": "label_unknown"}
    assert f"column 'car' holds {strange!r}" in found.details


def test_types_of_parquet_are_read_alike(table, listed) -> None:
    rows = pa.table(
        {
            "whole": pa.array([1, 0, None], pa.int64()),
            "part": pa.array([1.0, float("nan"), 0.0]),
            "flag": pa.array([True, None, False]),
            "word": pa.array(["yes", "no", None]).dictionary_encode(),
            "none": pa.nulls(3),
            "x": [1, 2, 3],
        }
    )
    names = ("whole", "part", "flag", "word", "none")
    found = listed(table(rows, label=names))
    shown = {name: column(found, name) for name in names}
    assert shown["whole"] == [1, 0, None]
    assert shown["part"] == [1, None, 0]
    assert shown["flag"] == [1, None, 0]
    assert shown["word"] == [1, 0, None]
    assert shown["none"] == [None] * 3


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.sampled_from([0, 1, None])] * 3), min_size=1, max_size=30))
def test_labels_survive_csv_and_parquet_alike(tmp_path, values) -> None:
    frame = pd.DataFrame(values, columns=["a", "b", "c"], dtype="Int8").assign(x=1.5)
    kept = [row for row in values if any(value is not None for value in row)]
    for path in (tmp_path / "t.csv", tmp_path / "t.parquet"):
        frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)
        source = Table(name="t", domain="source", kind="table", path=str(path), label=("a", "b", "c"))
        if not kept:
            with pytest.raises(InputError, match="label_missing"):
                list(list_shards(source, modality="tabular"))
            continue
        heads = pa.concat_tables([shard.heads for shard in list_shards(source, modality="tabular")])
        assert list(zip(*(heads[f"label_{name}"].to_pylist() for name in "abc"), strict=True)) == kept


def test_two_hundred_labels(table, listed) -> None:
    rng = np.random.default_rng(0)
    names = [f"l{place}" for place in range(200)]
    frame = pd.DataFrame(rng.integers(0, 2, (50, 200)), columns=names).assign(x=1.0)
    found = listed(table(frame.to_csv(index=False), label=tuple(names)))
    assert len(found.heads) == 50
    assert column(found, "l199") == frame["l199"].tolist()


def test_an_input_that_does_not_list_a_label_has_it_nowhere_annotated(table, listed) -> None:
    source = table("id,sign,x\n1,1,5\n", id="id", label=("sign",))
    found = listed(source, labels=Labels("several", ("sign", "car")))
    assert column(found, "sign") == [1]
    assert column(found, "car") == [None]


def test_a_label_of_another_input_that_was_forgotten_is_an_error(table, listed) -> None:
    source = table(SIGNS, id="id", label=("sign",))
    with pytest.raises(ConfigError, match=r"the columns 'car', which are labels in another input. List them here too"):
        listed(source, labels=Labels("several", ("sign", "car")))
    ignored = source.model_copy(update={"ignore": ("car",)})
    assert column(listed(ignored, labels=Labels("several", ("sign", "car"))), "car")[0] is None


def test_a_listed_column_that_is_not_there_is_an_error(table, listed) -> None:
    with pytest.raises(ConfigError, match=r"label: .* has no column 'cra'; did you mean 'car'"):
        listed(table(SIGNS, id="id", label=("sign", "cra")))
    with pytest.raises(ConfigError, match=r"label: .* has no column 'price'"):
        listed(table(SIGNS, id="id", label={"number": "price"}))


def test_a_feature_may_not_look_like_a_label(table, listed) -> None:
    with pytest.raises(ConfigError, match="'label_x'"):
        listed(table("sign,label_x,x\n1,2,3\n", label=("sign",)))
    assert listed(table("sign,label_x,x\n1,2,3\n", label="sign")).feature("label_x") == [2]


def test_labels_are_no_features_when_inputs_agree_on_types(tmp_path) -> None:
    sections = []
    for name, text, label in (("a", "s,x\n1,2\n", ("s",)), ("b", "s,c,x\n1,0,2\n", ("s", "c"))):
        (tmp_path / f"{name}.csv").write_text(text)
        path = str(tmp_path / f"{name}.csv")
        sections.append(Table(name=name, domain="source", kind="table", path=path, label=label))
    assert agreed_types(sections, modality="tabular") == {"x": pa.int64()}
    assert configured_labels(sections) == Labels("several", ("s", "c"))


def test_numbers_are_doubles(table, listed) -> None:
    found = listed(
        table("id,price,x\n1,10,1\n2,1.5e3,2\n3,-.5,3\n4,007,4\n5,+3,5\n", id="id", label={"number": "price"})
    )
    assert found.column("label") == [10.0, 1500.0, -0.5, 7.0, 3.0]
    assert found.shards[0].heads.schema.field("label").type == pa.float64()
    assert found.heads[0]["features"] == {"x": 1}


def test_what_is_no_number_is_refused_with_its_reason(table, listed) -> None:
    text = "id,price,x\n1,10,1\n2,ten,2\n3,,3\n4,nan,4\n5,inf,5\n6,-Infinity,6\n7,NA,7\n8,1_000,8\n9,12 EUR,9\n"
    found = listed(table(text, id="id", label={"number": "price"}))
    assert found.column("label") == [10.0]
    missing, unknown, infinite = ({"label_missing": "347", "label_unknown": "289", "not_finite": "56"}).values()
    assert {place.removeprefix("loans/"): reason for place, reason in found.reasons.items()} == {
        **dict.fromkeys(missing, "label_missing"),
        **dict.fromkeys(unknown, "label_unknown"),
        **dict.fromkeys(infinite, "not_finite"),
    }
    assert "column 'price' holds 'ten', which is no number" in found.details


def test_decimal_commas_are_read_where_semicolons_separate(table, listed) -> None:
    found = listed(table("id;price;x\n1;1,5;1\n2;oops;2\n3;2;3\n", id="id", label={"number": "price"}))
    assert found.column("label") == [1.5, 2.0]
    assert found.reasons == {"loans/2": "label_unknown"}


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (pa.array([1, 2]), [1.0, 2.0]),
        (pa.array(["1", "2.5"]), [1.0, 2.5]),
        (pa.array([1.5, float("nan")]), [1.5]),
        (pa.array(["1", "x"]).dictionary_encode(), [1.0]),
        (pa.array([1.25, 2.0]).cast(pa.decimal128(6, 2)), [1.25, 2.0]),
    ],
)
def test_numbers_of_parquet(values, read, table, listed) -> None:
    assert listed(table(pa.table({"y": values, "x": [1, 2]}), label={"number": "y"})).column("label") == read


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("s"), pa.time32("s"), pa.duration("s")])
def test_dates_are_no_numbers(kind, table, listed) -> None:
    values = pa.array([0, 1], pa.int32() if kind in (pa.date32(), pa.time32("s")) else pa.int64()).cast(kind)
    with pytest.raises(InputError, match="no record can be used"):
        listed(table(pa.table({"y": values, "x": [1, 2]}), label={"number": "y"}))


def test_all_null_says_what_is_wrong(table, listed) -> None:
    with pytest.raises(InputError, match="2 label_missing"):
        listed(table("y,x\n,1\n,2\n", label={"number": "y"}))
    with pytest.raises(InputError, match="2 label_missing"):
        listed(table("y,x\n,1\n,2\n", label=("y",)))
    with pytest.raises(InputError, match="holds lists"):
        listed(table(pa.table({"y": [[1], [2]], "x": [1, 2]}), label=("y",)))
