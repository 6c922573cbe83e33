import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.config.descriptors import EmbeddingTable
from tasks.errors import ConfigError, InputError, MatchsetError
from tasks.sources.vectors import insist_on_vectors, read_keys, read_vectors

KEYS = ["app/a.png", "app/b.png", "app/c.png"]
VALUES = np.array([[1.0, 2.5], [3.0, np.nan], [-5.0, 6.0]])


def entry(*files, **settings) -> EmbeddingTable:
    paths = [str(file) for file in files]
    return EmbeddingTable.model_validate({"name": "net", "kind": "table", "path": paths} | settings)


def read(*files, **settings) -> tuple[list[str], np.ndarray]:
    found = list(read_vectors(entry(*files, **settings)))
    return [key for part in found for key in part.keys], np.concatenate([part.values for part in found])


@pytest.fixture
def files(tmp_path):
    """The same vectors as CSV, as Parquet in columns, and as Parquet in lists of several kinds."""
    frame = pd.DataFrame({"record_id": KEYS, "e0": VALUES[:, 0], "e1": VALUES[:, 1]})
    frame.to_csv(tmp_path / "columns.csv", index=False)
    frame.to_parquet(tmp_path / "columns.parquet")
    rows = [row.tolist() for row in VALUES]
    for name, kind in (
        ("list", pa.list_(pa.float32())),
        ("large", pa.large_list(pa.float64())),
        ("fixed", pa.list_(pa.float32(), 2)),
        ("half", pa.list_(pa.float16())),
    ):
        table = pa.table({"record_id": KEYS, "vector": pa.array(rows, pa.list_(pa.float64())).cast(kind)})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["columns.csv", "columns.parquet", "list.parquet", "large.parquet", "fixed.parquet", "half.parquet"]
)
def test_every_form_holds_the_same_vectors(files, name) -> None:
    keys, values = read(files / name)
    assert keys == KEYS == read_keys(entry(files / name))
    np.testing.assert_array_equal(values, VALUES)
    insist_on_vectors(entry(files / name))


def test_several_files_follow_each_other(files) -> None:
    keys, values = read(files / "columns.csv", files / "list.parquet")
    assert keys == KEYS + KEYS
    assert values.shape == (6, 2)


def test_columns_may_be_chosen(files) -> None:
    assert read(files / "columns.csv", columns=["e1"])[1].shape == (3, 1)
    np.testing.assert_array_equal(read(files / "columns.csv", columns=["e1", "e0"])[1], VALUES[:, ::-1])


def test_whole_numbers_are_keys_as_words(tmp_path) -> None:
    pd.DataFrame({"id": [3.0, 4.0], "e": [1, 2]}).to_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet", id="id")[0] == ["3", "4"]


def test_a_list_that_is_missing_is_a_row_of_nothing(tmp_path) -> None:
    table = pa.table({"record_id": KEYS, "vector": pa.array([[1.0, 2.0], None, [3.0, None]])})
    pq.write_table(table, tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")[1]
    np.testing.assert_array_equal(np.isnan(found), [[False, False], [True, True], [False, True]])


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"record_id": KEYS, "v": [[1.0], [1.0, 2.0], [1.0]]}, "column 'v': row 2 has another length than 1"),
        (
            {"record_id": KEYS, "v": [["a"], ["b"], ["c"]]},
            "column 'v' holds lists of string; expected lists",
        ),
        ({"record_id": KEYS, "v": ["x", "y", "z"]}, "column 'v' holds something that is no number"),
        ({"record_id": KEYS, "v": [[1.0]] * 3, "w": [1.0] * 3}, "column 'v' holds lists, beside 1 other columns"),
        ({"record_id": ["a", None, "c"], "v": [1.0] * 3}, "row 2 has no 'record_id'"),
    ],
)
def test_what_is_no_vector_is_refused(tmp_path, columns, told) -> None:
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(InputError) as error:
        read(tmp_path / "a.parquet")
    assert told in str(error.value)


def test_files_of_another_width_are_refused(files, tmp_path) -> None:
    pd.DataFrame({"record_id": ["x"], "e0": [1.0]}).to_csv(tmp_path / "narrow.csv", index=False)
    with pytest.raises(InputError, match="the rows from 1 on have 1 numbers, those before 2"):
        read(files / "columns.csv", tmp_path / "narrow.csv")


def test_what_is_not_there_is_told_without_reading_a_row(files) -> None:
    for given, kind, told in (
        (entry(files / "none.csv"), InputError, "descriptors.net: there is no file"),
        (entry(files / "columns.csv", id="recordid"), ConfigError, "net.id: .* has no column 'recordid'; did you mean"),
        (entry(files / "columns.csv", columns=["e7"]), ConfigError, "net.columns: .* has no column 'e7'"),
        (entry(files / "columns.csv", columns=["record_id"]), ConfigError, "has no column for the vector besides"),
    ):
        with pytest.raises(MatchsetError, match=told) as error:
            insist_on_vectors(given)
        assert type(error.value) is kind


def test_a_bad_row_of_csv_is_refused(tmp_path) -> None:
    (tmp_path / "a.csv").write_text("record_id,e0\napp/a,1\napp/b,1,2\n")
    with pytest.raises(InputError, match="line 3: 3 fields where the header has 2"):
        read(tmp_path / "a.csv")


def test_a_wide_table_is_read_in_batches(tmp_path) -> None:
    table = pd.DataFrame({"record_id": [f"app/{row}" for row in range(9000)], "v": [[0.5] * 8] * 9000})
    table.to_parquet(tmp_path / "a.parquet")
    parts = [len(part.keys) for part in read_vectors(entry(tmp_path / "a.parquet"))]
    assert sum(parts) == 9000
    assert max(parts) <= 4096
