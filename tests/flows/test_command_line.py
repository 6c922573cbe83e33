"""The command line without a build: help, init, check, schema, report, and what bad usage answers."""

import json
import threading
import urllib.request

import jsonschema
import pytest
import yaml
from makers import image_config, image_folder, image_set
from typer.testing import CliRunner

from flows.commands import app
from flows.reporting import serve_folder
from tasks.catalog.store import open_store

COMMANDS = ("init", "check", "preview", "fit", "build", "redraw", "report", "compare", "schema", "demo")


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_every_command_has_help_and_an_example() -> None:
    overview = run("--help").output
    for command in COMMANDS:
        assert command in overview
        text = run(command, "--help").output
        assert f"Example: matchset {command}" in text, command


def test_init_writes_what_check_and_build_read(tmp_path) -> None:
    for modality in ("image", "audio", "tabular"):
        result = run("init", tmp_path / modality, "--modality", modality)
        assert result.exit_code == 0
        assert (tmp_path / modality / "matchset.yaml").exists()
    again = run("init", tmp_path / "image")
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_check_prints_the_plan_and_writes_nothing(tmp_path) -> None:
    path = image_set(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = run("check", path)
    assert result.exit_code == 0
    for part in (
        "240 records",
        "160 records",
        "dev",
        "40 rows",
        "+-",
        "1 shuffle all",
        "2 target judged",
        "an error that is higher on test than on dev is noticed from",
        "(level 5%, power 80%",
        "of 160 target records dev and test usually take a fifth each, 32 (60/20/20)",
    ):
        assert part in result.output
    assert "dev 24 source + 16 target" in result.output  # 40 of 400 rows, of which 160 are target
    assert sorted(tmp_path.rglob("*")) == before


def test_check_takes_fractions_and_says_what_rows_in_groups_are_worth(tmp_path) -> None:
    path = image_set(tmp_path)
    image_folder(tmp_path / "target", 160, seed=2, blur=True, groups=4)
    grouped = ["--set", "inputs.1.group=(?P<group>g\\d+)_", "--set", "synthesis.policy=none"]
    sizes = ["--set", "splits.dev={fraction: 0.3}", "--set", "splits.train_dev={fraction: 0.1}"]
    told = run("check", path, *sizes).output
    for part in ("dev              96 rows", "test             40 rows", "train-dev        42 rows"):
        assert part in told
    for file in (tmp_path / "target").glob("*/0*.png"):
        file.unlink()
    told = run("check", path, *sizes, *grouped, "--set", "splits.test=none").output
    assert "dev              48 rows, in groups worth 9 independent ones (design effect 4.9)" in told
    assert "your 160 rows in 4 atoms are worth 32 independent ones" in told
    assert "higher on test" not in told


def test_check_refuses_more_rows_than_there_are_and_says_how_many_there_are(tmp_path) -> None:
    result = run("check", image_set(tmp_path), "--set", "splits.test.rows=130")
    assert result.exit_code == 1
    assert (
        "splits.test: 130 rows wanted, but input 'app' leaves 120 rows after dev. Lower splits.test to 120"
        in result.output
    )


@pytest.mark.parametrize(
    ("override", "code", "message"),
    [
        ("splits.train_dev.rows=320", 1, "splits.train_dev: 320 rows wanted, but there are 320 rows for training"),
        ("synthesis.policy=defualt", 2, "did you mean 'default'?"),
        ("splits.dev={margin: 0.02}", 1, "splits.dev: 868 rows wanted, but input 'app' leaves 160 rows"),
    ],
)
def test_check_refuses_what_build_would_refuse(tmp_path, override, code, message) -> None:
    result = run("check", image_set(tmp_path), "--set", override)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["check", "missing.yaml"], 2, "no such configuration file"),
        (["check"], 2, "CONFIG"),
        (["build", "x.yaml", "--runner", "ray"], 2, "ray"),
        (["frobnicate"], 2, "frobnicate"),
        (["report", "."], 2, "not a store yet"),
        (["demo", "cats"], 2, "cats"),
    ],
)
def test_wrong_usage_exits_2_with_one_clear_message(tmp_path, monkeypatch, arguments, code, message) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "matchset.yaml").write_text(yaml.safe_dump(image_config(tmp_path)))
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({}, 1, "inputs.web: there is no folder {tmp}/source"),
        ({"synthesis": {"policy": "gone.yaml"}}, 2, "there is no policy file {tmp}/gone.yaml"),
        ({"modality": "audio", "synthesis": {"noise": [{"name": "street", "path": "noise"}]}}, 1, "{tmp}/noise"),
        ({"modality": "audio", "synthesis": {"impulse_responses": [{"path": "rooms"}]}}, 1, "no folder {tmp}/rooms"),
        ({"modality": "audio", "synthesis": {"impulse_responses": [{"path": "a.yaml"}]}}, 1, "a.yaml is a file"),
        ({"modality": "tabular"}, 1, "inputs.web: there is no file {tmp}/web.csv"),
    ],
)
def test_what_is_not_there_is_told_before_a_store_is_made(tmp_path, command, changes, code, message) -> None:
    given = image_config(tmp_path, **changes)
    for entry in given["inputs"]:
        if given["modality"] == "audio":
            entry["kind"] = "audio_folder"
        elif given["modality"] == "tabular":
            entry |= {"kind": "table", "label": "label", "path": str(tmp_path / f"{entry['name']}.csv")}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(given))
    result = run(command, tmp_path / "a.yaml")
    assert result.exit_code == code
    assert message.format(tmp=tmp_path) in result.output
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("command", ["check", "build"])
def test_a_column_that_is_not_there_is_told_before_a_store_is_made(tmp_path, command) -> None:
    (tmp_path / "rows.csv").write_text("kind,x\na,1\n")
    table = {"kind": "table", "path": str(tmp_path / "rows.csv"), "label": "knid"}
    inputs = [table | {"name": "web", "domain": "source"}, table | {"name": "app", "domain": "target"}]
    inputs[1]["path"] = str(tmp_path / "more.csv")
    (tmp_path / "more.csv").write_text("kind,x\na,1\n")
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(image_config(tmp_path, modality="tabular", inputs=inputs)))
    result = run(command, tmp_path / "a.yaml")
    assert result.exit_code == 2
    assert "did you mean 'kind'" in result.output
    assert not (tmp_path / "store").exists()


def test_the_schema_accepts_what_the_model_accepts(tmp_path) -> None:
    schema = json.loads(run("schema").output)
    jsonschema.validate(image_config(tmp_path), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(image_config(tmp_path) | {"splitz": 1}, schema)


def test_a_report_is_asked_for_before_there_is_one(tmp_path) -> None:
    with open_store(tmp_path, "bars"):
        pass
    result = run("report", tmp_path)
    assert result.exit_code == 1
    assert "no version yet" in result.output


def test_the_report_is_served_to_this_machine_only(tmp_path, capsys) -> None:
    (tmp_path / "index.html").write_text("the report")
    thread = threading.Thread(target=serve_folder, args=(tmp_path, 0), daemon=True)
    thread.start()
    address = ""
    while not address:
        address = next((word for word in capsys.readouterr().out.split() if word.startswith("http")), "")
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.read() == b"the report"
