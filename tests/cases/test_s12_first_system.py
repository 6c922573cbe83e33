"""S12: build the first system quickly: a baseline on the built data, with its ladder, from one command."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_set, merged
from typer.testing import CliRunner

from flows.build_dataset import build_dataset
from flows.commands import app
from tasks.config.load import load_config

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, prefect_server: None) -> Path:
    path = image_set(tmp_path_factory.mktemp("first"), source=400, target=160)
    build_dataset(load_config(path))
    return path


def run(*arguments: object, code: int = 0) -> str:
    told = CliRunner().invoke(app, ["baseline", *map(str, arguments)])
    assert told.exit_code == code, told.output
    return told.output


def test_one_command_gives_the_ladder_the_predictions_and_the_page(config: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in (config.parent / "store/versions").rglob("*") if file.is_file()}
    told = run(config, "--curve", "--wanted", ".02", "--transfer")
    assert "as published" in told
    assert "without synthetic records" in told
    assert "data mismatch" in told
    assert "2.0 %" in told
    assert "Transfer is" in told
    folder = config.parent / "store/diagnosis/000001/baseline"
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    manifest = pq.read_table(config.parent / "store/versions/000001/manifest.parquet").to_pandas()
    of_split = manifest.set_index("record_id")["split"]
    for name, model in (("predictions", "baseline"), ("predictions-real", "baseline-real")):
        found = pq.read_table(folder / f"{name}.parquet").to_pandas()
        assert set(found.model) == {model}
        assert found.record_id.is_unique
        assert found.probability.between(0, 1).all()
        splits = of_split[found.record_id]
        assert set(splits) == {"train", "train-dev", "dev"}  # test is not looked at unless asked for
        dev = found[(splits == "dev").to_numpy()]
        labels = manifest.set_index("record_id")["label"][dev.record_id]
        lane = "published" if model == "baseline" else "without synthetic"
        said = result["first"]["ladders"][lane]["levels"]["dev"]
        assert np.mean(labels.to_numpy() != dev.prediction.to_numpy()) == pytest.approx(said["error"])
        assert said["n"] == len(dev) == (manifest["split"] == "dev").sum()
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "Learning curve" in page
    after = {file: file.stat().st_mtime_ns for file in (config.parent / "store/versions").rglob("*") if file.is_file()}
    assert after == before  # a version never changes


def test_test_is_judged_only_when_asked_for_and_the_same_run_says_the_same(config: Path) -> None:
    folder = config.parent / "store/diagnosis/000001/baseline"
    first = (folder / "result.json").read_bytes()
    assert b'"test": {' not in first
    run(config, "--curve", "--wanted", ".02", "--transfer")
    assert (folder / "result.json").read_bytes() == first
    for _ in range(2):  # the same predictions are one look
        told = run(config, "--test")
        assert "overfitting to dev" in told
        assert "Test was looked at 1 time since it was drawn" in told


def test_advice_needs_no_model(config: Path) -> None:
    told = run(config, "--advice")
    assert told.startswith("Transfer is advised: the source has ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--wanted", ".1"], "add --curve"),
        (["--curve", "--wanted", "0"], "an error above 0"),
        (["--advice", "--test"], "it trains nothing"),
    ],
)
def test_options_that_do_not_fit_are_refused(config: Path, options: list[str], said: str) -> None:
    assert said in run(config, *options, code=2)


def test_without_a_version_or_with_a_wrong_one_it_says_what_to_do(config: Path, tmp_path: Path) -> None:
    assert "it has 000001" in run(config, "--version", 7, code=1)
    other = yaml.safe_load(config.read_text(encoding="utf-8"))
    (tmp_path / "matchset.yaml").write_text(yaml.safe_dump(merged(other, {"store": str(tmp_path / "new")})))
    assert "Build one: matchset build" in run(tmp_path / "matchset.yaml", code=1)
