"""`matchset fit`: a policy fitted and proved, nothing published, and a build that goes on from there."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from makers import image_set
from typer.testing import CliRunner

from flows.build_dataset import build_dataset
from flows.commands import app
from tasks.config.load import load_config
from tasks.noise.policy import load_policy

SMALL = {"source": 130, "target": 200, "splits": {"dev": {"rows": 60}, "test": {"rows": 40}}}


def run(*arguments: object, code: int = 0) -> str:
    told = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert told.exit_code == code, told.output
    return told.output


@pytest.mark.prefect
@pytest.mark.gx
@pytest.mark.usefixtures("prefect_server")
def test_a_fit_publishes_nothing_and_a_build_after_it_computes_nothing_twice(tmp_path) -> None:
    path = image_set(tmp_path, **SMALL, synthesis={"policy": "fitted"})
    told = run("fit", path, "--out", tmp_path / "mine.yaml")
    store = tmp_path / "store"
    assert not (store / "versions").exists()
    assert not (store / "ledger.parquet").exists()
    policy = load_policy(tmp_path / "mine.yaml")
    assert policy == load_policy(store / "work" / "fitted" / "policy.yaml")
    assert policy.operations
    for part in (
        "target records in train",
        "as it is",
        "chosen by",
        "proof",
        *(each.name for each in policy.operations),
    ):
        assert part in told
    assert "What policy <bdi>fitted</bdi> does" in _page(tmp_path, "preview", path)

    made = {
        verb: sorted((store / "work" / verb).iterdir()) for verb in ("describe_shard", "fit_noise", "prove_synthesis")
    }
    marks = {folder: (folder / "policy.yaml").stat().st_ino for folder in made["fit_noise"]}
    outcome = build_dataset(load_config(path))
    assert {verb: sorted((store / "work" / verb).iterdir()) for verb in made} == made
    assert {folder: (folder / "policy.yaml").stat().st_ino for folder in made["fit_noise"]} == marks
    assert load_policy(outcome.folder / "synthesis" / "policy.yaml") == policy
    measured = set(pq.read_table(outcome.folder / "measurements.parquet")["statistic"].to_pylist())
    assert {"coverage", "task_coverage", "task_coverage_floor", "detectable", "detectable_excess"} <= measured


def _page(folder: Path, *arguments: object) -> str:
    run(*arguments, "--out", folder / "page.html")
    return (folder / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("out", "message"), [(".", "is a folder"), ("gone/policy.yaml", "name a file in a folder that is there")]
)
def test_where_no_policy_can_be_copied_to_is_told_before_anything_is_read(tmp_path, monkeypatch, out, message) -> None:
    monkeypatch.chdir(tmp_path)
    path = image_set(tmp_path, source=8, target=8)
    assert message in run("fit", path, "--out", out, code=2)
    assert not (tmp_path / "store").exists()
