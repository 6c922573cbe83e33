"""What a build makes of synthetic records that do not help, and what target records in train count."""

import json
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from makers import image_set

from flows.build_dataset import build_dataset
from flows.proof import SEEN
from tasks.config.load import load_config
from tasks.errors import RejectedError
from tasks.noise.policy import load_policy

pytestmark = [pytest.mark.prefect, pytest.mark.gx]

NOTHING = """\
modality: image
operations:
- name: gamma
  probability: 1.0
  magnitudes: {exponent: {uniform: [1.0, 1.02]}}
"""


def alike(folder: Path, **changes) -> Path:
    """Write a data set whose noise cannot matter, with dev enough to say so."""
    return image_set(
        folder,
        source=240,
        target=700,
        splits={"dev": {"rows": 420}, "test": "none", "train_dev": {"rows": 20}},
        **changes,
    )


def test_target_records_in_train_weigh_half_and_nothing_else_changes(tmp_path) -> None:
    outcome = build_dataset(load_config(image_set(tmp_path, source=400, target=150)))
    train = ds.dataset(outcome.folder / "data" / "train").to_table().to_pandas()
    own = train[train.domain == "target"]
    assert len(own) > 50
    assert own.weight.nunique() == 1
    assert own.weight.sum() == pytest.approx(train[train.domain == "source"].weight.sum(), rel=1e-5)
    assert set(train[train.domain == "source"].weight) == {1.0}
    for split in ("train-dev", "dev", "test"):
        rows = ds.dataset(outcome.folder / "data" / split).to_table()
        assert rows.schema.equals(ds.dataset(outcome.folder / "data" / "train").schema)
        assert set(rows["weight"].to_pylist()) == {1.0}
    measured = pq.read_table(outcome.folder / "measurements.parquet").to_pandas()
    (told,) = measured[measured.statistic == "target_weight"].effect
    assert np.float32(told) == own.weight.iloc[0]
    assert "WeightedRandomSampler" in (outcome.folder / "README.md").read_text(encoding="utf-8")


def test_few_target_records_in_train_have_varied_copies_that_share_their_weight(tmp_path) -> None:
    sizes = {"dev": {"rows": 60}, "test": {"rows": 20}, "train_dev": {"rows": 20}}
    path = image_set(tmp_path, source=400, target=110, splits=sizes, synthesis={"target_copies": 5})
    outcome = build_dataset(load_config(path))
    train = ds.dataset(outcome.folder / "data" / "train").to_table().to_pandas().set_index("record_id")
    made = train[train.synthetic & (train.domain == "target")]
    own = train[~train.synthetic & (train.domain == "target")]
    assert len(made) == 5 * len(own) > 50
    assert set(made.parent_id) == set(own.index)
    assert (own.loc[made.parent_id, "label"].to_numpy() == made.label.to_numpy()).all()
    assert made.weight.nunique() == 1
    assert set(made.weight) == set(own.weight)
    rest = train[train.domain == "source"]
    assert set(rest.weight) == {1.0}
    assert made.weight.sum() + own.weight.sum() == pytest.approx(rest.weight.sum(), rel=1e-5)

    draws = pq.read_table(outcome.folder / "synthesis" / "target_draws.parquet")
    assert set(draws["record_id"].to_pylist()) == set(made.index)
    listed = pq.read_table(outcome.folder / "manifest.parquet").to_pandas().set_index("record_id")
    assert set(listed.loc[made.index, "split"]) == {"train"}
    measured = pq.read_table(outcome.folder / "measurements.parquet").to_pandas().set_index("statistic")
    assert measured.loc["variation_gain", "descriptor"] == "kept"
    assert (measured.loc["synthetic_parents_missing", "effect"], measured.loc["synthetic_parents", "effect"].sum()) == (
        0,
        0,
    )
    # Varied copies are like dev because their parents are: no comparison with dev counts them.
    assert measured.loc["gap_closed", "n_a"] <= len(rest) + len(own)
    shown = (outcome.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "varied copies of themselves" in shown


def test_a_named_policy_that_does_nothing_refuses_the_version(tmp_path) -> None:
    policy = tmp_path / "nothing.yaml"
    policy.write_text(NOTHING, encoding="utf-8")
    path = alike(tmp_path, synthesis={"copies": 1.0, "policy": str(policy)}, validation={"fail_on": "critical"})
    with pytest.raises(RejectedError, match="Does a small model err less on dev"):
        build_dataset(load_config(path))
    verdict = json.loads((tmp_path / "store" / "work" / "rejected" / "verdict.json").read_text(encoding="utf-8"))
    grave = [check["id"] for check in verdict["checks"] if (check["status"], check["severity"]) == ("fail", "critical")]
    assert grave == ["synthesis-helps"]


def test_a_fitted_policy_that_does_nothing_is_left_out_and_the_report_says_so(tmp_path, monkeypatch) -> None:
    """A named policy is taken for a fitted one: whatever a fit settles on, what does not help is not published."""
    nothing = tmp_path / "nothing.yaml"
    nothing.write_text(NOTHING, encoding="utf-8")
    monkeypatch.setattr("tasks.prove.is_fitted", lambda synthesis: True)
    path = alike(tmp_path, synthesis={"copies": 1.0, "policy": str(nothing)}, validation={"fail_on": "critical"})
    outcome = build_dataset(load_config(path))
    train = ds.dataset(outcome.folder / "data" / "train").to_table()
    assert not any(train["synthetic"].to_pylist())
    assert not [*outcome.folder.glob("data/train/synthetic-*")]
    assert not any(pq.read_table(outcome.folder / "manifest.parquet")["synthetic"].to_pylist())
    used, kept = (load_policy(outcome.folder / "synthesis" / name) for name in ("policy.yaml", "policy-withdrawn.yaml"))
    assert not used.operations
    assert kept == load_policy(nothing)
    assert "did not help" in (outcome.folder / "README.md").read_text(encoding="utf-8")
    assert "So this version holds none." in (outcome.folder / "report" / "index.html").read_text(encoding="utf-8")
    (check,) = [check for check in outcome.verdict.checks if check.id == "synthesis-helps"]
    assert (check.status, check.severity) == ("fail", "info")
    again = build_dataset(load_config(path))
    assert not again.fresh


def test_a_proof_is_never_handed_test() -> None:
    assert SEEN == ("train", "dev")
