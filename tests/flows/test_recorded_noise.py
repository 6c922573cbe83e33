"""Recorded noise through the main job: accounted for, refused where it is one recording, or nothing of it is left."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import soundfile
import yaml

from flows.build_dataset import build_dataset
from tasks.config.load import load_config
from tasks.errors import InputError, RejectedError

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]
RATE = 8000


def hiss(seconds: float, seed: int, colour: float) -> np.ndarray:
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(round(seconds * RATE)))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** colour
    samples = np.fft.irfft(spectrum, round(seconds * RATE))
    return 0.1 * samples / samples.std()


def word(rng: np.random.Generator, label: int) -> np.ndarray:
    t = np.arange(RATE // 2) / RATE
    pitch = 250 + 150 * label + rng.normal(0, 20)
    tone = sum(rng.uniform(0.3, 1) * np.sin(2 * np.pi * k * pitch * t + rng.uniform(0, 6)) for k in range(1, 5))
    return 0.05 * tone * (np.abs(t - 0.25) < rng.uniform(0.1, 0.2)) + 0.001 * rng.standard_normal(len(t))


def written(folder: Path, **synthesis: Any) -> Path:
    rng = np.random.default_rng(0)
    for domain, rows in (("source", 120), ("target", 60)):
        for number in range(rows):
            place = folder / domain / str(number % 2) / f"{number:03d}.wav"
            place.parent.mkdir(parents=True, exist_ok=True)
            noise = hiss(0.5, number, 0.5) if domain == "target" else 0
            soundfile.write(place, word(rng, number % 2) + 0.2 * noise, RATE)
    config = {
        "name": "words",
        "seed": 7,
        "modality": "audio",
        "store": str(folder / "store"),
        "inputs": [
            {"name": "studio", "domain": "source", "kind": "audio_folder", "path": str(folder / "source")},
            {"name": "car", "domain": "target", "kind": "audio_folder", "path": str(folder / "target")},
        ],
        "splits": {"dev": {"rows": 20}, "test": "none", "train_dev": {"rows": 20}},
        "synthesis": {"policy": "default", "noise": [{"name": "street", "path": str(folder / "street")}]} | synthesis,
        "validation": {"fail_on": "critical"},
    }
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def pool(folder: Path, recordings: int) -> None:
    (folder / "street").mkdir()
    for number in range(recordings):
        soundfile.write(folder / "street" / f"{number}.wav", hiss(6, 100 + number, 0.08 * number), RATE)


def refused_by(folder: Path) -> str:
    with pytest.raises(RejectedError) as refusal:
        build_dataset(load_config(written(folder)))
    return str(refusal.value)


def test_one_recording_is_refused_and_the_message_says_what_to_do(tmp_path) -> None:
    pool(tmp_path, 1)
    message = refused_by(tmp_path)
    assert "Is the noise more than one recording?" in message
    assert "Add recordings" in message


def test_a_pool_with_dirt_is_cleaned_and_every_file_named(tmp_path) -> None:
    pool(tmp_path, 6)
    street = tmp_path / "street"
    soundfile.write(street / "both.wav", np.column_stack([hiss(6, 1, 0.3), hiss(6, 2, 0.3)]), 44_100)
    soundfile.write(street / "silent.wav", np.zeros(RATE), RATE)
    soundfile.write(street / "short.wav", hiss(0.1, 3, 0), RATE)
    (street / "broken.wav").write_bytes(b"RIFF----WAVE")
    path = written(tmp_path)
    (street / "record.wav").write_bytes(next((tmp_path / "target" / "0").glob("*.wav")).read_bytes())
    try:
        outcome = build_dataset(load_config(path))
    except RejectedError as refusal:  # what small models make of so few words is another matter
        pytest.fail(str(refusal))
    listed = pq.read_table(outcome.folder / "synthesis" / "noise_pool.parquet").to_pylist()
    reasons = {row["file"]: row["reason"] for row in listed}
    assert {name: reason for name, reason in reasons.items() if reason} == {
        "street/silent.wav": "silent",
        "street/short.wav": "too_short",
        "street/broken.wav": reasons["street/broken.wav"],
        "street/record.wav": "same_as_record",
    }
    assert next(row["channels"] for row in listed if row["file"] == "street/both.wav") == 2
    statistics = set(pq.read_table(outcome.folder / "measurements.parquet")["statistic"].to_pylist())
    assert {"noise_effective_recordings", "noise_repetition", "noise_heard_in", "noise_unseen_gap"} <= statistics
    checks = {check.id: check.status for check in outcome.verdict.checks}
    assert checks["noise-apart.dev"] == "pass"
    assert "noise-apart.test" not in checks
    page = (outcome.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert 'id="recorded-noise"' in page
    assert "street/record.wav" in page


def test_a_pool_of_damaged_files_is_an_error_that_names_them(tmp_path) -> None:
    (tmp_path / "street").mkdir()
    (tmp_path / "street" / "broken.wav").write_bytes(b"RIFF----WAVE")
    with pytest.raises(InputError, match=r"no clip .* can be used.*broken\.wav"):
        build_dataset(load_config(written(tmp_path)))
