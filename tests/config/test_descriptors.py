import pytest
import yaml
from makers import image_config

from tasks.config.load import load_config
from tasks.errors import ConfigError

TABLE = {"name": "clip", "kind": "table", "path": "clip.parquet"}
FUNCTION = {"name": "mine", "kind": "callable", "function": "package.model:embed"}


@pytest.fixture
def write(tmp_path):
    def written(*descriptors):
        path = tmp_path / "matchset.yaml"
        given = image_config(tmp_path, descriptors=list(descriptors))
        path.write_text(yaml.safe_dump(given), encoding="utf-8")
        return path

    return written


def test_without_any_there_are_none(write) -> None:
    assert load_config(write()).descriptors == ()


def test_their_paths_count_from_the_configuration(tmp_path, write) -> None:
    entries = [TABLE | {"path": ["a.csv", "b.csv"]}, FUNCTION | {"path": "code"}, TABLE | {"name": "one"}]
    several, function, one = load_config(write(*entries)).descriptors
    assert several.files == (str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    assert function.path == str(tmp_path / "code")
    assert one.files == (str(tmp_path / "clip.parquet"),)
    assert (function.module, function.attribute) == ("package.model", "embed")


def test_a_version_may_be_a_number(write) -> None:
    assert load_config(write(FUNCTION | {"version": 3})).descriptors[0].version == "3"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([TABLE | {"columsn": ["a"]}], "descriptors.0: unknown key 'columsn'; did you mean 'columns'?"),
        ([TABLE | {"kind": "tabel"}], "descriptors.0.kind: expected table or callable; did you mean 'table'?"),
        ([{"name": "a", "path": "b"}], "descriptors.0.kind: expected table or callable (found nothing)"),
        ([TABLE | {"columns": []}], "descriptors.0.columns: expected at least one entry"),
        ([TABLE | {"columns": ["a", "a"]}], "descriptors.0.columns: 'a' is named twice"),
        ([TABLE | {"path": []}], "descriptors.0.path: expected at least one entry"),
        ([TABLE | {"name": "a b"}], "descriptors.0.name: expected letters, digits and '_'"),
        ([TABLE, TABLE], "descriptors: the name 'clip' is used twice"),
        ([{"name": "a", "kind": "table"}], "descriptors.0.path: is missing"),
        ([FUNCTION | {"function": "package.model"}], "descriptors.0.function: expected module:function"),
        ([FUNCTION | {"function": "../model.py:embed"}], "descriptors.0.function: expected module:function"),
        ([FUNCTION | {"columns": ["a"]}], "descriptors.0: unknown key 'columns'"),
        (["clip.parquet"], "descriptors.0: expected `key: value` lines"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(write, entries, expected) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(write(*entries))
    assert expected in str(error.value)
