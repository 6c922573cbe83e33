"""Data at the edges: a single class, single pixels, thousands of labels, shared groups, and any number of copies."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_config, merged

from flows.build_dataset import build_dataset
from tasks.config.load import load_config

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]
SIZES = {"dev": {"rows": 40}, "test": {"rows": 40}, "train_dev": {"rows": 40}}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(merged(image_config(folder, splits=SIZES), changes)), encoding="utf-8")
    return path


def texture(rng: np.random.Generator, *, blur: bool) -> np.ndarray:
    """Draw an image that resembles no other, (28, 28) uint8."""
    coarse = cv2.resize(rng.normal(0, 1, (7, 7)), (28, 28), interpolation=cv2.INTER_CUBIC)
    fine = 128 + 50 * coarse + rng.normal(0, 6, (28, 28))
    return np.clip(cv2.GaussianBlur(fine, (0, 0), 1.6) if blur else fine, 0, 255).astype(np.uint8)


def manifest_of(outcome) -> pd.DataFrame:
    return pq.read_table(outcome.folder / "manifest.parquet").to_pandas()


@pytest.fixture(scope="module")
def one_class(tmp_path_factory, prefect_server):
    """Images of one class, every fifth a single pixel, with two and a half copies of each source record in train."""
    folder = tmp_path_factory.mktemp("one_class")
    rng = np.random.default_rng(1)
    for domain, rows in (("source", 140), ("target", 120)):
        (folder / domain / "only").mkdir(parents=True)
        for row in range(rows):
            pixel = rng.integers(0, 256, (1, 1, 3)).astype(np.uint8)
            image = pixel if row % 5 == 0 else texture(rng, blur=domain == "target")
            cv2.imwrite(str(folder / domain / "only" / f"{row:03d}.png"), image)
    return build_dataset(load_config(written(folder, synthesis={"copies": 2.5})))


def test_single_pixels_of_a_single_class_are_built_and_accounted_for(one_class) -> None:
    manifest = manifest_of(one_class)
    real = manifest[~manifest["synthetic"]]
    dropped = pq.read_table(one_class.folder / "dropped.parquet").num_rows
    quarantined = pq.read_table(one_class.folder / "quarantine.parquet").num_rows
    assert len(real) + dropped + quarantined == 260
    assert set(manifest["label"]) == {"only"}
    assert real["split"].value_counts()[["dev", "test", "train-dev"]].tolist() == [40, 40, 40]
    assert real.groupby("atom")["split"].nunique().max() == 1
    assert one_class.verdict.status == "valid"
    shown = pd.read_parquet(one_class.folder / "data" / "dev")["image"]
    sizes = {cv2.imdecode(np.frombuffer(image["bytes"], np.uint8), cv2.IMREAD_COLOR).shape for image in shown}
    assert sizes == {(1, 1, 3), (28, 28, 3)}


@pytest.mark.parametrize("copies", [2.5])
def test_each_parent_has_two_or_three_copies_and_half_of_them_three(one_class, copies) -> None:
    manifest = manifest_of(one_class)
    parents = manifest[~manifest["synthetic"] & (manifest["split"] == "train") & (manifest["domain"] == "source")]
    made = manifest[manifest["synthetic"] & (manifest["domain"] == "source")]["parent_id"].value_counts()
    assert set(made.index) == set(parents["record_id"])
    assert set(made) == {2, 3}
    assert abs(int(made.sum()) - copies * len(parents)) <= 3 * np.sqrt(len(parents)) / 2


@pytest.fixture(scope="module")
def shared_groups(tmp_path_factory, prefect_server):
    """Eight people of both domains, eight of the source and eight of the target alone; half a copy a source record."""
    folder = tmp_path_factory.mktemp("shared_groups")
    rng = np.random.default_rng(2)
    for domain, rows, first in (("source", 160, 0), ("target", 160, 8)):
        for row in range(rows):
            file = folder / domain / str(row % 4) / f"p{first + row // 4 % 16:02d}_{row:03d}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(file), texture(rng, blur=domain == "target"))
    inputs = [entry | {"group": r"(?P<group>p\d+)_"} for entry in image_config(folder)["inputs"]]
    return build_dataset(load_config(written(folder, inputs=inputs, synthesis={"copies": 0.5})))


def test_a_group_of_both_domains_is_on_one_side_and_what_that_drops_is_listed(shared_groups) -> None:
    manifest = manifest_of(shared_groups)
    sides = manifest.groupby("group")["split"].agg(set)
    assert all(len(splits) == 1 for splits in sides)
    judged = manifest[manifest["split"].isin(["dev", "test"])]
    assert set(judged["domain"]) == {"target"}
    shared = {f"p{number:02d}" for number in range(8, 16)}
    assert set(judged["group"]) & shared
    dropped = pq.read_table(shared_groups.folder / "dropped.parquet").to_pandas()
    owners = dropped["record_id"].str.extract(r"(p\d+)_")[0]
    lost = dropped[dropped["record_id"].str.startswith("web/")]
    assert set(owners[lost.index]) == set(judged["group"]) & shared
    assert len(manifest[~manifest["synthetic"]]) + len(dropped) == 320


def test_half_a_copy_is_a_copy_of_every_second_parent(shared_groups) -> None:
    manifest = manifest_of(shared_groups)
    parents = manifest[~manifest["synthetic"] & (manifest["split"] == "train") & (manifest["domain"] == "source")]
    made = manifest[manifest["synthetic"] & (manifest["domain"] == "source")]["parent_id"]
    assert made.is_unique
    assert set(made) <= set(parents["record_id"])
    assert 0 < len(made) < len(parents)
    assert abs(len(made) - len(parents) / 2) <= 3 * np.sqrt(len(parents)) / 2


@pytest.fixture(scope="module")
def many_labels(tmp_path_factory, prefect_server):
    """Rows of 2,000 labels, three of each in the source and two in the target; no copies."""
    folder = tmp_path_factory.mktemp("many_labels")
    inputs = []
    for domain, each in (("source", 3), ("target", 2)):
        rng = np.random.default_rng(each)
        rows = 2000 * each
        columns = {"row": np.arange(rows), "label": np.arange(rows) % 2000, "x": rng.normal(size=rows)}
        pd.DataFrame(columns | {"y": rng.normal(size=rows)}).to_csv(folder / f"{domain}.csv", index=False)
        given = {"kind": "table", "path": str(folder / f"{domain}.csv"), "label": "label", "id": "row"}
        inputs.append({"name": domain, "domain": domain} | given)
    changes = {"modality": "tabular", "inputs": inputs, "synthesis": {"copies": 0}}
    return build_dataset(load_config(written(folder, **changes, splits={"dev": {"rows": 500}, "test": {"rows": 500}})))


def test_two_thousand_labels_are_split_and_rare_ones_are_told(many_labels) -> None:
    manifest = manifest_of(many_labels)
    assert manifest["split"].value_counts()[["dev", "test"]].tolist() == [500, 500]
    assert manifest["label"].nunique() == 2000
    assert manifest[manifest["split"] == "dev"]["label"].nunique() == 500
    told = {check.id: check.status for check in many_labels.verdict.checks}
    assert told["label-count.dev"] == "fail"
    assert told["labels-unseen.dev"] == "pass"
    page = (many_labels.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "1,960 rarer labels are in measurements.parquet" in page


def test_without_copies_nothing_is_synthetic_and_nothing_is_claimed_about_it(many_labels) -> None:
    assert not manifest_of(many_labels)["synthetic"].any()
    assert not [check.id for check in many_labels.verdict.checks if check.split_a == "train+synthetic"]
    assert not list((many_labels.folder / "data" / "train").glob("synthetic-*"))
