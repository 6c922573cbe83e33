"""The baseline from files to files, on made tables: classes, numbers, several labels; what cannot be judged is told."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.diagnosis import network
from tasks.diagnosis.predictions import join_predictions
from tasks.errors import InputError
from tasks.modalities.baseline_rows import FOUND, compare_transfer, draw_curve, train_first
from tasks.modalities.published_rows import CHOSEN, choose_rows
from tasks.modalities.task_space import FEATURES, IDENTITY, PICTURES

SPLITS = ("train", "train-dev", "dev", "test")
HOW: dict[str, Any] = {"fitted_to": None, "leave_out": (), "modality": "tabular"}


def write_seen(folder: Path, labels: str, *, target: int = 60, copies: bool = False) -> pa.Table:
    """Write rows of two columns whose labels hang on the first, and the target's a little on the second."""
    rng = np.random.default_rng(1)
    split = np.repeat(SPLITS, (700, 150, 200, 100))
    of_target = (split == "dev") | (split == "test") | (np.arange(len(split)) < target)
    x = rng.normal(size=(len(split), 2))
    score = x[:, 0] + 0.7 * of_target * x[:, 1] + 0.3 * rng.normal(size=len(split))
    identity = {
        "record_id": [f"r{row}" for row in range(len(split))],
        "split": split,
        "domain": np.where(of_target, "target", "source"),
        "synthetic": np.zeros(len(split), bool),
        "parent_id": pa.nulls(len(split), pa.string()),
        "weight": np.where(of_target & (split == "train"), 640 / max(1, target), 1.0).astype(np.float32),
        "atom": [f"a{row // 2}" for row in range(len(split))],
    }
    if labels == "class":
        identity["label"] = np.where(score > 0, "yes", "no")
    elif labels == "number":
        identity["label"] = 100 + 10 * score
    else:
        identity["label_car"] = pa.array((score > 0).astype(np.int8))
        identity["label_sign"] = pa.array([None if row % 3 else int(row % 2) for row in range(len(split))], pa.int8())
        identity["label_sky"] = pa.array(np.ones(len(split), np.int8))
    table = pa.table(identity)
    numbers = pa.table({"descriptor_a": x[:, 0], "descriptor_b": x[:, 1]})
    if copies:
        parents = np.flatnonzero((split == "train") & ~of_target)
        made = table.take(pa.array(parents))
        made = made.set_column(0, "record_id", pa.array([f"s{row}" for row in parents]))
        made = made.set_column(3, "synthetic", pa.array([True] * len(parents)))
        made = made.set_column(4, "parent_id", table["record_id"].take(pa.array(parents)))
        table, numbers = pa.concat_tables([table, made]), pa.concat_tables([numbers, numbers.take(pa.array(parents))])
    folder.mkdir(parents=True)
    pq.write_table(table, folder / IDENTITY)
    pq.write_table(numbers, folder / f"{FEATURES}.parquet")
    return table


def first(tmp_path: Path, labels: str, **made: Any) -> tuple[dict[str, Any], pa.Table, Path]:
    manifest = write_seen(tmp_path / "seen", labels, **made)
    out = tmp_path / "out"
    out.mkdir()
    train_first(out, [tmp_path / "seen"], rows={}, seed=1, **HOW)
    return json.loads((out / FOUND).read_text(encoding="utf-8")), manifest, out


@pytest.mark.parametrize("labels", ["class", "number", "several"])
def test_predictions_are_what_a_diagnosis_reads_and_say_the_same(tmp_path: Path, labels: str) -> None:
    found, manifest, out = first(tmp_path, labels)
    joined = join_predictions(pq.read_table(out / "predictions.parquet"), manifest)["baseline"]
    for split in ("train-dev", "dev"):
        rows = joined[joined["split"] == split]
        said = found["ladders"]["published"]["levels"][split]
        assert said["n"] == len(rows) == int((np.asarray(manifest["split"]) == split).sum())
        if labels == "class":  # of numbers and several labels a diagnosis may count other variances and constant labels
            assert rows["loss"].mean() == pytest.approx(said["error"])
    assert found["ladders"]["published"]["levels"]["train"]["error"] < 0.3
    assert list(found["ladders"]) == ["published"]
    assert not found["gains"]


def test_synthetic_records_are_compared_with_doing_without_them(tmp_path: Path) -> None:
    found, _, out = first(tmp_path, "class", copies=True)
    assert list(found["ladders"]) == ["published", "without synthetic"]
    assert found["shares"]["without synthetic"]["synthetic"] == 0
    assert found["shares"]["without synthetic"]["target"] == pytest.approx(found["shares"]["published"]["target"])
    assert abs(found["gains"]["dev"]["effect"]) < 0.1  # a copy says nothing new
    assert (out / "predictions-real.parquet").exists()


