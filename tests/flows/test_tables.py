"""Tables without any label, told apart by a column: labels are left out, what differs by design is judged apart."""

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
from tasks import fit_noise
from tasks.config.load import load_config
from tasks.errors import PolicyError
from tasks.noise.policy import Policy

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]


def readings(rows: int, shift: float) -> pd.DataFrame:
    rng = np.random.default_rng(rows)
    columns: dict[str, Any] = {"row": np.arange(rows), "heat": rng.normal(shift, 1, rows).round(4)}
    return pd.DataFrame(columns | {"load": rng.normal(0, 1, rows).round(4), "site": rng.choice(["n", "s"], rows)})


@pytest.fixture(scope="module")
def unlabelled(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("readings")
    inputs = []
    for domain, rows, shift in (("source", 300, 0.0), ("target", 200, 1.8)):
        readings(rows, shift).to_csv(folder / f"{domain}.csv", index=False)
        path = str(folder / f"{domain}.csv")
        inputs.append({"name": domain, "domain": domain, "kind": "table", "path": path, "id": "row"})
        inputs[-1]["domain_defining"] = ["heat", "site"]
    changes = {"modality": "tabular", "inputs": inputs, "validation": {"fail_on": "critical"}}
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(merged(image_config(folder), changes)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def built(unlabelled, prefect_server):
    return build_dataset(load_config(unlabelled))


def test_it_is_built_and_what_is_asked_about_labels_is_left_out_not_passed(built) -> None:
    outcome = built
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


def test_columns_that_define_the_domain_are_measured_checked_and_shown_apart(built) -> None:
    rows = pq.read_table(built.folder / "measurements.parquet").to_pandas()
    between = rows[rows["split_b"] == "dev"].groupby("statistic")["descriptor"].agg(set)
    assert between["cliffs_delta"] == {"load"}
    assert between["defining_cliffs_delta"] == {"heat"}
    assert between["defining_total_variation"] == {"site"}
    assert "total_variation" not in between
    alike = rows[rows["split_b"].isin(["test", "train-dev"])].groupby("statistic")["descriptor"].agg(set)
    assert alike["cliffs_delta"] == {"heat", "load"}
    assert alike["total_variation"] == {"site"}
    checks = {check.id: check for check in built.verdict.checks}
    assert checks["defining-numeric.train.dev"].status == "fail"
    assert checks["defining-numeric.train.dev"].severity == "info"
    assert checks["defining-categorical.train.dev"].status != "fail"
    assert checks["descriptors.train.dev"].status != "fail"
    assert checks["descriptors.train.dev"].question.startswith("Is every other descriptor")
    page = (built.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "Columns that define the domain" in page
    assert page.count("It defines the domain") == 2


@pytest.mark.parametrize(("given", "columns"), [("[heat, site]", 1), ("[]", 2), ("[heat, load]", 0)])
def test_no_noise_is_fitted_to_what_defines_the_domain(unlabelled, built, monkeypatch, given, columns) -> None:
    def seen(render, target, **settings):
        raise PolicyError(f"{target.shape[1]} columns, {render(Policy(modality='tabular'), 1).shape[1]} rendered")

    monkeypatch.setattr(fit_noise, "fit_policy", seen)
    told = "a numeric column that is compared and does not define the domain" if not columns else f"^{columns} columns"
    overrides = [f"inputs.{entry}.domain_defining={given}" for entry in (0, 1)]
    with pytest.raises(PolicyError, match=told):
        build_dataset(load_config(unlabelled, ["synthesis.policy=fitted", *overrides]))


def test_the_plan_speaks_of_no_labels(unlabelled) -> None:
    told = plan(load_config(unlabelled))
    assert "300 records, no labels" in told
    assert "(none)" not in told
