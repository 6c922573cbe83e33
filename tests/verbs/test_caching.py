"""The project's own task: made once, found again only when whole, and keyed by everything that matters."""

from pathlib import Path

import pytest
from makers import image_config
from prefect import flow

from tasks.caching import Made, Ref, forget_unused, store_task
from tasks.config.dataset import DatasetConfig
from tasks.errors import InputError

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]
CALLS: list[str] = []


@store_task("tasks.errors", reads=("seed",))
def greet(out: Path, *, name: str, seed: int) -> dict[str, int]:
    CALLS.append(name)
    (out / "greeting.txt").write_text(f"hello {name} {seed}")
    return {"length": len(name)}


@store_task(always=True)
def look(out: Path, *, world: str) -> dict[str, int]:
    CALLS.append("look")
    (out / "seen.txt").write_text(Path(world).read_text())
    return {}


@store_task(retries=2)
def stumble(out: Path, *, error: str) -> dict[str, int]:
    CALLS.append(error)
    raise {"disk": OSError("the disk did not answer"), "input": InputError("there is no such folder")}[error]


def run(task, work: Path, config: DatasetConfig, **inputs):
    @flow(retries=0)
    def once():
        return task(work, config, return_state=True, **inputs)

    CALLS.clear()
    return once(return_state=True).result(raise_on_failure=False)


@pytest.fixture
def config(tmp_path) -> DatasetConfig:
    return DatasetConfig.model_validate(image_config(tmp_path))


def test_what_was_made_is_found_again_and_its_state_says_so(tmp_path, config) -> None:
    first, second = (run(greet, tmp_path, config, name="ann") for _ in range(2))
    assert CALLS == []
    assert (first.name, second.name) == ("Completed", "Cached")
    made = second.result()
    assert made == first.result()
    assert made.ref("greeting.txt").path.read_text() == "hello ann 3"
    assert made.facts == {"length": 3}


def test_inputs_and_the_sections_that_are_read_make_the_key(tmp_path, config) -> None:
    run(greet, tmp_path, config, name="ann")
    run(greet, tmp_path, config.model_copy(update={"store": "elsewhere"}), name="ann")
    assert CALLS == []
    run(greet, tmp_path, config.model_copy(update={"seed": 4}), name="ann")
    assert CALLS == ["ann"]
    run(greet, tmp_path, config, name="bob")
    assert CALLS == ["bob"]


@pytest.mark.parametrize("harm", ["missing", "changed", "unmarked"])
def test_what_is_no_longer_whole_is_made_again(tmp_path, config, harm) -> None:
    folder = run(greet, tmp_path, config, name="ann").result().folder
    if harm == "missing":
        (folder / "greeting.txt").unlink()
    elif harm == "changed":
        (folder / "greeting.txt").write_text("hullo ann 3")
    else:
        (folder / "done.json").write_text("{")
    again = run(greet, tmp_path, config, name="ann")
    assert CALLS == ["ann"]
    assert again.result().ref("greeting.txt").path.read_text() == "hello ann 3"


def test_what_reads_the_world_looks_every_time_and_is_kept_by_content(tmp_path, config) -> None:
    world = tmp_path / "world.txt"
    world.write_text("sun")
    first = run(look, tmp_path, config, world=str(world)).result()
    assert run(look, tmp_path, config, world=str(world)).result() == first
    assert CALLS == ["look"]
    world.write_text("rain")
    assert run(look, tmp_path, config, world=str(world)).result() != first


def test_only_what_may_pass_is_tried_again(tmp_path, config) -> None:
    run(stumble, tmp_path, config, error="input")
    assert CALLS == ["input"]
    run(stumble, tmp_path, config, error="disk")
    assert CALLS == ["disk"] * 3
    assert not list(tmp_path.rglob("*.tmp"))


def test_scratch_keeps_what_was_used_since(tmp_path, config) -> None:
    folders = {name: run(greet, tmp_path, config, name=name).result().folder for name in ("ann", "bob")}
    moment = (folders["bob"] / "done.json").stat().st_mtime + 0.01
    run(greet, tmp_path, config, name="ann")
    forget_unused(tmp_path, moment)
    assert folders["ann"].exists()
    assert not folders["bob"].exists()


def test_a_key_of_something_without_content_is_refused(tmp_path, config) -> None:
    state = run(greet, tmp_path, config, name=object())
    assert "cannot be keyed by a object" in str(state.message)


def test_a_made_result_lists_its_files_in_order(tmp_path) -> None:
    made = Made(tmp_path, {"b.txt": "2", "a.txt": "1"}, {})
    assert made.names == ["a.txt", "b.txt"]
    assert made.refs("a") == [Ref(tmp_path / "a.txt", "1")]
