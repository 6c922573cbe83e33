"""Rows of a table: each is a head or refused with its line, and types hold for the whole file."""

import datetime as dt
import decimal
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.catalog.schema import BESIDE_PAYLOAD, HEADS
from tasks.config.inputs import Table
from tasks.errors import ConfigError, InputError, Unreadable
from tasks.sources.kinds import agreed_types, list_shards, read_bytes
from tasks.sources.table import feature_types

SMALL = "row,colour,size,label\n11,red,1.5,yes\n12,blue,,no\n13,,2.5,yes\n"


def test_a_row_becomes_a_head_with_its_features(table, listed) -> None:
    found = listed(table(SMALL, id="row", label="label"))
    assert found.shards[0].heads.schema.remove(len(HEADS)) == HEADS
    assert found.heads[0] == {
        "record_id": "loans/11",
        "input": "loans",
        "domain": "source",
        "label": "yes",
        "group": None,
        "path": None,
        "size_bytes": None,
        "mtime_ns": None,
        "features": {"colour": "red", "size": 1.5},
    }
    assert found.feature("colour") == ["red", "blue", None]
    assert found.feature("size") == [1.5, None, 2.5]
    assert not found.refused


def test_without_an_id_a_row_is_known_by_its_place(table, listed) -> None:
    found = listed(table("a,b\n1,2\n3\n5,6\n", label="b"))
    assert found.column("record_id") == ["loans/row-1", "loans/row-3"]
    assert found.reasons == {"loans/row-2": "bad_row"}


def test_id_label_group_and_ignored_columns_are_no_features(table, listed) -> None:
    text = "id,label,who,secret,x\n1,a,ann,s,1\n2,b,bob,s,2\n"
    found = listed(table(text, id="id", label="label", group={"column": "who"}, ignore=("secret", "id")))
    assert found.column("group") == ["ann", "bob"]
    assert found.heads[0]["features"] == {"x": 1}


@pytest.mark.parametrize("blank", ["", "  ", "nan", "NaN"])
def test_a_missing_label_is_refused(blank: str, table, listed) -> None:
    found = listed(table(f"id,label,x\n1,a,1\n2,{blank},2\n", id="id", label="label"))
    assert found.reasons == {"loans/2": "label_missing"}
    assert "'label'" in found.details


def test_a_label_that_is_not_listed_is_refused(table, listed) -> None:
    found = listed(table("id,label,x\n1,a,1\n2,b,2\n", id="id", label="label", labels=("a", "c")))
    assert found.reasons == {"loans/2": "label_unknown"}
    assert "'b'" in found.details


def test_without_a_label_column_no_label_is_missing(table, listed) -> None:
    assert listed(table("x,y\n1,2\n")).column("label") == [None]


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (["1.0", "0.0"], ["1", "0"]),
        (["007", "7"], ["007", "7"]),
        (["NA", "0.5"], ["NA", "0.5"]),
        ([" a ", "a"], ["a", "a"]),
    ],
)
def test_labels_are_words(cells, labels, table, listed) -> None:
    text = "x,label\n" + "".join(f"{place},{cell}\n" for place, cell in enumerate(cells))
    assert listed(table(text, label="label")).column("label") == labels


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 0.0, 2.0],
        [1, 0, 2],
        [True, False, True],
        ["a", "b", "c"],
        [0.5, 1.5, 2.0],
        pd.Categorical(["u", "v", "u"]),
    ],
    ids=["floats", "integers", "booleans", "text", "fractions", "categories"],
)
def test_csv_and_parquet_give_the_same_words(values, table, listed) -> None:
    frame = pd.DataFrame({"id": [3.0, 4.0, 5.0], "label": values, "who": values, "x": [1, 2, 3]})
    section = {"id": "id", "label": "label", "group": {"column": "who"}}
    from_parquet = listed(table(pa.Table.from_pandas(frame), **section))
    from_csv = listed(table(frame.to_csv(index=False), **section))
    assert from_csv.heads == from_parquet.heads
    assert from_csv.column("record_id") == ["loans/3", "loans/4", "loans/5"]


def test_a_row_without_an_id_is_bad(table, listed) -> None:
    found = listed(table("id,x\n1,1\n,2\n ,3\n4,4\n", id="id"))
    assert found.reasons == {"loans/row-2": "bad_row", "loans/row-3": "bad_row"}
    assert found.column("record_id") == ["loans/1", "loans/4"]


