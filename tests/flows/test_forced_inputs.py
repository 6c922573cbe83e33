"""Dev and test that somebody forces from different inputs: refused where these differ, with what differs named."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_config, image_folder
from typer.testing import CliRunner

from flows.build_dataset import build_dataset
from flows.commands import app
from tasks.config.load import load_config
from tasks.errors import RejectedError, SplitError

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]


def two_targets(folder: Path, *, alike: bool, rows: int = 250) -> Path:
    """Write a source and two targets, one of them sharp unless they are alike; dev is of the one, test of the other."""
    image_folder(folder / "web", 240, seed=1)
    image_folder(folder / "us", rows, seed=2, blur=True)
    image_folder(folder / "asia", rows, seed=3, blur=alike)
    inputs = [
        {"name": name, "domain": domain, "kind": "image_folder", "path": str(folder / name)}
        for name, domain in (("web", "source"), ("us", "target"), ("asia", "target"))
    ]
    splits = {"dev": {"rows": 150, "inputs": ["us"]}, "test": {"rows": 150, "inputs": ["asia"]}, "train_dev": "none"}
    path = folder / "matchset.yaml"
    given = image_config(folder, inputs=inputs, splits=splits, synthesis={"policy": "none"})
    path.write_text(yaml.safe_dump(given | {"validation": {"fail_on": "critical"}}), encoding="utf-8")
    return path


def inputs_of(version: Path, split: str) -> dict[str, int]:
    return (
        pq.read_table(version / "manifest.parquet")
        .to_pandas()
        .query("split == @split")["input"]
        .value_counts()
        .to_dict()
    )


def test_dev_and_test_from_inputs_that_differ_are_refused_and_what_differs_is_named(tmp_path) -> None:
    with pytest.raises(RejectedError) as refused:
        build_dataset(load_config(two_targets(tmp_path, alike=False)))
    assert refused.value.exit_code == 3
    told = str(refused.value)
    line = next(line for line in told.splitlines() if "Is every descriptor as large in dev as in test?" in line)
    assert "critical" in line
    assert line.count("sharpness") + line.count("edge") + line.count("noise") + line.count("brightness") >= 1
    assert "likewise" in line
    assert "Where `inputs` in splits.dev or splits.test makes it so, take it out" in line
    page = (tmp_path / "store" / "work" / "rejected" / "report" / "index.html").read_text(encoding="utf-8")
    assert "likewise" in page
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_dev_and_test_from_inputs_that_are_alike_pass(tmp_path) -> None:
    outcome = build_dataset(load_config(two_targets(tmp_path, alike=True)))
    assert inputs_of(outcome.folder, "dev") == {"us": 150}
    assert inputs_of(outcome.folder, "test") == {"asia": 150}
    assert not outcome.verdict.failed("critical")


def test_an_input_that_is_too_small_for_its_split_is_told_by_check_and_build(tmp_path) -> None:
    path = two_targets(tmp_path, alike=True, rows=120)
    told = CliRunner().invoke(app, ["check", str(path), "--set", "splits.dev.rows=50", "--set", "splits.test.rows=50"])
    assert "dev is drawn from us and test from asia: a build is refused if these differ" in told.output
    message = "splits.dev: 150 rows wanted, but input 'us' leaves 120 rows"
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 1
    assert message in result.output
    with pytest.raises(SplitError, match=message):
        build_dataset(load_config(path))
