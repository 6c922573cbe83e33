import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tasks.errors import ConfigError, InputError
from tasks.sides.compared import compare_sides
from tasks.sides.folders import kind_of_folder, parts_of
from tasks.sides.looks import choose_looks, name_of
from tasks.sides.side import Side
from tasks.sides.tables import Wish, read_tables


def side(rows, *, atoms=None, shift=0.0, seed=1):
    table = pa.table({"x": np.random.default_rng(seed).normal(shift, 1, rows), "row": np.arange(rows)})
    return Side("s", "tabular", table, atoms=None if atoms is None else pa.chunked_array([pa.array(atoms)]))


def test_rows_without_an_atom_are_atoms_of_their_own():
    assert side(5).atom_count == 5
    assert side(5, atoms=["a", "a", None, None, "b"]).atom_count == 4
    assert side(3, atoms=["a", "a", "a"]).atom_count == 1


def test_chosen_rows_keep_their_order_and_their_atoms():
    whole = side(1000, atoms=[f"a{row}" for row in range(1000)])
    few = whole.chosen(100, np.random.default_rng(1))
    rows = few.table["row"].to_pylist()
    assert len(rows) == 100
    assert rows == sorted(rows)
    assert few.atoms.to_pylist() == [f"a{row}" for row in rows]
    assert whole.chosen(None, np.random.default_rng(1)) is whole
    assert whole.chosen(1000, np.random.default_rng(1)) is whole


def test_labels_are_the_same_words_however_they_were_stored(tmp_path):
    pd.DataFrame({"x": [1.0, 2.0], "label": [1.0, np.nan]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"x": [1.0, 2.0], "label": [1, 0]}).to_csv(tmp_path / "b.csv", index=False)
    wish = Wish(label="label")
    a = read_tables("a", [str(tmp_path / "a.parquet")], wish, side="A")
    b = read_tables("b", [str(tmp_path / "b.csv")], wish, side="B")
    assert a.labels.to_pylist() == ["1", None]
    assert b.labels.to_pylist() == ["1", "0"]
    assert a.table.column_names == ["x"]


def test_rows_are_known_by_their_numbers_bad_ones_included(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n1\n3,4\n", encoding="utf-8")
    read = read_tables("a", [str(tmp_path / "a.csv")], Wish(), side="A")
    assert [name_of(read, row) for row in range(2)] == ["row 1", "row 3"]
    assert read.refused == {"has other fields than the header": 1}


def test_a_column_of_atoms_that_is_not_there_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("speaker,y\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="did you mean 'speaker'"):
        read_tables("a", [str(tmp_path / "a.csv")], Wish(atoms="speker"), side="A")


FOLDERS = {
    "image": ["a/1.png", "a/2.JPG", "list.parquet", "notes.txt"],
    "audio": ["1.wav", "2.flac", "cover.png"],
    "parts": ["b/1.parquet", "a/0.parquet", "_SUCCESS"],
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_folder_is_what_most_of_its_files_are(kind, tmp_path):
    for name in FOLDERS[kind]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert kind_of_folder(str(tmp_path), side="A") == kind
    if kind == "parts":
        assert parts_of(str(tmp_path)) == [str(tmp_path / "a/0.parquet"), str(tmp_path / "b/1.parquet")]


def test_a_folder_of_other_files_is_told(tmp_path):
    (tmp_path / "x.csv").write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"other kinds, such as 'x.csv'.*a CSV file is named itself"):
        kind_of_folder(str(tmp_path), side="B")


def test_rows_to_look_at_are_the_most_telling_ones_of_different_atoms():
    pairs = np.repeat(np.arange(100), 2).astype(str)
    a, b = side(200, atoms=np.char.add("a", pairs)), side(200, atoms=np.char.add("b", pairs), shift=1.5, seed=2)
    a, b = (Side("s", "tabular", one.table.select(["x"]), atoms=one.atoms) for one in (a, b))
    least, most, dev = choose_looks(compare_sides(a, b, margin=0.1, seed=1))
    mean = {
        look.title: np.mean([one.table["x"][row].as_py() for row in look.rows])
        for look, one in ((least, a), (most, a), (dev, b))
    }
    assert mean[least.title] < mean[most.title] < mean[dev.title]
    assert len({a.atoms[row].as_py() for row in least.rows}) == len(least.rows) == 6
    assert choose_looks(compare_sides(a, side(200, seed=3), margin=0.1, seed=1)) == ()
