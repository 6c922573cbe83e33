"""Tables without any label: split, published and judged like others, and nothing is claimed about labels."""

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


def readings(rows: int, shift: float) -> pd.DataFrame:
    rng = np.random.default_rng(rows)
    columns: dict[str, Any] = {"row": np.arange(rows), "heat": rng.normal(shift, 1, rows).round(4)}
    return pd.DataFrame(columns | {"load": rng.normal(0, 1, rows).round(4), "site": rng.choice(["n", "s"], rows)})


@pytest.fixture(scope="module")
def unlabelled(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("readings")
    inputs = []
    for domain, rows, shift in (("source", 300, 0.0), ("target", 200, 0.6)):
        readings(rows, shift).to_csv(folder / f"{domain}.csv", index=False)
        path = str(folder / f"{domain}.csv")
        inputs.append({"name": domain, "domain": domain, "kind": "table", "path": path, "id": "row"})
    changes = {"modality": "tabular", "inputs": inputs, "validation": {"fail_on": "critical"}}
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(merged(image_config(folder), changes)), encoding="utf-8")
    return path


def test_it_is_built_and_what_is_asked_about_labels_is_left_out_not_passed(unlabelled) -> None:
    outcome = build_dataset(load_config(unlabelled))
    verdict = json.loads((outcome.folder / "verdict.json").read_text(encoding="utf-8"))
    assert verdict["status"] == "valid"
    statistics = {check["statistic"] for check in verdict["checks"]}
    assert not {name for name in statistics if "label" in name}
    assert "energy_distance" in statistics
    measured = pq.read_table(outcome.folder / "measurements.parquet").column("statistic").to_pylist()
    assert not {name for name in measured if "label" in name}
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    assert manifest["label"].isna().all()
    assert manifest["synthetic"].any()
    real = manifest[~manifest["synthetic"]]
    assert real["split"].value_counts()[["dev", "test", "train-dev"]].tolist() == [40, 40, 40]
    assert pd.read_parquet(outcome.folder / "data" / "dev")["label"].isna().all()
    page = (outcome.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "No labels were counted." in page
    quarantine = pq.read_table(outcome.folder / "quarantine.parquet")
    assert quarantine.num_rows == 0


def test_the_plan_speaks_of_no_labels(unlabelled) -> None:
    told = plan(load_config(unlabelled))
    assert "300 records, no labels" in told
    assert "(none)" not in told
