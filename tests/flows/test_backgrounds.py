"""Backgrounds through the main job: seen, accounted for, and refused where there is but one."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_set

from flows.build_dataset import build_dataset
from tasks.config.load import load_config, parse_config
from tasks.errors import ConfigError, InputError, PolicyError, RejectedError

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]

POLICY = """\
modality: image
operations:
- name: background
  probability: 0.8
  magnitudes: {strength: {uniform: [0.2, 0.5]}}
"""


def written(folder: Path, pictures: int, **synthesis: Any) -> Path:
    (folder / "walls").mkdir()
    for number in range(pictures):
        pixels = np.random.default_rng(number).integers(0, 256, (64, 96, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / "walls" / f"{number}.png"), cv2.GaussianBlur(pixels, (7, 7), 3))
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    given = {"policy": str(folder / "policy.yaml"), "backgrounds": [{"name": "walls", "path": str(folder / "walls")}]}
    return image_set(folder, synthesis=given | synthesis)


def test_pictures_are_put_behind_and_accounted_for(tmp_path: Path) -> None:
    path = written(tmp_path, 14)
    (tmp_path / "walls" / "plain.png").write_bytes(cv2.imencode(".png", np.full((64, 64), 40, np.uint8))[1].tobytes())
    folder = build_dataset(load_config(path)).folder
    draws = pq.read_table(folder / "synthesis" / "draws.parquet")
    assert 0.7 < 1 - draws["background.picture"].null_count / draws.num_rows < 0.9
    use = pq.read_table(folder / "synthesis" / "noise_use.parquet").to_pandas()
    assert set(use.unit) == {"picture"}
    assert use.records.sum() == draws.num_rows - draws["background.picture"].null_count
    pool = pq.read_table(folder / "synthesis" / "noise_pool.parquet").to_pandas().set_index("file")
    assert pool.loc["walls/plain.png", "reason"] == "plain"
    assert pool.loc["walls/3.png", ["width_px", "height_px"]].tolist() == [96, 64]
    measured = pq.read_table(folder / "measurements.parquet").to_pandas().set_index("statistic")
    assert measured.loc["noise_effective_recordings", "effect"] == pytest.approx(14, abs=0.5)
    page = (folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "<h2>Backgrounds</h2>" in page
    assert "14 of 14 photographs are drawn" in page
    assert "walls/plain.png" in page


def test_one_picture_is_refused_as_one_recording_is(tmp_path: Path) -> None:
    path = written(tmp_path, 1)
    settings = yaml.safe_load(path.read_text(encoding="utf-8")) | {"validation": {"fail_on": "critical"}}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with pytest.raises(RejectedError, match="Is there more than one background") as refusal:
        build_dataset(load_config(path))
    assert "Add pictures of other places" in str(refusal.value)


def test_a_picture_that_is_a_record_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, 3)
    record = next(file for file in sorted(tmp_path.rglob("*.png")) if file.parent.name != "walls")
    (tmp_path / "walls" / "copied.png").write_bytes(record.read_bytes())
    pool = pq.read_table(build_dataset(load_config(path)).folder / "synthesis" / "noise_pool.parquet").to_pandas()
    assert pool.set_index("file").loc["walls/copied.png", "reason"] == "same_as_record"


def test_bad_settings_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, 2)
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    with pytest.raises(ConfigError, match="picture"):
        parse_config(given | {"synthesis": {"backgrounds": [{"name": "w", "path": "w", "picture": "oak"}]}}, "x")
    sounds = [entry | {"kind": "audio_folder"} for entry in given["inputs"]]
    with pytest.raises(ConfigError, match="pictures are for modality image"):
        parse_config(given | {"inputs": sounds, "modality": "audio"}, "x")
    path.write_text(yaml.safe_dump(given | {"synthesis": {"policy": given["synthesis"]["policy"]}}), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"operation background needs synthesis.backgrounds, which names nothing"):
        build_dataset(load_config(path))
    missing = given | {"synthesis": given["synthesis"] | {"backgrounds": [{"name": "w", "path": str(tmp_path / "no")}]}}
    path.write_text(yaml.safe_dump(missing), encoding="utf-8")
    with pytest.raises(InputError, match=r"synthesis.backgrounds: there is no folder"):
        build_dataset(load_config(path))
