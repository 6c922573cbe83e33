"""The pool: which clips, from which recording, and why not the others."""

from pathlib import Path

import numpy as np
import pytest

from tasks.errors import InputError
from tasks.noise import pool as pool_module
from tasks.noise.pool import Folder, load_pool

RECORDING = r"(?P<recording>[a-z]+)_"


def test_clips_and_reasons(noise_folder) -> None:
    pool = load_pool([Folder("street", noise_folder, RECORDING)])
    assert [clip.name for clip in pool.clips] == [
        "street/deep/wind_00.wav",
        "street/rain_00.wav",
        "street/rain_01.wav",
        "street/rain_02.wav",
    ]
    assert {name: len(clips) for name, clips in pool.by_recording.items()} == {"street/rain": 3, "street/wind": 1}
    reasons = dict(pool.refused)
    assert "too short: 0.050 s" in reasons["street/short_00.wav"]
    assert reasons["street/silent_00.wav"] == "silent"
    assert reasons["street/broken_00.wav"]
    assert "not a sound file: .txt" in reasons["street/notes.txt"]
    assert len(pool.clips) + len(pool.refused) == 8


def test_without_an_expression_each_file_is_its_own_recording(noise_folder) -> None:
    pool = load_pool([Folder("street", noise_folder)])
    assert len(pool.by_recording) == 4


def test_a_name_without_recording_is_refused_with_that_reason(noise_folder) -> None:
    pool = load_pool([Folder("street", noise_folder, r"(?P<recording>rain)_")])
    assert "does not match" in dict(pool.refused)["street/deep/wind_00.wav"]


def test_samples_are_those_of_the_file_and_go_round(noise_folder) -> None:
    import soundfile

    clip = load_pool([Folder("street", noise_folder)]).by_name["street/rain_00.wav"]
    stored, _ = soundfile.read(noise_folder / "rain_00.wav", dtype="float32")
    assert np.abs(clip.samples(0, len(stored)) - stored).max() < 2e-5
    assert np.allclose(clip.samples(len(stored) - 5, 12), np.concatenate((stored[-5:], stored[:7])), atol=2e-5)
    assert clip.samples(3, 3 * len(stored)).shape == (3 * len(stored),)
    assert clip.power == pytest.approx(np.mean(stored.astype(float) ** 2), rel=1e-3)
    assert clip.duration_s == 2.0


def test_a_missing_or_useless_folder_is_an_error_with_remedy(tmp_path, noise_folder) -> None:
    with pytest.raises(InputError, match=r"'car'.*no folder at"):
        load_pool([Folder("car", tmp_path / "nowhere")])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no files"):
        load_pool([Folder("car", tmp_path / "empty")])
    with pytest.raises(InputError, match=r"no clip.*not match"):
        load_pool([Folder("car", noise_folder, r"(?P<recording>xyz)")])


def test_a_pool_that_memory_cannot_hold_is_refused(noise_folder, monkeypatch) -> None:
    monkeypatch.setattr(pool_module, "MOST_BYTES", 10_000)
    with pytest.raises(InputError, match="in every worker"):
        load_pool([Folder("street", noise_folder)])


def test_two_folders_may_hold_files_of_one_name(noise_folder, tmp_path) -> None:
    import shutil

    other = shutil.copytree(noise_folder, tmp_path / "car")
    pool = load_pool([Folder("street", noise_folder), Folder("car", Path(other))])
    assert len(pool.by_name) == len(pool.clips) == 8
