"""`matchset diagnose`: from rates without a store, and from predictions on a built one."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_set
from typer.testing import CliRunner

from flows.commands import app

RATES = {
    "human": {"error": 0.01, "n": 20000},
    "train": {"error": 0.08, "n": 20000},
    "dev": {"error": 0.10, "n": 20000},
}


def diagnose(*arguments: object, code: int = 0) -> str:
    told = CliRunner().invoke(app, ["diagnose", *map(str, arguments)])
    assert told.exit_code == code, told.output
    return told.output


def test_rates_need_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("errors.yaml").write_text(yaml.safe_dump(RATES), encoding="utf-8")
    Path("errors.json").write_text(json.dumps(RATES), encoding="utf-8")
    told = diagnose("--errors", "errors.yaml")
    assert told.startswith("Work on avoidable bias")
    assert told == diagnose("--errors", "errors.json")
    assert json.loads(diagnose("--errors", "errors.yaml", "--json"))["next"] == "avoidable bias"
    assert (tmp_path / "matchset-diagnosis/index.html").exists()


@pytest.mark.parametrize(
    ("given", "said", "code"),
    [
        ((), "name a file", 2),
        (("--predictions", "p.csv"), "needs the configuration", 2),
        (("--errors", "nowhere.yaml"), "cannot be read", 1),
        (("--errors", "odd.yaml"), "Write 8 % as 0.08", 1),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given, said: str, code: int) -> None:
    monkeypatch.chdir(tmp_path)
    Path("odd.yaml").write_text("dev: {error: 8, n: 100}", encoding="utf-8")
    assert said in diagnose(*given, code=code)
    assert not Path("matchset-diagnosis").exists()


@pytest.mark.prefect
@pytest.mark.gx
def test_predictions_on_a_built_store(tmp_path: Path, prefect_server: None) -> None:
    config = image_set(tmp_path, synthesis={"policy": "none"})
    built = CliRunner().invoke(app, ["build", str(config)])
    assert built.exit_code == 0, built.output
    known = pq.read_table(tmp_path / "store/versions/000001/manifest.parquet").to_pandas()
    rng = np.random.default_rng(1)
    chance = known["split"].map({"train": 0.0, "train-dev": 0.02, "dev": 0.7, "test": 0.7})
    wrong = rng.random(len(known)) < chance
    good = known[["record_id"]].assign(
        prediction=np.where(wrong, (known["label"].astype(int) + 1) % 4, known["label"].astype(int)), model="good"
    )
    both = pd.concat([good, good.assign(model="../<b>bad", prediction="0")]).assign(latency_ms=10)
    both["prediction"] = both["prediction"].astype(str)
    both.to_csv(tmp_path / "p.csv", index=False)
    both.to_parquet(tmp_path / "damaged.parquet")
    (tmp_path / "damaged.parquet").write_bytes((tmp_path / "damaged.parquet").read_bytes()[:300])

    assert "no Parquet or CSV" in diagnose(config, "--predictions", tmp_path / "damaged.parquet", code=1)
    assert "no 'other'" in diagnose(config, "--predictions", tmp_path / "p.csv", "--model", "other", code=2)
    assert not (tmp_path / "store/looks.parquet").exists()

    told = diagnose(config, "--predictions", tmp_path / "p.csv", "--metric", "f1", "--satisfice", "latency_ms <= 100")
    assert "Work on data mismatch" in told
    assert "by f1 on dev" in told
    assert "Dev was looked at 2 times" in told
    folders = tmp_path / "store/diagnosis/000001"
    assert sorted(path.name for path in folders.iterdir()) == ["b-bad", "good"]
    page = (folders / "b-bad/index.html").read_text(encoding="utf-8")
    assert "<b>bad" not in page
    kept = json.loads((folders / "good/diagnosis.json").read_text(encoding="utf-8"))
    assert kept["next"] == "data mismatch"
    assert kept["looks"] == 2

    (tmp_path / "errors.yaml").write_text(yaml.safe_dump(RATES), encoding="utf-8")
    diagnose(config, "--errors", tmp_path / "errors.yaml")
    assert "avoidable bias" in (folders / "rates/index.html").read_text(encoding="utf-8")
    diagnose(config, "--errors", tmp_path / "errors.yaml", "--report", tmp_path / "here")
    assert (tmp_path / "here/index.html").exists()
    assert sorted(path.name for path in folders.iterdir()) == ["b-bad", "good", "rates"]

    good.drop(columns="model").astype(str).to_parquet(tmp_path / "p.parquet")
    again = json.loads(diagnose(config, "--predictions", tmp_path / "p.parquet", "--json"))
    assert again["next"] == "data mismatch"
    assert again["looks"] == 3
    assert pq.read_table(tmp_path / "store/looks.parquet").num_rows == 3