def test_ids_that_occur_twice_are_left_to_the_catalog(table, listed) -> None:
    assert listed(table("id,x\n1,1\n1,2\n", id="id")).column("record_id") == ["loans/1", "loans/1"]


def test_bad_rows_are_refused_with_their_line(table, listed) -> None:
    text = 'a,b\n1,2\n\n3\n"x\ny",4\n5,6,7\n8,9\n'
    found = listed(table(text))
    assert found.feature("a") == ["1", "x\ny", "8"]
    assert found.column("record_id") == ["loans/row-1", "loans/row-3", "loans/row-5"]
    assert found.reasons == {"loans/row-2": "bad_row", "loans/row-4": "bad_row"}
    details = [row["detail"] for row in found.refused]
    assert details == [
        "line 4: 1 fields where the header has 2: '3'",
        "line 7: 3 fields where the header has 2: '5,6,7'",
    ]


def test_a_stray_quote_is_a_bad_row(table, listed) -> None:
    found = listed(table('a,b\n1,2\n"x"y,4\n8,9\n'))
    assert found.reasons == {"loans/row-2": "bad_row"}
    assert found.feature("a") == [1, 8]


@pytest.mark.parametrize("rows", [3, 30_000])
def test_a_quote_that_never_closes_does_not_swallow_the_rest(rows: int, table, listed) -> None:
    text = 'a,b\n1,2\n3,"oops\n' + "4,5\n" * rows
    with pytest.raises(InputError, match="line 3: a quote is opened and not closed"):
        listed(table(text))


def test_a_surprise_at_the_end_makes_the_whole_column_text(table, listed) -> None:
    text = "a,b\n" + "".join(f"{row},{row}\n" for row in range(5000)) + "late,7\n"
    found = listed(table(text), shard_rows=500)
    assert found.types == {"a": pa.string(), "b": pa.int64()}
    assert {shard.heads.schema.field("features").type for shard in found.shards} == {
        pa.struct({"a": pa.string(), "b": pa.int64()})
    }
    assert found.feature("a")[:2] + found.feature("a")[-1:] == ["0", "1", "late"]
    assert found.feature("b")[-1] == 7


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", "+3"], pa.int64(), [1, -2, 3]),
        (["1", "2.5", ""], pa.float64(), [1.0, 2.5, None]),
        (["1e3", "-.5", "2."], pa.float64(), [1000.0, -0.5, 2.0]),
        ([" 1", "2 "], pa.int64(), [1, 2]),
        (["99999999999999999999", "1"], pa.float64(), [1e20, 1.0]),
        (["1", "NA", "?", "null"], pa.int64(), [1, None, None, None]),
        (["00501", "10001"], pa.string(), ["00501", "10001"]),
        (["0x1F", "1"], pa.string(), ["0x1F", "1"]),
        (["1_000", "1"], pa.string(), ["1_000", "1"]),
        (["NA", "EU"], pa.string(), ["NA", "EU"]),
        (["true", "False", "TRUE"], pa.bool_(), [True, False, True]),
        (["true", "1"], pa.string(), ["true", "1"]),
        (["2024-01-31", "2023-12-01"], pa.date32(), [dt.date(2024, 1, 31), dt.date(2023, 12, 1)]),
        (["2024-13-01", "2024-01-01"], pa.string(), ["2024-13-01", "2024-01-01"]),
        (
            ["2024-01-31", "2024-01-31 12:30"],
            pa.timestamp("us"),
            [dt.datetime(2024, 1, 31), dt.datetime(2024, 1, 31, 12, 30)],
        ),
        (
            ["2024-01-31T12:00:00Z", "2024-01-31 12:00:00+02:00"],
            pa.timestamp("us", "UTC"),
            [dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC), dt.datetime(2024, 1, 31, 10, tzinfo=dt.UTC)],
        ),
        (["12:30", "23:59:59.5"], pa.time64("us"), [dt.time(12, 30), dt.time(23, 59, 59, 500000)]),
        (["25:00", "12:00"], pa.string(), ["25:00", "12:00"]),
        (["", " "], pa.float64(), [None, None]),
        (["<script>", "o'brien"], pa.string(), ["<script>", "o'brien"]),
    ],
)
def test_types_are_told_from_text(cells, kind, values, table, listed) -> None:
    found = listed(table("x,y\n" + "".join(f"{cell},1\n" for cell in cells)))
    assert found.types["x"] == kind
    assert found.feature("x") == values


