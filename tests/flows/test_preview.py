"""`matchset preview`: what a policy does, on one page, without a build."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from makers import image_config, image_set
from typer.testing import CliRunner

from flows.commands import app
from tasks.payloads.audio import encode_audio

BLUR = "operations:\n- {name: gaussian_blur, probability: 1, magnitudes: {sigma_share: {uniform: [0.03, 0.04]}}}\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def preview(*arguments: object, code: int = 0) -> str:
    told = CliRunner().invoke(app, ["preview", *map(str, arguments)])
    assert told.exit_code == code, told.output
    assert "Traceback" not in told.output
    return told.output


def page(*arguments: object) -> str:
    preview(*arguments)
    return Path("matchset-preview.html").read_text(encoding="utf-8")


def test_each_source_record_stands_between_its_copies_and_a_target_record_of_its_label(tmp_path) -> None:
    path = image_set(tmp_path)
    Path("blur.yaml").write_text("modality: image\n" + BLUR)
    before = sorted(tmp_path.rglob("*"))
    found = page(path, "--policy", "blur.yaml", "--rows", 5)
    assert {entry.name for entry in {*tmp_path.rglob("*")} - {*before}} == {"matchset-preview.html"}
    roles = re.findall(r'<figcaption data-role="(\w+)"', found)
    assert roles == ["source", *["synthetic"] * 4, "target"] * 5
    pictures = re.findall(r'<img src="(data:[^"]+)"', found)
    assert len(set(pictures)) == len(pictures) == 30
    for row in re.findall(r'<h2><bdi>(\d)</bdi></h2>(.*?)</div>\n<div class="contact-row">', found, re.DOTALL):
        assert set(re.findall(r"<bdi>(?:web|app)/(\d)/", row[1])) == {row[0]}
    assert len(re.findall("gaussian blur</bdi></dt> <dd><bdi>0.03[0-9]+ of the shorter side", found)) == 20
    assert "What policy <bdi>blur.yaml</bdi> does" in found


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_records(tmp_path) -> None:
    path = image_set(tmp_path)
    first = page(path, "--rows", 3)
    assert first == page(path, "--rows", 3, "--seed", 3) != page(path, "--rows", 3, "--seed", 4)


def test_a_policy_of_nothing_says_so(tmp_path) -> None:
    found = page(image_set(tmp_path), "--policy", "none", "--rows", 2)
    assert "draws nothing" in found
    assert '<figcaption data-role="synthetic"' not in found


def test_sounds_can_be_heard(tmp_path) -> None:
    rng = np.random.default_rng(1)
    for domain in ("source", "target"):
        for row in range(4):
            file = tmp_path / domain / str(row % 2) / f"{row}.flac"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(encode_audio(rng.normal(0, 0.1, 4000).astype(np.float32), 8000))
    given = image_config(tmp_path, modality="audio")
    for entry in given["inputs"]:
        entry["kind"] = "audio_folder"
    Path("a.yaml").write_text(yaml.safe_dump(given))
    found = page("a.yaml", "--rows", 2)
    assert found.count("<audio controls") == 2 * 4
    assert len(set(re.findall(r'<audio [^>]*src="([^"]+)"', found))) == 2 * 4


def test_cells_that_noise_changed_are_marked_and_nothing_from_the_data_is_markup(tmp_path) -> None:
    rng = np.random.default_rng(1)
    for domain in ("source", "target"):
        pd.DataFrame(
            {"kind": ["<b>x</b>"] * 60, "<i>size": rng.normal(size=60), "y": rng.choice(["u", "<script>"], 60)}
        ).to_csv(f"{domain}.csv", index=False)
    table = {"kind": "table", "label": "y"}
    inputs = [
        table | {"name": "web", "domain": "source", "path": "source.csv"},
        table | {"name": "app", "domain": "target", "path": "target.csv"},
    ]
    Path("a.yaml").write_text(yaml.safe_dump(image_config(tmp_path, modality="tabular") | {"inputs": inputs}))
    Path("noise.yaml").write_text(
        "modality: tabular\noperations:\n"
        "- {name: measurement_noise, probability: 1, magnitudes: {sd_share: {uniform: [0.4, 0.5]}}}\n"
    )
    found = page("a.yaml", "--policy", "noise.yaml", "--rows", 4)
    assert found.count('<td class="num changed">') == 4
    assert "<script>" not in found
    assert "<b>x" not in found
    assert "<i>size" not in found
    assert "&lt;script&gt;" in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modality: image\noperations: [{name: blurr, probability: 1, magnitudes: {a: {normal: [0, 1]}}}]", "blurr"),
        ("modality: image\n" + BLUR.replace("0.04", "9"), "found [0.03, 9.0], allowed"),
        ("modality: audio\noperations: []", "but the data set's modality is 'image'"),
        ("- 1", "allowed: `modality: ...`"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_policy_is_told_before_anything_is_read(tmp_path, text, message) -> None:
    Path("a.yaml").write_text(yaml.safe_dump(image_config(tmp_path)))
    Path("p.yaml").write_text(text)
    assert message in preview("a.yaml", "--policy", "p.yaml", code=2)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--policy", "gone.yaml"], 2, "there is no policy file gone.yaml"),
        (["--policy", "fited"], 2, "did you mean 'fitted'?"),
        (["--policy", "fitted"], 2, "holds no fitted policy yet"),
        (["--rows", 0], 2, "greater than or equal to 1"),
        (["--out", "."], 2, "is a folder"),
        ([], 1, "there is no folder"),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_line(tmp_path, arguments, code, message) -> None:
    Path("a.yaml").write_text(yaml.safe_dump(image_config(tmp_path)))
    assert message in preview("a.yaml", *arguments, code=code)
    assert not Path("matchset-preview.html").exists()


def test_unreadable_records_are_counted_and_records_of_nothing_but_them_refused(tmp_path) -> None:
    path = image_set(tmp_path, source=8, target=8)
    for file in sorted((tmp_path / "source").rglob("*.png"))[:3]:
        file.write_bytes(b"no picture")
    assert "3 records that were tried could not be read" in page(path, "--rows", 4)
    for file in (tmp_path / "source").rglob("*.png"):
        file.write_bytes(b"no picture")
    assert "none of 8 source records that were tried can be read" in preview(path, "--rows", 4, code=1)