def test_labels_and_order_of_dev_teach_nothing(tmp_path: Path) -> None:
    first(tmp_path / "a", "class")
    write_seen(tmp_path / "b" / "seen", "class")
    identity = pq.read_table(tmp_path / "b" / "seen" / IDENTITY)
    turned = np.where(np.asarray(identity["split"]) == "dev", "no", np.asarray(identity["label"]))
    pq.write_table(identity.set_column(7, "label", pa.array(turned)), tmp_path / "b" / "seen" / IDENTITY)
    (tmp_path / "b" / "out").mkdir()
    train_first(tmp_path / "b" / "out", [tmp_path / "b" / "seen"], rows={}, seed=1, **HOW)
    one, other = (pq.read_table(tmp_path / name / "out" / "predictions.parquet") for name in "ab")
    assert one.equals(other)


def test_without_labels_in_dev_it_says_that_nothing_can_be_judged(tmp_path: Path) -> None:
    write_seen(tmp_path / "seen", "class")
    identity = pq.read_table(tmp_path / "seen" / IDENTITY)
    known = [label if split != "dev" else None for label, split in zip(*(identity[n].to_pylist() for n in ("label", "split")), strict=True)]  # fmt: skip  # noqa: E501
    pq.write_table(identity.set_column(7, "label", pa.array(known, pa.string())), tmp_path / "seen" / IDENTITY)
    with pytest.raises(InputError, match="no record of dev has a label, so nothing can be judged; label some"):
        train_first(tmp_path, [tmp_path / "seen"], rows={}, seed=1, **HOW)


def test_a_curve_over_a_few_target_records_is_refused_and_the_other_drawn(tmp_path: Path) -> None:
    write_seen(tmp_path / "seen", "class")
    draw_curve(tmp_path, [tmp_path / "seen"], rows={}, wanted=0.01, seed=1, **HOW)
    curves = json.loads((tmp_path / FOUND).read_text(encoding="utf-8"))["curves"]
    assert curves["train"]["needed"]["state"] in ("not reachable", "undecided")
    assert curves["train"]["errors"][0] > curves["train"]["errors"][-1]
    assert "needs 200 labelled rows" in curves["target in train"]["refused"]


def test_transfer_is_tried_or_refused_with_the_reason(tmp_path: Path) -> None:
    for name, target in (("enough", 60), ("few", 4)):
        write_seen(tmp_path / name, "class", target=target)
        compare_transfer(tmp_path, [tmp_path / name], seed=1, **HOW)
        told = json.loads((tmp_path / FOUND).read_text(encoding="utf-8"))
        if name == "enough":
            assert set(told["tried"]["errors"]) == {"target only", "mixture", "transfer"}
            assert told["advice"]["state"] == "advised"
        else:
            assert "16 labelled target rows in train, not" in told["refused"]
            assert told["advice"]["state"] == "not advised"


def test_rows_are_chosen_with_their_parents_and_test_is_left_alone(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(__import__("tasks.modalities.published_rows", fromlist=["MOST"]).MOST, "tabular", 100)
    records = write_seen(tmp_path / "seen", "class", copies=True)
    pq.write_table(records, tmp_path / "manifest.parquet")
    told = choose_rows(tmp_path, tmp_path / "manifest.parquet", test=False, modality="tabular", seed=3)
    chosen = set(pq.read_table(tmp_path / CHOSEN)["record_id"].to_pylist())
    frame = records.to_pandas().set_index("record_id").loc[sorted(chosen)]
    assert told["chosen"] == {
        "dev/target": 200,
        "test/target": 0,
        "train-dev/source": 150,
        "train/source": 100,
        "train/synthetic": 100,
        "train/target": 60,
    }
    assert set(frame.parent_id.dropna()) <= chosen
    assert "test" not in set(frame.split)


def test_a_network_learns_from_pictures_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="the network that judges needs PyTorch, an optional package")
    monkeypatch.setattr(network, "STEPS", 60)
    table = write_seen(tmp_path / "seen", "class")
    bright = np.array([label == "yes" for label in table["label"].to_pylist()])
    rng = np.random.default_rng(2)
    pictures = rng.uniform(0, 0.4, (len(bright), 1, 12, 12)) + 0.5 * bright[:, None, None, None]
    np.save(tmp_path / "seen" / PICTURES, pictures.astype(np.float16))
    out = tmp_path / "out"
    out.mkdir()
    train_first(out, [tmp_path / "seen"], rows={}, seed=1, **(HOW | {"modality": "image", "judge": "network"}))
    found = json.loads((out / FOUND).read_text(encoding="utf-8"))
    assert found["judge"] == "network"
    assert found["ladders"]["published"]["levels"]["dev"]["error"] < 0.05
    chance = pq.read_table(out / "predictions.parquet")["probability"].to_numpy()
    assert chance.min() >= 0.5
    assert chance.max() <= 1
