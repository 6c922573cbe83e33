"""A number to predict: bands, means and distances in place of classes, and nothing asked that makes no sense."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_config, merged

from flows.build_dataset import build_dataset
from flows.plan import plan
from tasks.config.load import load_config

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]


def flats(rows: int, *, seed: int, dear: float) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    area = rng.gamma(6, 12, rows).round(1)
    columns: dict[str, Any] = {"flat": np.arange(rows), "area": area, "age": rng.integers(0, 90, rows).astype(float)}
    price = (area * rng.normal(3.1, 0.4, rows) * dear).round(2)
    return pd.DataFrame(columns | {"price": price, "city": rng.choice(["a", "b", "c"], rows)})


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("flats")
    inputs = []
    for domain, rows, dear in (("source", 400, 1.0), ("target", 300, 1.4)):
        table = flats(rows, seed=rows, dear=dear).astype({"price": object})
        if domain == "target":
            table.loc[:3, "price"] = ["ask", "", "nan", "inf"]
        path = str(folder / f"{domain}.csv")
        table.to_csv(path, index=False)
        inputs.append({"name": domain, "domain": domain, "kind": "table", "path": path, "id": "flat"})
        inputs[-1]["label"] = {"number": "price"}
    changes = {"modality": "tabular", "inputs": inputs, "splits": {"dev": {"rows": 60}, "test": {"rows": 60}}}
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(merged(image_config(folder), changes)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def built(config, prefect_server):
    return build_dataset(load_config(config))


def test_the_number_is_published_as_a_double_and_no_noise_touches_it(built) -> None:
    rows = pd.concat([pd.read_parquet(part) for part in sorted((built.folder / "data").iterdir())])
    assert rows["label"].dtype == np.float64
    assert np.isfinite(rows["label"]).all()
    assert "price" not in rows
    synthetic = rows[rows["synthetic"]].set_index("parent_id")
    parents = rows.set_index("record_id").loc[synthetic.index]
    assert len(synthetic)
    assert (synthetic["label"] == parents["label"]).all()
    assert not synthetic["area"].equals(parents["area"])


def test_what_is_no_number_goes_to_the_quarantine_with_its_reason(built) -> None:
    refused = pq.read_table(built.folder / "quarantine.parquet").to_pandas().set_index("record_id")
    assert refused["reason"].to_dict() == {
        "target/0": "label_unknown",
        "target/1": "label_missing",
        "target/2": "label_missing",
        "target/3": "not_finite",
    }
    assert "'ask'" in refused.loc["target/0", "detail"]


def test_dev_and_test_are_matched_in_the_number(built) -> None:
    rows = pq.read_table(built.folder / "measurements.parquet").to_pandas()
    between = rows[(rows["split_a"] == "dev") & (rows["split_b"] == "test")].set_index("statistic")
    assert abs(between.loc["label_cliffs_delta", "effect"]) < 0.1
    assert between.loc["label_wasserstein", "effect"] < 0.2
    shift = rows[(rows["split_a"] == "train") & (rows["split_b"] == "dev")].set_index("statistic")
    assert shift.loc["label_cliffs_delta", "effect"] < -0.1
    asked = {check["id"] for check in json.loads((built.folder / "verdict.json").read_text("utf-8"))["checks"]}
    assert {"label-values.dev.test", "label-spread.dev.test", "label-outside-train.dev", "labels-vary"} <= asked
    assert not {name for name in asked if name.startswith(("label-count", "label-shares", "labels-unseen"))}


def test_the_plan_tells_where_the_numbers_lie(config) -> None:
    told = plan(load_config(config))
    assert "a number each" in told
    assert "median" in told
    assert "an error is the share of answers that you count as wrong" in told
