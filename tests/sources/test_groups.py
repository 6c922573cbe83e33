"""A file's group: by pattern, by CSV, and never silently nobody's."""

import pytest

from tasks.config.inputs import GroupCsv
from tasks.errors import ConfigError, InputError

FILES = ["0/w1_a.png", "0/w2_b.png", "1/w1_c.png", "1/plain.png"]
PATTERN = r"/(?P<group>w\d+)_"


@pytest.fixture
def by_csv(folder, images, listed, tmp_path):
    """List FILES with the groups of a CSV text; return path -> group."""

    def run(text: str, *, folder_name: str = "target", key: str = "path", column: str = "writer") -> dict[str, str]:
        csv = tmp_path / "groups.csv"
        csv.write_text(text, encoding="utf-8")
        source = images(folder(FILES, name=folder_name), group=GroupCsv(csv=str(csv), key=key, column=column))
        found = listed(source)
        return dict(zip(found.paths, found.column("group"), strict=True))

    return run


def test_a_pattern_is_searched_in_the_path_and_no_match_is_no_group(folder, images, listed) -> None:
    found = listed(images(folder(FILES), group=PATTERN))
    assert dict(zip(found.paths, found.column("group"), strict=True)) == {
        "0/w1_a.png": "w1",
        "0/w2_b.png": "w2",
        "1/plain.png": None,
        "1/w1_c.png": "w1",
    }
    assert sum(shard.heads["group"].null_count for shard in found.shards) == 1


def test_an_empty_match_is_no_group(folder, images, listed) -> None:
    found = listed(images(folder(FILES), group=r"/(?P<group>(w\d)?)"))
    assert found.column("group") == ["w1", "w2", None, "w1"]


def test_the_pattern_may_use_the_folders(folder, images, listed) -> None:
    found = listed(images(folder(["x/ann/1.png", "x/bob/1.png"]), group="^[^/]+/(?P<group>[^/]+)/"))
    assert found.column("group") == ["ann", "bob"]


@pytest.mark.parametrize(
    "begin",
    ["", "./", "target/", "app/", "{root}/", "/mnt/elsewhere/", "some/other/folder/"],
    ids=["inside", "dot", "folder", "record id", "absolute", "elsewhere", "relative elsewhere"],
)
def test_a_row_may_name_a_file_in_several_ways(begin: str, by_csv, tmp_path) -> None:
    begin = begin.format(root=tmp_path / "target")
    rows = "\n".join(f"{begin}{path},g{place}" for place, path in enumerate(FILES[:3]))
    assert by_csv(f"path,writer\n{rows}\n") == {
        "0/w1_a.png": "g0",
        "0/w2_b.png": "g1",
        "1/w1_c.png": "g2",
        "1/plain.png": None,
    }


def test_paths_from_windows_are_understood(by_csv) -> None:
    assert by_csv("path,writer\ntarget\\0\\w1_a.png,g0\n")["0/w1_a.png"] == "g0"


def test_rows_of_another_folder_are_not_taken_for_this_one(by_csv) -> None:
    found = by_csv("path,writer\nsource/0/w1_a.png,stranger\ntarget/0/w1_a.png,own\nsource/1/plain.png,stranger\n")
    assert found["0/w1_a.png"] == "own"
    assert found["1/plain.png"] is None


def test_numbers_empty_cells_and_other_columns(by_csv) -> None:
    found = by_csv("id,file,age,writer\n1,0/w1_a.png,30,1.0\n2,0/w2_b.png,,\n3,1/w1_c.png,x,2.0\n", key="file")
    assert found == {"0/w1_a.png": "1", "0/w2_b.png": None, "1/w1_c.png": "2", "1/plain.png": None}


def test_names_are_compared_in_one_unicode_form(folder, images, listed, tmp_path) -> None:
    composed, apart = "0/caf\u00e9.png", "0/cafe\u0301.png"
    csv = tmp_path / "groups.csv"
    csv.write_text(f"path;writer\n{composed};g\n", encoding="utf-8-sig")
    found = listed(images(folder([apart]), group=GroupCsv(csv=str(csv), column="writer")))
    assert found.column("group") == ["g"]


def test_rows_with_commas_quotes_and_newlines(folder, images, listed, tmp_path) -> None:
    csv = tmp_path / "groups.csv"
    csv.write_text('path,writer\n"0/a, ""b"".png","<script>\n"\n', encoding="utf-8")
    found = listed(images(folder(['0/a, "b".png']), group=GroupCsv(csv=str(csv), column="writer")))
    assert found.column("group") == ["<script>"]


@pytest.mark.parametrize(("key", "column", "near"), [("pth", "writer", "path"), ("path", "writter", "writer")])
def test_a_column_that_is_not_there_is_named_with_the_nearest(key, column, near, by_csv) -> None:
    with pytest.raises(ConfigError, match=f"inputs.app.group.*did you mean '{near}'"):
        by_csv("path,writer\n0/w1_a.png,w1\n", key=key, column=column)


def test_groups_that_reach_no_record_are_an_error(by_csv, folder, images, listed) -> None:
    with pytest.raises(InputError, match=r"none of the 4 records has a group, such as '0/w1_a.png'"):
        by_csv("path,writer\n0/other.png,w1\n")
    with pytest.raises(InputError, match="none of the 4 records has a group"):
        listed(images(folder(FILES), group="(?P<group>speaker[0-9])"))


def test_two_groups_for_one_file_are_an_error(by_csv) -> None:
    with pytest.raises(InputError, match=r"names '0/w1_a.png' twice, with the groups 'a' and 'b'"):
        by_csv("path,writer\n0/w1_a.png,a\n0/w1_a.png,b\n")
    assert by_csv("path,writer\n0/w1_a.png,a\n0/w1_a.png,a\n")["0/w1_a.png"] == "a"


def test_ends_that_fit_several_rows_are_an_error_only_where_they_disagree(by_csv) -> None:
    assert by_csv("path,writer\nx/0/w1_a.png,a\ny/0/w1_a.png,a\n")["0/w1_a.png"] == "a"
    with pytest.raises(InputError, match="name different groups"):
        by_csv("path,writer\nx/0/w1_a.png,a\ny/0/w1_a.png,b\n")


def test_a_row_that_cannot_be_read_is_an_error(by_csv) -> None:
    with pytest.raises(InputError, match="line 3: 1 fields where the header has 2"):
        by_csv("path,writer\n0/w1_a.png,a\n0/w2_b.png\n")


def test_a_csv_that_is_not_there_is_an_error(folder, images, listed, tmp_path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        listed(images(folder(FILES), group=GroupCsv(csv=str(tmp_path / "gone.csv"), column="writer")))


@pytest.mark.shared_data
def test_the_writers_of_real_digits_are_found(real_data, images, listed) -> None:
    csv = GroupCsv(csv=str(real_data / "target_optdigits.csv"), column="writer")
    found = listed(images(real_data / "target_optdigits", group=csv))
    assert len(found.heads) == 1797
    assert len(set(found.column("group"))) == 13
    assert None not in found.column("group")
