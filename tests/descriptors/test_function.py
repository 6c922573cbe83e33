import sys

import pytest

from tasks.config.descriptors import EmbeddingCallable
from tasks.descriptors.function import identify_function, load_function
from tasks.errors import ConfigError


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a module into a folder of its own; imports are forgotten when the test ends."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def written(text: str, *, module: str = "some_model", function: str = "embed", **settings) -> EmbeddingCallable:
        file = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        given = {"name": "mine", "kind": "callable", "function": f"{module}:{function}", "path": str(tmp_path)}
        return EmbeddingCallable.model_validate(given | settings)

    yield written
    for name in set(sys.modules) - before:
        if name.startswith("some_"):
            del sys.modules[name]


def test_two_folders_may_hold_modules_of_one_name(write, tmp_path) -> None:
    first = write("def embed(batch): return 1")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "some_model.py").write_text("def embed(batch): return 2")
    second = first.model_copy(update={"path": str(tmp_path / "deeper")})
    assert [load_function(entry)([]) for entry in (first, second, first)] == [1, 2, 1]


def test_a_folder_that_the_process_inherited_does_not_come_first(write, tmp_path) -> None:
    entry = write("def embed(batch): return 1")
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "some_model.py").write_text("def embed(batch): return 2")
    sys.path.append(str(tmp_path / "older"))
    assert load_function(entry)([]) == 1


def test_nothing_in_the_folder_takes_the_place_of_what_is_installed(write, tmp_path) -> None:
    (tmp_path / "textwrap.py").write_text("raise SystemExit")
    entry = write("import textwrap\ndef embed(batch): return textwrap.__file__")
    sys.modules.pop("textwrap", None)
    assert load_function(entry)([]) != str(tmp_path / "textwrap.py")


def told(entry: EmbeddingCallable) -> str:
    with pytest.raises(ConfigError) as error:
        load_function(entry)
    return str(error.value)


def test_a_function_is_found_in_its_folder(write) -> None:
    assert load_function(write("def embed(batch): return len(batch)"))([1, 2]) == 2


def test_its_module_may_lie_deeper_and_import_its_neighbours(write) -> None:
    write("EDGE = 3", module="some_package.sizes")
    entry = write("from some_package.sizes import EDGE\ndef embed(batch): return EDGE", module="some_package.net")
    assert load_function(entry)([]) == 3


def test_a_function_is_found_among_what_is_installed() -> None:
    entry = EmbeddingCallable(name="mine", kind="callable", function="scipy.stats:rankdata")
    assert load_function(entry).__name__ == "rankdata"
    assert len(identify_function(entry)) == 32


def test_an_edited_module_is_another_one(write) -> None:
    first = write("def embed(batch): return 1")
    before = identify_function(first)
    assert load_function(first)([]) == 1
    again = write("def embed(batch): return 10")
    assert identify_function(again) != before
    assert load_function(again)([]) == 10


def test_a_version_or_another_function_is_another_identity(write) -> None:
    text = "def embed(batch): return 1\ndef other(batch): return 2"
    seen = {identify_function(write(text, **given)) for given in ({}, {"version": "2"}, {"function": "other"})}
    assert len(seen) == 3


def test_what_cannot_be_imported_is_told(write, tmp_path) -> None:
    entry = write("def embed(batch): return 1")
    nowhere = entry.model_copy(update={"path": str(tmp_path / "none")})
    assert "descriptors.mine.path: there is no folder" in told(nowhere)
    absent = entry.model_copy(update={"function": "some_other:embed"})
    assert f"{tmp_path} holds no module 'some_other': expected" in told(absent)
    missing = EmbeddingCallable(name="mine", kind="callable", function="some_absent.part:embed")
    assert "no module 'some_absent.part' is installed" in told(missing)
    assert "has no function 'embd'. Define" in told(write("def embed(batch): return 1", function="embd"))
    assert "holds no function 'EMBED'" in told(write("EMBED = 3", function="EMBED"))
    assert "failed with ModuleNotFoundError: No module named 'not_here'" in told(
        write("import not_here\ndef embed(batch): return 1", module="some_needy")
    )
    assert "failed with SyntaxError" in told(write("def embed(batch) return 1", module="some_slip"))


def test_a_module_never_takes_the_place_of_an_installed_one(write) -> None:
    assert "another module has that name. Rename yours" in told(write("def embed(batch): return 1", module="queue"))
    assert sys.path[0] != write("def embed(batch): return 1").path
