"""The main job on small made data: what it publishes, refuses, repeats and survives."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import datasets
import numpy as np
import pandas as pd
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from makers import digit_like, image_set

from flows.build_dataset import build_dataset
from flows.runners import find_runner
from tasks.catalog.digest import digest_file
from tasks.catalog.schema import PUBLISHED
from tasks.config.load import load_config
from tasks.errors import InputError, RejectedError, SplitError, StoreError
from tasks.payloads.image import encode_image

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]


def build(path: Path, *overrides: str):
    return build_dataset(load_config(path, overrides))


def data_digests(version: Path) -> dict[str, str]:
    return {
        file.relative_to(version).as_posix(): digest_file(file)
        for file in sorted((version / "data").rglob("*.parquet"))
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory, prefect_server):
    """One build that many tests look at and none changes."""
    path = image_set(tmp_path_factory.mktemp("bars"))
    return path, build(path)


def test_the_version_holds_what_the_contract_says(built) -> None:
    _, outcome = built
    for place in (
        "manifest.parquet",
        "quarantine.parquet",
        "measurements.parquet",
        "verdict.json",
        "synthesis/policy.yaml",
        "synthesis/draws.parquet",
        "synthesis/noise_use.parquet",
        "synthesis/noise_pool.parquet",
        "report/index.html",
        "report/gx/index.html",
        "README.md",
        "croissant.json",
    ):
        assert (outcome.folder / place).stat().st_size > 0, place
    store = outcome.folder.parent.parent
    assert (store / "CURRENT").read_text().strip() == "000001"
    assert pq.read_table(store / "ledger.parquet").num_rows == 400


def test_every_split_is_read_as_it_is_by_pyarrow_pandas_and_datasets(built, tmp_path) -> None:
    _, outcome = built
    for split in ("train", "train-dev", "dev", "test"):
        folder = outcome.folder / "data" / split
        rows = pyarrow.dataset.dataset(folder, format="parquet").to_table()
        assert set(PUBLISHED) <= set(rows.column_names)
        frame = pd.read_parquet(folder)
        loaded = datasets.load_dataset(
            "parquet", data_files=str(folder / "*.parquet"), split="train", cache_dir=str(tmp_path)
        )
        assert len(frame) == rows.num_rows == len(loaded)
        assert set(frame["split"]) == {split}
        assert loaded[0]["image"].size == (28, 28)
    whole = datasets.load_dataset(str(outcome.folder), cache_dir=str(tmp_path))
    assert set(whole) == {"train", "train_dev", "dev", "test"}


def test_each_record_is_in_one_split_and_nothing_vanishes(built) -> None:
    _, outcome = built
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    real = manifest[~manifest["synthetic"]]
    assert real["record_id"].is_unique
    assert len(real) + pq.read_table(outcome.folder / "dropped.parquet").num_rows == 400
    assert set(real.loc[real["split"].isin(["dev", "test"]), "domain"]) == {"target"}
    assert real["split"].value_counts()[["dev", "test", "train-dev"]].tolist() == [40, 40, 40]
    assert real.groupby("atom")["split"].nunique().max() == 1


def test_synthetic_records_descend_from_records_of_their_domain_in_train(built) -> None:
    _, outcome = built
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas().set_index("record_id")
    synthetic = manifest[manifest["synthetic"]]
    parents = manifest.loc[synthetic["parent_id"]]
    assert len(synthetic) > 150
    assert set(parents["split"]) == {"train"}
    # Varied copies of target records in train are of the target; all others descend from the source.
    assert (parents["domain"].to_numpy() == synthetic["domain"].to_numpy()).all()
    descended = parents[(synthetic["domain"] == "source").to_numpy()]
    assert len(descended) > 150
    assert set(descended["domain"]) == {"source"}
    assert (parents["label"].to_numpy() == synthetic["label"].to_numpy()).all()


def test_a_synthetic_record_can_be_made_again_from_its_row_of_draws(built) -> None:
    from tasks.modalities.kinds import modality

    _, outcome = built
    kind = modality("image")
    rows = pyarrow.dataset.dataset(outcome.folder / "data" / "train", format="parquet").to_table().to_pandas()
    rows = rows.set_index("record_id")
    draws = pq.read_table(outcome.folder / "synthesis" / "draws.parquet")
    for place in (0, 7, draws.num_rows - 1):
        row = draws.slice(place, 1)
        parent = rows.loc[[row["parent_id"][0].as_py()]].reset_index()
        decoded = kind.decode(pyarrow.Table.from_pandas(parent, preserve_index=False))
        made = kind.encode(kind.apply(decoded, row, None), row["record_id"].to_pylist())
        assert made["image"][0].as_py()["bytes"] == rows.loc[row["record_id"][0].as_py(), "image"]["bytes"]


def test_splits_are_measured_in_the_task_space(built) -> None:
    _, outcome = built
    rows = pq.read_table(outcome.folder / "measurements.parquet").to_pandas().set_index("statistic")
    error, guessing = rows.loc["task_error"], rows.loc["task_guessing"]
    assert 100 < error["n_a"] < 240
    assert error["effect"] < 0.5 * guessing["effect"]
    far = rows.loc["task_distance"].set_index(["split_a", "split_b"])
    pairs = {("dev", "test"), ("train", "train-dev"), ("train", "dev"), ("train+synthetic", "dev")}
    assert {*far.index} == pairs
    assert far.loc[("train", "dev"), "p_value"] < 0.01 < 0.05 < far.loc[("dev", "test"), "p_value"]
    assert far.loc[("train", "dev"), "effect"] > far.loc[("train", "train-dev"), "ci_high"]
    assert rows.loc["task_gap_closed", "split_a"] == "train+synthetic"


def test_the_verdict_keeps_the_contract(built) -> None:
    _, outcome = built
    verdict = json.loads((outcome.folder / "verdict.json").read_text())
    assert verdict["status"] == "valid"
    assert verdict["version"] == "000001"
    assert len(verdict["checks"]) >= 20
    needed = {"id", "question", "status", "severity", "split_a", "split_b", "effect", "ci_low", "ci_high"}
    needed |= {"limit", "p_value", "n_a", "n_b"}
    for check in verdict["checks"]:
        assert needed <= check.keys()
        assert check["status"] in ("pass", "fail", "undecided")
        assert check["severity"] in ("critical", "warning", "info")


def test_metadata_is_valid_croissant_and_its_records_can_be_read(built) -> None:
    import mlcroissant

    _, outcome = built
    described = mlcroissant.Dataset(jsonld=outcome.folder / "croissant.json")
    assert not described.metadata.ctx.issues.errors
    assert next(iter(described.records("dev"))) is not None


def test_nothing_changed_nothing_published(built) -> None:
    path, outcome = built
    again = build(path)
    assert (again.version, again.fresh) == (outcome.version, False)
    assert not (outcome.folder.parent / "000002").exists()


def test_a_damaged_result_is_made_again(tmp_path) -> None:
    path = image_set(tmp_path)
    first = build(path)
    digests = data_digests(first.folder)
    for file in (tmp_path / "store" / "work" / "synthesize_shard").rglob("rows.parquet"):
        file.unlink()  # the published file is another link to the same content
        file.write_bytes(b"damaged")
    for file in (tmp_path / "store" / "work" / "describe_shard").rglob("records.parquet"):
        file.unlink()
    again = build(path)
    assert data_digests(again.folder) == digests


def test_same_config_data_and_seed_give_the_same_bytes_in_another_store(built, tmp_path) -> None:
    path, outcome = built
    other = build(path, f"store={tmp_path / 'other'}")
    assert data_digests(other.folder) == data_digests(outcome.folder)
    different = build(path, f"store={tmp_path / 'third'}", "seed=4")
    assert data_digests(different.folder) != data_digests(outcome.folder)


@pytest.mark.skipif(find_spec("prefect_dask") is None, reason="prefect-dask is not installed: pip install '.[dask]'")
def test_dask_gives_the_same_bytes(built, tmp_path) -> None:
    path, outcome = built
    config = load_config(path, [f"store={tmp_path / 'store'}"])
    other = build_dataset.with_options(task_runner=find_runner("dask", 2))(config)
    assert data_digests(other.folder) == data_digests(outcome.folder)


def test_new_data_joins_and_nothing_moves(tmp_path) -> None:
    path = image_set(tmp_path)
    first = build(path)
    rng = np.random.default_rng(9)
    for row in range(40):
        file = tmp_path / "target" / str(row % 4) / f"new-{row}.png"
        file.write_bytes(encode_image(digit_like(rng, row % 4, blur=True)))
    second = build(path)
    assert (second.version, second.fresh) == (2, True)
    before = pq.read_table(first.folder / "manifest.parquet").to_pandas().query("not synthetic")
    after = pq.read_table(second.folder / "manifest.parquet").to_pandas().query("not synthetic")
    joined = before.merge(after, on="record_id", suffixes=("", "_now"))
    assert len(joined) == len(before)
    assert (joined["split"] == joined["split_now"]).all()
    ledger = pq.read_table(tmp_path / "store" / "ledger.parquet").to_pandas()
    assert ledger["since_version"].value_counts().to_dict() == {1: 400, 2: 40}


def test_a_larger_dev_than_the_ledger_leaves_room_for_is_a_failed_check_and_moves_nothing(built) -> None:
    path, outcome = built
    with pytest.raises(RejectedError, match="Does dev lack no more than 10% of the rows"):
        build(path, "splits.dev.rows=90", "validation.fail_on=critical")
    assert build(path).version == outcome.version


def test_a_critical_failure_publishes_nothing_and_names_the_check(tmp_path) -> None:
    path = image_set(tmp_path, validation={"fail_on": "critical"})
    for file in sorted((tmp_path / "target").rglob("*.png"))[:60]:
        file.write_bytes(b"not an image")  # more than a fifth of the input goes to the quarantine
    with pytest.raises(RejectedError) as rejected:
        build(path)
    assert rejected.value.exit_code == 3
    assert "critical: Could at least 80% of input app be used? No" in str(rejected.value)
    assert "0.375" in str(rejected.value)
    store = tmp_path / "store"
    assert not (store / "CURRENT").exists()
    assert not (store / "ledger.parquet").exists()
    assert (store / "work" / "rejected" / "report" / "index.html").exists()
    assert json.loads((store / "work" / "rejected" / "verdict.json").read_text())["status"] == "invalid"


@pytest.mark.parametrize(
    ("overrides", "error", "message"),
    [
        (
            ["store={tmp}", "splits.dev.rows=500"],
            SplitError,
            "splits.dev: 500 rows wanted, but input 'app' leaves 160 rows",
        ),
        (["inputs.1.path=nowhere"], InputError, "nowhere"),
        (["name=stripes"], StoreError, "belongs to the data set 'bars'"),
    ],
)
def test_what_cannot_be_built_is_told_and_the_published_version_stays(
    built, tmp_path, overrides, error, message
) -> None:
    path, outcome = built
    with pytest.raises(error, match=message):
        build(path, *(override.format(tmp=tmp_path / "new") for override in overrides))
    assert (outcome.folder.parent.parent / "CURRENT").read_text().strip() == "000001"


def test_no_test_set_no_train_dev_and_no_synthesis_are_welcome(tmp_path) -> None:
    path = image_set(tmp_path, synthesis={"policy": "none"}, splits={"test": "none", "train_dev": "none"})
    outcome = build(path)
    assert {folder.name for folder in (outcome.folder / "data").iterdir()} == {"train", "dev"}
    checks = {check.id for check in outcome.verdict.checks}
    assert not any(".test" in name or "train-dev" in name for name in checks)
    assert "gap-closed" not in checks


def test_strange_names_come_through_as_data(tmp_path) -> None:
    path = image_set(tmp_path)
    strange = "<script>alert(1)</script> & \"q\" 's' ünï ..".replace("/", "∕")
    for domain in ("source", "target"):
        (tmp_path / domain / "0").rename(tmp_path / domain / strange)
        first = sorted((tmp_path / domain / strange).iterdir())[0]
        first.rename(first.with_name('a <b>"c"\' .. ünï.png'))
    outcome = build(path)
    rows = pd.read_parquet(outcome.folder / "data" / "dev")
    assert strange in set(rows["label"])
    for page in (outcome.folder / "report").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text.lower(), page


def test_the_same_files_under_another_folder_give_the_same_data(built, tmp_path) -> None:
    path, outcome = built
    moved = tmp_path / "moved"
    shutil.copytree(path.parent, moved, ignore=shutil.ignore_patterns("store"))
    text = path.read_text().replace(str(path.parent), str(moved))
    (moved / "matchset.yaml").write_text(text)
    assert data_digests(build(moved / "matchset.yaml").folder) == data_digests(outcome.folder)
