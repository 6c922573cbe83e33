"""A target that nobody has labelled: split, fitted to and judged all the same, and nothing is claimed about errors."""

import json

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from makers import image_folder, image_set

from flows.build_dataset import build_dataset
from flows.plan import plan
from tasks.config.load import load_config
from tasks.errors import ConfigError

UNLABELLED = "inputs.1.labelled=false"

pytestmark = [pytest.mark.prefect, pytest.mark.gx]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, prefect_server):
    folder = tmp_path_factory.mktemp("phone")
    path = image_set(folder, source=200, target=4)
    for file in (folder / "target").rglob("*.png"):
        file.unlink()
    flat = image_folder(folder / "labelled", 140, seed=2, blur=True)
    for number, file in enumerate(sorted(flat.rglob("*.png"))):
        file.rename(folder / "target" / f"{number:04d}.png")
    config = load_config(path, [UNLABELLED, "synthesis.policy=fitted", "splits.train_dev.rows=20"])
    assert "140 records, no labels" in plan(config)
    return build_dataset(config)


def test_the_source_alone_has_labels(outcome) -> None:
    for split in ("dev", "test"):
        rows = ds.dataset(outcome.folder / "data" / split).to_table(columns=["label"])
        assert rows["label"].null_count == rows.num_rows == 40
    train = ds.dataset(outcome.folder / "data" / "train").to_table(columns=["label", "domain"])
    assert pc.all(pc.equal(pc.is_null(train["label"]), pc.equal(train["domain"], "target"))).as_py()


def test_noise_is_proposed_and_chosen_without_labels(outcome) -> None:
    folder = outcome.folder / "synthesis"
    tried = ds.dataset(folder / "trace.parquet").to_table()["change"].to_pylist()
    assert any("blur" in change or "defocus" in change for change in tried)
    choice = ds.dataset(folder / "choice.parquet").to_table()
    train = ds.dataset(outcome.folder / "data" / "train").to_table(columns=["domain"])
    targets = pc.sum(pc.equal(train["domain"], "target")).as_py()
    assert choice.num_rows > 2
    assert set(choice["rows"].to_pylist()) == {targets}, choice.to_pydict()


def test_nothing_is_asked_about_labels_and_nothing_claimed_about_errors(outcome) -> None:
    asked = json.loads((outcome.folder / "verdict.json").read_text())["checks"]
    assert not [check["id"] for check in asked if "label" in check["id"]]
    assert {check["status"] for check in asked if check["id"] == "synthesis-helps"} <= {"undecided"}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("inputs.0.labelled=false", "only a target input may be without labels"),
        (
            "inputs.1={name: app, domain: target, kind: image_folder, path: target, labelled: false, labels: [a]}",
            "labels",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path, override, message) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(image_set(tmp_path, source=8, target=8), [override])
