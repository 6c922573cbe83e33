"""Several labels a record, some of them not annotated: from the configuration to the published rows, and back."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from makers import digit_like, image_config, merged

from flows.build_dataset import build_dataset
from flows.plan import plan
from tasks.config.load import load_config
from tasks.config.redraw import Redraw
from tasks.payloads.image import encode_image

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]
LABELS = ("sign", "light", "car")


def streets(folder: Path, rows: int, *, seed: int, blur: bool, listed: tuple[str, ...]) -> str:
    """Write pictures and a table of what can be seen in them; a fifth of the signs nobody looked for."""
    rng = np.random.default_rng(seed)
    table: dict[str, Any] = {"file": [], **{name: [] for name in listed}}
    folder.mkdir(parents=True, exist_ok=True)
    for row in range(rows):
        seen = {"sign": int(rng.random() < 0.4), "light": int(rng.random() < 0.25), "car": int(rng.random() < 0.6)}
        (folder / f"{row:04d}.png").write_bytes(
            encode_image(digit_like(rng, 2 * seen["sign"] + seen["car"], blur=blur))
        )
        table["file"].append(f"{row:04d}.png")
        for name in listed:
            table[name].append("" if name == "sign" and rng.random() < 0.2 else seen[name])
    pd.DataFrame(table).to_csv(folder / "labels.csv", index=False)
    return str(folder / "labels.csv")


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("streets")
    inputs = []
    for name, domain, rows, listed in (("web", "source", 240, LABELS[:2]), ("app", "target", 200, LABELS)):
        path = streets(folder / name, rows, seed=rows, blur=domain == "target", listed=listed)
        inputs.append({"name": name, "domain": domain, "kind": "table", "path": path, "file": "file", "id": "file"})
        inputs[-1]["label"] = list(listed)
    changes = {"inputs": inputs}
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(merged(image_config(folder), changes)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def built(config, prefect_server):
    return build_dataset(load_config(config))


def test_each_label_is_published_as_a_column_of_ones_zeros_and_nulls(built) -> None:
    rows = pd.concat([pd.read_parquet(part) for part in sorted((built.folder / "data").iterdir())])
    assert "label" not in rows
    assert list(rows.columns[3:6]) == ["label_sign", "label_light", "label_car"]
    assert set(rows["label_sign"].dropna()) == {0, 1}
    assert rows.loc[rows["domain"] == "source", "label_car"].isna().all()
    assert rows.loc[rows["domain"] == "target", "label_car"].notna().all()
    assert 0.1 < rows["label_sign"].isna().mean() < 0.3
    for file in (built.folder / "data").rglob("*.parquet"):
        assert str(pq.read_schema(file).field("label_car").type) == "int8"
    synthetic = rows[rows["synthetic"]].set_index("parent_id")
    parents = rows.set_index("record_id").loc[synthetic.index]
    assert len(synthetic)
    pd.testing.assert_frame_equal(
        synthetic[["label_sign", "label_light"]], parents[["label_sign", "label_light"]], check_names=False
    )


def test_dev_and_test_match_label_by_label(built) -> None:
    rows = pq.read_table(built.folder / "measurements.parquet").to_pandas()
    gaps = rows[rows["statistic"].isin(["label_rate_difference", "label_annotated_difference"])]
    between = gaps[(gaps["split_a"] == "dev") & (gaps["split_b"] == "test")]
    assert set(between["descriptor"]) == set(LABELS)
    assert between["effect"].abs().max() < 0.08
    assert between["ci_low"].notna().all()
    verdict = json.loads((built.folder / "verdict.json").read_text(encoding="utf-8"))
    asked = {check["id"]: check for check in verdict["checks"]}
    assert {"label-rates.dev.test", "label-positives.dev", "label-negatives.test", "label-amounts.train"} <= set(asked)
    assert not {name for name in asked if name.startswith(("label-count", "label-shares", "label-values"))}
    assert asked["unlabelled-rows"]["status"] == asked["labels-vary"]["status"] == "pass"
    assert asked["label-amounts.train"]["status"] == "fail"
    assert asked["label-amounts.train"]["descriptor"] == "car"


def test_the_plan_tells_what_is_annotated(config) -> None:
    told = plan(load_config(config))
    assert "3 of 3 labels annotated" in told
    assert "car 0 of 0 annotated" in told
    assert "an error is one label's" in told


def test_new_records_are_added_and_a_redraw_draws_anew(config, built) -> None:
    """Last in this file: it publishes further versions."""
    folder = config.parent
    before = assignments(built.folder)
    table = pd.read_csv(folder / "app" / "labels.csv")
    streets(folder / "more", 60, seed=9, blur=True, listed=LABELS)
    fresh = pd.read_csv(folder / "more" / "labels.csv").assign(file=lambda rows: "m" + rows["file"])
    for name in fresh["file"]:
        (folder / "more" / name[1:]).rename(folder / "app" / name)
    pd.concat([table, fresh]).to_csv(folder / "app" / "labels.csv", index=False)
    grown = build_dataset(load_config(config))
    after = assignments(grown.folder)
    assert len(after) == len(before) + 60
    assert all(after[record_id] == split for record_id, split in before.items())
    redrawn = build_dataset(load_config(config), Redraw(reason="more labels"))
    anew = assignments(redrawn.folder)
    assert sorted(anew.values()) == sorted(after.values())
    assert any(anew[record_id] != split for record_id, split in before.items() if split in ("dev", "test"))
    page = (redrawn.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "How much there is to learn of each label" in page
    assert "more labels" in page


def assignments(version: Path) -> dict[str, str]:
    rows = pq.read_table(version / "manifest.parquet").to_pandas()
    return rows[~rows["synthetic"]].set_index("record_id")["split"].to_dict()
