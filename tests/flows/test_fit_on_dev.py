"""A fit without target records in train: half of dev is fitted to, the other half verifies it, test is out of reach."""

import json
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from makers import image_set

from flows.build_dataset import build_dataset
from flows.plan import plan
from tasks import fit_noise
from tasks.config.load import load_config
from tasks.errors import PolicyError
from tasks.modalities import sampled
from tasks.task_space.choice import CHOICE

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]


@pytest.fixture(scope="module", params=["none", "rest"])
def fitted(request, tmp_path_factory, prefect_server):
    """A build with a fitted policy by target_in_train, and the ids of all records in any table that the fit opened."""
    sizes = {"dev": {"rows": 60}, "test": {"rows": 40}, "target_in_train": request.param}
    path = image_set(
        tmp_path_factory.mktemp("bars"), source=130, target=200, splits=sizes, synthesis={"policy": "fitted"}
    )
    seen: set[str] = set()

    def read_table(path, **options) -> pa.Table:
        table = pq.read_table(path, **options)
        if path.name == "lent.parquet":  # the first that the fit opens; what others opened before does not count
            seen.clear()
        if table.num_rows:
            seen.update(table["record_id"].to_pylist())
        return table

    with pytest.MonkeyPatch.context() as patched:
        for module in (fit_noise, sampled):  # nothing else of the project opens a file for a fit
            patched.setattr(module, "pq", SimpleNamespace(read_table=read_table))
        outcome = build_dataset(load_config(path))
    return request.param, path, outcome, seen


def test_test_is_out_of_reach_and_so_is_the_half_that_verifies(fitted) -> None:
    way, _, outcome, seen = fitted
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas().set_index("record_id")
    split = manifest.loc[sorted(seen), "split"]
    if way == "rest":
        assert set(split) == {"train"}
        assert not (outcome.folder / "synthesis" / "dev_fit.parquet").exists()
        return
    lent = pq.read_table(outcome.folder / "synthesis" / "dev_fit.parquet").to_pandas()
    assert set(split) == {"train", "dev"}
    assert set(split.index[split == "dev"]) == set(lent["record_id"])
    assert len(lent) == 30
    other = manifest[(manifest["split"] == "dev") & ~manifest.index.isin(lent["record_id"])]
    assert not set(other["atom"]) & set(lent["atom"])


def test_the_choice_is_told_and_published(fitted) -> None:
    way, _, outcome, _ = fitted
    table = pq.read_table(outcome.folder / "synthesis" / "choice.parquet")
    assert table.schema == CHOICE
    chosen = table.filter(table["chosen"]).to_pylist()
    assert len(chosen) == 1
    assert chosen[0]["ci_high"] < 0
    assert chosen[0]["rows"] == (83 if way == "rest" else 30)
    assert (outcome.folder / "synthesis" / "trace.parquet").exists()
    candidates = table["candidate"].to_pylist()
    assert candidates[:2] == ["nothing", "fitted"]
    assert "default" in candidates
    assert ("random mixture" in candidates) == (way == "rest")  # it teaches where labels are too few


def test_what_the_noise_does_is_measured_on_the_other_half(fitted) -> None:
    way, _, outcome, _ = fitted
    rows = pq.read_table(outcome.folder / "measurements.parquet").to_pylist()
    found = {(row["statistic"], row["split_a"], row["split_b"]): row for row in rows if row["descriptor"] is None}
    judged = 60 if way == "rest" else 30
    assert found["gap_closed", "train+synthetic", "dev"]["n_b"] == judged
    assert found["energy_distance", "train+synthetic", "dev"]["n_b"] == judged
    assert found["energy_distance", "train", "dev"]["n_b"] == 60
    assert found["energy_distance", "dev", "test"]["n_a"] == 60


def test_the_report_and_the_card_say_so(fitted) -> None:
    way, _, outcome, _ = fitted
    page = (outcome.folder / "report" / "index.html").read_text(encoding="utf-8")
    card = (outcome.folder / "README.md").read_text(encoding="utf-8")
    for text in (page, card):
        assert ("the noise policy was fitted to half of dev, 30 records" in text) == (way == "none")
    assert ("the half of dev that the noise was not fitted to" in page) == (way == "none")
    assert json.loads((outcome.folder / "provenance.json").read_text())["files"]["synthesis/policy.yaml"]


def test_the_plan_says_it_before(fitted) -> None:
    way, path, _, _ = fitted
    told = plan(load_config(path))
    if way == "rest":
        assert "policy fitted to the target records in train" in told
    else:
        assert "policy fitted to one half of dev" in told
        assert "measured on the other 30" in told
    assert "policy fitted to one half of dev" in plan(load_config(path, ["splits.test.rows=140"]))  # nothing is left


def test_too_little_to_fit_to_is_refused_by_check_and_build(tmp_path) -> None:
    sizes = {"dev": {"rows": 20}, "test": {"rows": 20}, "target_in_train": "none"}
    path = image_set(tmp_path, source=130, target=60, splits=sizes, synthesis={"policy": "fitted"})
    with pytest.raises(PolicyError, match="no target row joins train, and dev has 20 rows"):
        plan(load_config(path))
    with pytest.raises(PolicyError, match=r"the 20 rows of dev in .* do not give 16 rows to each"):
        build_dataset(load_config(path))
    with pytest.raises(PolicyError, match="12 target rows join train"):
        plan(load_config(path, ["splits.target_in_train=0.6"]))