def test_a_csv_with_semicolons_may_have_decimal_commas(table, listed) -> None:
    found = listed(table("a;b;c\n1,5;x,y;1.5\n-2;z;2,25\n"))
    assert found.types == {"a": pa.float64(), "b": pa.string(), "c": pa.float64()}
    assert found.feature("a") == [1.5, -2.0]
    assert found.feature("c") == [1.5, 2.25]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_mark_and_line_ends_are_told(delimiter, start, end, table, listed) -> None:
    other = {",": ";", ";": ",", "\t": ","}[delimiter]
    lines = [["id", "said, or; not", "n"], ["1", f"a{other}b{other}c{other}d", "2"], ["2", f"x{other}", "3"]]
    text = end.join(
        delimiter.join(f'"{cell}"' if " " in cell or other in cell else cell for cell in line) for line in lines
    )
    found = listed(table(start + text.encode(), id="id"))
    assert found.column("record_id") == ["loans/1", "loans/2"]
    assert found.feature("said, or; not")[1] == f"x{other}"
    assert found.feature("n") == [2, 3]


def test_one_column_is_a_table_too(table, listed) -> None:
    assert listed(table("x\n1\n2\n")).feature("x") == [1, 2]


def test_odd_text_is_data(table, listed) -> None:
    name = "<script>alert('x')</script>"
    text = f'"{name}",label\n"new\nline","a/../b"\n"qu""ote","漢字 ü"\n'
    found = listed(table(text, label="label"))
    assert found.feature(name) == ["new\nline", 'qu"ote']
    assert found.column("label") == ["a/../b", "漢字 ü"]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"label": "lable"}, "inputs.loans.label: .*no column 'lable'; did you mean 'label'"),
        ({"id": "rwo"}, "inputs.loans.id: .*did you mean 'row'"),
        ({"group": {"column": "sise"}}, "inputs.loans.group.column: .*did you mean 'size'"),
        ({"ignore": ("colr",)}, "inputs.loans.ignore: .*did you mean 'colour'"),
        ({"sensitive": ("zzz",)}, "inputs.loans.sensitive: .*known here: colour, label, row, size"),
        ({"domain_defining": ("sizes",)}, "inputs.loans.domain_defining: .*did you mean 'size'"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_nearest(section, message, table, listed) -> None:
    with pytest.raises(ConfigError, match=message):
        listed(table(SMALL, **section))


@pytest.mark.parametrize("name", BESIDE_PAYLOAD)
def test_a_feature_may_not_have_a_published_name(name: str, table, listed) -> None:
    with pytest.raises(ConfigError, match=f"'{name}'.*Rename them in the table, or list them in `ignore`"):
        listed(table(f"x,{name}\n1,2\n"))
    assert listed(table(f"x,{name}\n1,2\n", ignore=(name,))).heads[0]["features"] == {"x": 1}
    assert listed(table(f"x,{name}\n1,2\n", label=name)).column("label") == ["2"]


def test_a_table_without_features_is_an_error(table, listed) -> None:
    with pytest.raises(ConfigError, match="no column left that describes a row"):
        listed(table("id,label\n1,a\n", id="id", label="label"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a,b\n", "no record can be used, it is empty"),
        (b"\n\n", "has no header"),
        (b"a,b,a\n1,2,3\n", "occur more than once: 'a'"),
        (b"a,b, a\n1,2,3\n", "occur more than once: 'a'"),
        (b",a,b\n0,1,2\n", "column 1 has no name.*index=False"),
        (b"a,b\n1,caf\xe9\n", "line 2 is not UTF-8.*Save it as UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "it is UTF-16"),
        (b"PK\x03\x04" + bytes(30), "zip archive or a spreadsheet"),
        (b"\x1f\x8b" + bytes(30), "compressed by gzip"),
        (b"PAR1" + bytes(50), "cannot be read as Parquet"),
        (b"a,b\n1\n2\n", r"all that was found is refused \(2 bad_row\)"),
    ],
)
def test_a_table_that_cannot_be_used_says_what_to_do(content, message, table, listed) -> None:
    with pytest.raises(InputError, match=rf"(?s)inputs.loans: .*{message}"):
        listed(table(content))


def test_a_path_that_is_no_table_says_what_to_do(table, listed, tmp_path) -> None:
    for path, message in {
        str(tmp_path / "gone.csv"): "there is no file",
        str(tmp_path): "is a folder",
        "s3://bucket/rows.csv": "is a URL",
    }.items():
        with pytest.raises(InputError, match=f"inputs.loans: .*{message}"):
            listed(Table(name="loans", domain="source", kind="table", path=path))


@pytest.mark.parametrize("rows", [1, 3, 7, 2048])
def test_shards_are_cut_by_rows_and_lose_nothing(rows: int, table, listed) -> None:
    text = "x,label\n" + "".join(f"{row},{'' if row % 5 == 4 else 'a'}\n" for row in range(20))
    found = listed(table(text, label="label"), shard_rows=rows)
    assert max(shard.heads.num_rows for shard in found.shards) <= rows
    assert found.feature("x") == [row for row in range(20) if row % 5 != 4]
    assert found.column("record_id") == [f"loans/row-{row + 1}" for row in range(20) if row % 5 != 4]
    assert len(found.refused) == 4


def test_long_texts_make_smaller_shards(table, listed) -> None:
    text = "x,y\n" + f"{'long' * 1000},1\n" * 20
    found = listed(table(text), shard_bytes=20_000)
    assert max(shard.heads.nbytes for shard in found.shards) < 25_000
    assert len(found.heads) == 20


def test_groups_that_are_all_missing_are_an_error(table, listed) -> None:
    with pytest.raises(InputError, match="none of the 2 records has a group, such as 'loans/row-1'"):
        listed(table("who,x\n,1\n ,2\n", group={"column": "who"}))
    assert listed(table("who,x\n,1\nann,2\n", group={"column": "who"})).column("group") == [None, "ann"]


def test_rows_with_infinite_values_are_refused(table, listed) -> None:
    found = listed(table("id,x,y\n1,1.5,1\n2,inf,1\n3,2,-Infinity\n4,,2\n", id="id"))
    assert found.reasons == {"loans/2": "not_finite", "loans/3": "not_finite"}
    assert found.feature("x") == [1.5, None]
    assert {"column 'x' is infinite", "column 'y' is infinite"} == {row["detail"] for row in found.refused}


def test_parquet_keeps_its_types(table, listed) -> None:
    moment = dt.datetime(2024, 1, 2, 3, 4, 5, 678000)
    stored = pa.table(
        {
            "small": pa.array([1, None], pa.int8()),
            "huge": pa.array([2**63, 1], pa.uint64()),
            "half": pa.array([0.5, 1.5], pa.float16()),
            "single": pa.array([0.5, math.nan], pa.float32()),
            "money": pa.array([decimal.Decimal("1.25"), None]),
            "flag": [True, None],
            "text": pa.array(["a", " "], pa.large_string()),
            "view": pa.array(["a", ""], pa.string_view()),
            "word": pa.array(["u", "v"]).dictionary_encode(),
            "day": pa.array([moment.date(), None], pa.date64()),
            "moment": pa.array([moment, None], pa.timestamp("ns")),
            "zoned": pa.array([moment, None], pa.timestamp("ms", "Europe/Berlin")),
            "time": pa.array([moment.time(), None], pa.time32("ms")),
            "span": pa.array([dt.timedelta(seconds=90), None], pa.duration("s")),
            "nothing": pa.nulls(2),
        }
    )
    found = listed(table(stored))
    assert found.types == {
        "small": pa.int64(),
        "huge": pa.float64(),
        "half": pa.float64(),
        "single": pa.float64(),
        "money": pa.float64(),
        "flag": pa.bool_(),
        "text": pa.string(),
        "view": pa.string(),
        "word": pa.string(),
        "day": pa.date32(),
        "moment": pa.timestamp("us"),
        "zoned": pa.timestamp("us", "UTC"),
        "time": pa.time64("us"),
        "span": pa.duration("us"),
        "nothing": pa.float64(),
    }
    first = found.heads[0]["features"]
    assert (first["huge"], first["money"], first["day"], first["moment"]) == (2.0**63, 1.25, moment.date(), moment)
    assert (first["time"], first["span"]) == (moment.time(), dt.timedelta(seconds=90))
    assert found.feature("text") == ["a", None]
    assert math.isnan(found.feature("single")[1])


@pytest.mark.parametrize(
    "odd",
    [pa.array([[1, 2]]), pa.array([{"a": 1}]), pa.array([b"bytes"]), pa.array([[("k", 1)]], pa.map_("string", "int8"))],
)
def test_columns_that_cannot_be_compared_are_refused_with_the_remedy(odd, table, listed) -> None:
    stored = pa.table({"x": [1], "odd": odd})
    with pytest.raises(InputError, match=r"column 'odd' holds lists, structs or bytes.*list it in `ignore`"):
        listed(table(stored))
    assert listed(table(stored, ignore=("odd",))).heads[0]["features"] == {"x": 1}
    with pytest.raises(InputError, match=r"inputs.loans.label: column 'odd' holds lists"):
        listed(table(stored, label="odd"))


def test_the_index_of_a_data_frame_is_no_column(table, listed) -> None:
    frame = pd.DataFrame({"x": [1, 2]}, index=[7, 9])
    assert listed(table(pa.Table.from_pandas(frame))).types == {"x": pa.int64()}


def test_a_parquet_that_is_damaged_inside_says_so(table, listed, tmp_path) -> None:
    source = table(pa.table({"x": np.random.default_rng(0).random(5000)}))
    data = bytearray((tmp_path / "rows.parquet").read_bytes())
    data[4:24] = bytes(20)
    (tmp_path / "rows.parquet").write_bytes(data)
    with pytest.raises(InputError, match=r"cannot be read as Parquet.*Write the file again"):
        listed(source)


def test_inputs_agree_on_types(tmp_path, listed) -> None:
    texts = {"a": "n,d,e,f\n1,2024-01-01,,1\n", "b": "n,d,e,f\n1.5,2024-01-01 10:00,word,\n"}
    sources = []
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
        sources.append(Table(name=name, domain="source", kind="table", path=str(tmp_path / f"{name}.csv")))
    agreed = agreed_types(sources, modality="tabular")
    assert agreed == {"n": pa.float64(), "d": pa.timestamp("us"), "e": pa.string(), "f": pa.int64()}
    first, second = (listed(source, types=agreed) for source in sources)
    assert first.types == second.types == agreed
    assert first.heads[0]["features"] == {"n": 1.0, "d": dt.datetime(2024, 1, 1), "e": None, "f": 1}
    assert second.heads[0]["features"]["f"] is None


def test_a_column_that_one_input_lacks_is_an_error(tmp_path) -> None:
    sources = []
    for name, text in (("a", "x,y\n1,2\n"), ("b", "x,Y\n1,2\n")):
        (tmp_path / f"{name}.csv").write_text(text)
        sources.append(Table(name=name, domain="source", kind="table", path=str(tmp_path / f"{name}.csv")))
    with pytest.raises(
        InputError, match=r"input 'a' lacks columns that another input has: 'Y'.*`ignore`.*has 'x', 'y'"
    ):
        agreed_types(sources, modality="tabular")


def test_only_rows_that_are_records_need_to_agree(table) -> None:
    assert agreed_types([table("file,x\na.png,1\n", file="file")], modality="image") is None


def test_a_plan_may_do_without_the_features(table, listed) -> None:
    found = listed(table(SMALL, id="row", label="label"), types={})
    assert found.column("label") == ["yes", "no", "yes"]
    assert found.heads[0]["features"] == {}


@pytest.mark.parametrize(("one", "two"), [("1", "one"), ("true", "1"), ("2024-01-01", "5"), ("12:00", "2024-01-01")])
def test_inputs_that_cannot_agree_are_an_error(one: str, two: str, tmp_path) -> None:
    sources = []
    for name, cell in (("a", one), ("b", two)):
        (tmp_path / f"{name}.csv").write_text(f"x,y\n{cell},1\n")
        sources.append(Table(name=name, domain="source", kind="table", path=str(tmp_path / f"{name}.csv")))
    with pytest.raises(InputError, match=r"column 'x' holds .* in 'a', .* in 'b'.*`ignore`"):
        agreed_types(sources, modality="tabular")


@pytest.mark.parametrize("cell", ["1", "true", "2024-01-01"])
def test_a_table_that_changes_between_its_two_readings_says_so(cell, table, listed, tmp_path) -> None:
    source = table(f"x,y\n{cell},2\n")
    types = feature_types(source)
    (tmp_path / "rows.csv").write_text("x,y\nword,2\n")
    with pytest.raises(InputError, match="changed while it was read: column 'x'"):
        list(list_shards(source, modality="tabular", types=types))


def test_a_column_of_paths_points_at_files(table, listed, tmp_path) -> None:
    for name in ("a.png", "b c.png", "ü.jpg"):
        (tmp_path / "img").mkdir(exist_ok=True)
        (tmp_path / "img" / name).write_bytes(name.encode())
    text = "who,file,label\n1,img/a.png,x\n2,./img/b c.png,y\n3,img\\ü.jpg,x\n"
    source = table(text, file="file", label="label", group={"column": "who"})
    found = listed(source, "image")
    assert found.paths == ["img/a.png", "img/b c.png", "img/ü.jpg"]
    assert found.column("record_id") == ["loans/row-1", "loans/row-2", "loans/row-3"]
    assert found.column("group") == ["1", "2", "3"]
    assert found.column("size_bytes") == [5, 7, 6]
    assert found.shards[0].heads.schema == HEADS
    assert [read_bytes(source, path) for path in found.paths] == [b"a.png", b"b c.png", "ü.jpg".encode()]


def test_paths_that_cannot_be_used_are_refused(table, listed, tmp_path) -> None:
    (tmp_path.parent / "secret.png").write_bytes(b"secret")
    (tmp_path / "ok.png").write_bytes(b"x")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "note.txt").write_bytes(b"x")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to("../secret.png")
    (tmp_path / "sound.wav").write_bytes(b"x")
    expected = {
        "../secret.png": "outside_folder",
        "a/../../secret.png": "outside_folder",
        "/etc/passwd.png": "outside_folder",
        "file:///etc/passwd.png": "outside_folder",
        "http://host/x.png": "outside_folder",
        "link.png": "outside_folder",
        "gone.png": "missing_file",
        "ok.png/deeper.png": "missing_file",
        "empty.png": "empty_file",
        "note.txt": "not_supported",
        "folder.png": "not_supported",
        "sound.wav": "not_supported",
    }
    text = "file,label\nok.png,a\n" + "".join(f'"{path}",a\n' for path in expected) + ",a\n"
    source = table(text, file="file", label="label")
    found = listed(source, "image")
    assert found.paths == ["ok.png"]
    assert {row["path"]: row["reason"] for row in found.refused} == {**expected, None: "missing_file"}
    assert {row["path"]: row["reason"] for row in listed(source, "image", shard_rows=2).refused} == {
        **expected,
        None: "missing_file",
    }
    for path in ("../secret.png", "link.png"):
        with pytest.raises(Unreadable) as why:
            read_bytes(source, path)
        assert why.value.reason == "outside_folder"


def test_nothing_is_unpickled(table, listed, tmp_path) -> None:
    import pickle

    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    stored = pa.table({"x": [1], "odd": [pickle.dumps(Trap())]})
    with pytest.raises(InputError):
        listed(table(stored))
    listed(table(stored, ignore=("odd",)))
    assert not (tmp_path / "sprung").exists()


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12), delimiter=st.sampled_from([",", ";", "\t"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_a_head_and_text_comes_back(rows, delimiter, tmp_path_factory) -> None:
    import csv

    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([("a", "b"), *rows, ("text", "text")])
    source = Table(name="loans", domain="source", kind="table", path=str(path))
    shards = list(list_shards(source, modality="tabular", shard_rows=5))
    found = [row["features"] for shard in shards for row in shard.heads.to_pylist()]
    blank_to_none = [tuple(cell if cell.strip() else None for cell in row) for row in rows]
    assert [(row["a"], row["b"]) for row in found[:-1]] == blank_to_none
    assert sum(shard.refused.num_rows for shard in shards) == 0


@given(values=st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_numbers_written_by_pandas_come_back_exactly(values, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    pd.DataFrame({"x": pd.array(values, dtype="Float64"), "y": "text"}).to_csv(path, index=False)
    source = Table(name="loans", domain="source", kind="table", path=str(path))
    found = [
        row["features"]["x"] for shard in list_shards(source, modality="tabular") for row in shard.heads.to_pylist()
    ]
    assert found == values


@pytest.mark.shared_data
def test_the_real_loans_agree(real_data, listed) -> None:
    sources = [
        Table(
            name=name,
            domain="source",
            kind="table",
            path=str(real_data / f"{name}.csv"),
            label="high_priced",
            id="row_id",
        )
        for name in ("source", "target")
    ]
    agreed = agreed_types(sources, modality="tabular")
    found = [listed(source, types=agreed) for source in sources]
    assert [len(one.heads) for one in found] == [20_000, 2_000]
    assert not any(one.refused for one in found)
    assert set(found[0].column("label")) == {"0", "1"}
    assert set(agreed.values()) <= {pa.int64(), pa.float64()}
