"""`matchset compare` on what people have: a clear message or "undecided", never a traceback or a false "equivalent"."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from makers import image_folder
from typer.testing import CliRunner

from flows.commands import app


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compare(a: object, b: object, *options: object):
    told = CliRunner().invoke(app, ["compare", str(a), str(b), "--out", "found.json", *map(str, options)])
    assert "Traceback" not in told.output
    assert "run again with -v" not in told.output, told.output
    return told


def found(a: object, b: object, *options: object) -> dict:
    told = compare(a, b, *options)
    assert told.exit_code == 0, told.output
    page = Path("matchset-compare/index.html").read_text(encoding="utf-8")
    whole = json.loads(Path("found.json").read_text(encoding="utf-8"))
    assert whole["answer"] in page
    assert whole["sentence"] in told.output
    return whole


def table(rows: int, seed: int, **columns: object) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"x": rng.normal(size=rows), "y": rng.normal(size=rows), **columns})


def write(name: str, frame: pd.DataFrame) -> str:
    frame.to_parquet(name) if name.endswith("parquet") else frame.to_csv(name, index=False)
    return name


def pair(rows: int, **columns: object) -> tuple[str, str]:
    """Two tables of one law, with columns that are the same on both sides."""
    return write("a.parquet", table(rows, 1, **columns)), write("b.parquet", table(rows, 2, **columns))


@pytest.mark.parametrize("rows", [1, 2, 3, 5])
def test_few_rows_are_undecided(rows) -> None:
    assert found(*pair(rows))["answer"] == "undecided"


EMPTY = {"nothing.csv": b"", "header.csv": b"x,y\n", "blank.csv": b"\n\n\n"}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_file_is_told(name) -> None:
    Path(name).write_bytes(EMPTY[name])
    told = compare(write("a.csv", table(10, 1)), name)
    assert told.exit_code == 1
    assert name in told.output


def test_an_empty_parquet_file_is_told() -> None:
    told = compare(write("a.parquet", table(10, 1)), write("b.parquet", table(0, 1)))
    assert told.exit_code == 1
    assert "no rows" in told.output


def test_an_empty_folder_is_told(here) -> None:
    (here / "nothing").mkdir()
    told = compare("nothing", "nothing")
    assert told.exit_code == 1
    assert "holds no file" in told.output


def test_a_label_on_one_side_only_is_different() -> None:
    a = write("a.parquet", table(400, 1, label=["cat", "dog"] * 200))
    b = write("b.parquet", table(400, 2, label=["cat"] * 400))
    whole = found(a, b, "--label", "label")
    assert whole["answer"] == "different"
    assert whole["differing"] == ["the labels' shares"]
    only = [row for row in whole["rows"] if row["note"] == "only in A"]
    assert [row["name"] for row in only] == ["dog"]


def test_columns_that_never_vary_do_not_decide() -> None:
    alone = pd.DataFrame({"always": [1] * 300, "never": [np.nan] * 300})
    assert found(write("a.parquet", alone), write("b.parquet", alone.head(200)))["answer"] == "undecided"
    whole = found(*pair(4000, always=1, never=np.nan))
    assert whole["answer"] == "equivalent"
    assert {row["note"] for row in whole["rows"] if row["name"] in ("always", "never")} == {
        "one value in every row",
        "no value",
    }


def test_a_column_on_one_side_only_is_never_equivalent() -> None:
    a = write("a.parquet", table(4000, 1, more=np.arange(4000)))
    b = write("b.parquet", table(4000, 2))
    whole = found(a, b)
    assert whole["answer"] == "undecided"
    assert whole["not_compared"] == ["more"]
    assert found(a, b, "--ignore", "more")["answer"] == "equivalent"


def test_no_common_column_is_undecided() -> None:
    a, b = write("a.parquet", table(50, 1)), write("b.parquet", table(50, 1).rename(columns={"x": "u", "y": "v"}))
    whole = found(a, b)
    assert whole["answer"] == "undecided"
    assert sorted(whole["not_compared"]) == ["u", "v", "x", "y"]


def test_a_column_that_one_side_misses_wholly_is_different() -> None:
    a = write("a.parquet", table(500, 1, more=np.arange(500.0)))
    b = write("b.parquet", table(500, 2, more=np.full(500, np.nan)))
    whole = found(a, b)
    assert whole["answer"] == "different"
    assert whole["differing"][0] == "more"


def test_one_atom_a_side_is_undecided() -> None:
    a, b = write("a.parquet", table(500, 1, who="p")), write("b.parquet", table(500, 2, who="q"))
    assert found(a, b, "--atoms", "who")["answer"] == "undecided"
    whole = found(a, write("b.parquet", table(500, 2, who="p")), "--atoms", "who")
    assert whole["answer"] == "undecided"
    assert not whole["remarks"]


def test_a_category_with_a_level_a_row_is_undecided() -> None:
    a = write("a.parquet", table(60_000, 1, word=[f"a{row}" for row in range(60_000)]))
    b = write("b.parquet", table(60_000, 2, word=[f"b{row}" for row in range(60_000)]))
    whole = found(a, b)
    assert whole["answer"] == "undecided"
    assert whole["open"] == ["word"]


def test_infinities_are_compared_as_what_is_furthest_out() -> None:
    values = np.random.default_rng(1).normal(size=4000)
    few = np.where(np.arange(4000) % 100 == 0, np.inf, values)
    many = np.where(np.arange(4000) % 2 == 0, -np.inf, values)
    whole = found(write("a.parquet", table(4000, 1, z=few)), write("b.parquet", table(4000, 2, z=many)))
    assert whole["answer"] == "different"
    assert whole["differing"][0] == "z"


def test_infinities_on_both_sides_pass_nothing() -> None:
    half = np.where(np.arange(500) % 2 == 0, np.inf, -np.inf)
    assert found(*pair(500, z=half))["answer"] == "undecided"


def test_nested_columns_are_named_and_left_out() -> None:
    for name, seed in (("a.parquet", 1), ("b.parquet", 2)):
        frame = pa.Table.from_pandas(table(4000, seed))
        nested = frame.append_column("list", pa.array([[1, 2]] * 4000)).append_column("raw", pa.array([b"x"] * 4000))
        pq.write_table(nested, name)
    whole = found("a.parquet", "b.parquet")
    assert whole["answer"] == "undecided"
    assert sorted(whole["not_compared"]) == ["list", "raw"]
    assert found("a.parquet", "b.parquet", "--ignore", "list,raw")["answer"] == "equivalent"
    told = compare("a.parquet", "b.parquet", "--atoms", "list")
    assert told.exit_code == 2
    assert "holds lists" in told.output


@pytest.mark.parametrize("name", ["twice.csv", "twice.parquet"])
def test_a_column_twice_is_told(name) -> None:
    if name.endswith("csv"):
        Path(name).write_text("x,x\n1,2\n", encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"]), name)
    told = compare(name, write("b.csv", table(10, 1)))
    assert told.exit_code == 1
    assert "more than once: 'x'" in told.output


def test_a_damaged_parquet_file_is_told() -> None:
    a, b = pair(2000)
    data = Path(a).read_bytes()
    for damaged in (data[:-200], data[:100] + b"\xff" * (len(data) - 400) + data[-300:], b"PAR1"):
        Path(a).write_bytes(damaged)
        told = compare(a, b)
        assert told.exit_code == 1
        assert "cannot be read as Parquet" in told.output


def test_a_csv_with_a_wrong_header_is_told() -> None:
    Path("a.csv").write_text("x,\n1,2\n", encoding="utf-8")
    told = compare("a.csv", write("b.csv", table(10, 1)))
    assert told.exit_code == 1
    assert "column 2 has no name" in told.output


def test_rows_that_do_not_fit_are_counted_with_the_first() -> None:
    a = write("a.csv", table(50, 1))
    with Path(a).open("a", encoding="utf-8") as file:
        file.write("1,2,3\n4\n")
    whole = found(a, write("b.csv", table(50, 2)))
    assert sum(whole["a"]["refused"].values()) == 2
    assert "line 52" in compare(a, "b.csv").output


def test_pictures_and_a_table_have_nothing_in_common() -> None:
    image_folder(Path("photos"), 8)
    told = compare("photos", write("b.parquet", table(10, 1)))
    assert told.exit_code == 2
    assert "A, photos, holds images, but B, b.parquet, holds rows of a table" in told.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.csv", "b.csv"), "there is no file or folder nowhere.csv"),
        (("a.csv", "nowhere"), "B: there is no file or folder nowhere"),
        (("store:dev", "b.csv"), "there is no store store"),
        (("s3://bucket/file.parquet", "b.csv"), "files are read from disks"),
        (("a.csv", "b.csv", "--atoms", "X"), "--atoms: A, a.csv, has no column 'X'"),
        (("a.csv", "b.csv", "--label", "z"), "--label: A, a.csv, has no column 'z'"),
        (("a.csv", "b.csv", "--ignore", "xx"), "--ignore: neither side has a column 'xx'"),
        (("a.csv", "b.csv", "--group", "(?P<group>a)"), "--group: it is searched in the paths of files"),
        (("a.csv", "b.csv", "--margin", "0"), "--margin"),
        (("a.csv", "b.csv", "--margin", "nan"), "--margin"),
        (("a.csv", "b.csv", "--out", "x.xlsx"), "--out: a file that ends in .parquet, .csv, .json wanted"),
        (("a.csv", "b.csv", "--report", "a.csv"), "--report: a.csv is a file"),
        (("matchset.yaml", "b.csv"), "say which split of it, such as matchset.yaml:dev"),
        (("photos", "photos", "--group", "("), "--group: not a regular expression"),
        (("photos", "photos", "--group", "x"), "--group: the expression needs a part named group"),
        (("photos", "photos", "--atoms", "x"), "--atoms: it names a column of a table"),
        (("photos", "photos", "--ignore", "sharpnes"), "did you mean 'sharpness'?"),
    ],
)
def test_wrong_usage_exits_2_with_one_clear_message(arguments, said) -> None:
    write("a.csv", table(10, 1))
    write("b.csv", table(10, 2))
    Path("matchset.yaml").write_text("name: x\n", encoding="utf-8")
    image_folder(Path("photos"), 4)
    told = compare(*arguments)
    assert told.exit_code == 2, told.output
    assert said in told.output


def test_a_table_with_itself_is_no_difference() -> None:
    a, _ = pair(3)
    whole = found(a, a)
    assert whole["answer"] == "equivalent"
    assert "hold the same rows" in whole["sentence"]
    assert whole["rows"] == []


def test_a_folder_with_itself_is_no_difference() -> None:
    image_folder(Path("photos"), 8)
    assert "hold the same rows" in found("photos", "photos")["sentence"]


def test_odd_names_come_out_readable() -> None:
    for folder, seed in (("a", 1), ("b", 2)):
        image_folder(Path(folder), 12, seed=seed)
        names = ["with space.png", "صورة.png", "\u202egnp.exe.png", os.fsdecode(b"\xff\xfe.png"), "<b>.png"]
        for file, name in zip(sorted(Path(folder).rglob("*.png")), names, strict=False):
            file.rename(file.parent / name)
        Path(folder, "0", os.fsdecode(b"bad\xff.png")).write_bytes(b"no picture")
    whole = found("a", "b")
    assert whole["a"]["rows"] == 12
    assert whole["a"]["refused"] == {"not_supported": 1}
    odd = Path(os.fsdecode(b"od\xffd \xd9\x85"))
    Path("a").rename(odd)
    assert compare(odd, "b").exit_code == 0


def test_a_column_cannot_steer_the_page() -> None:
    nasty = {"<script>alert(1)</script>": 1.0, "\u202eevil": 2.0, "x" * 3000: 3.0}
    frames = [table(60, seed) for seed in (1, 2)]
    for frame in frames:
        for at, name in enumerate(nasty):
            frame[name] = np.random.default_rng(at).normal(size=60)
    found(write("a.csv", frames[0]), write("b.csv", frames[1].assign(**{"</style><img src=x>": "w"})))
    page = Path("matchset-compare/index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
