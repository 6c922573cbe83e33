"""The pool: which clips, from which recording, and why not the others."""

from pathlib import Path

import numpy as np
import pytest

from tasks.errors import InputError
from tasks.noise import pool as pool_module
from tasks.noise.pool import REASONS, Folder, load_pool

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
    reasons = {refused.name: refused for refused in pool.refused}
    assert reasons["street/short_00.wav"].reason == "too_short"
    assert "0.050 s" in reasons["street/short_00.wav"].detail
    assert reasons["street/silent_00.wav"].reason == "silent"
    assert reasons["street/broken_00.wav"].reason in ("damaged", "truncated")
    assert reasons["street/notes.txt"].reason == "not_supported"
    assert "not a sound file: .txt" in reasons["street/notes.txt"].detail
    assert {refused.reason for refused in pool.refused} <= REASONS.keys()
    assert len(pool.clips) + len(pool.refused) == 8


def test_without_an_expression_each_file_is_its_own_recording(noise_folder) -> None:
    pool = load_pool([Folder("street", noise_folder)])
    assert len(pool.by_recording) == 4


def test_a_name_without_recording_is_refused_with_that_reason(noise_folder) -> None:
    pool = load_pool([Folder("street", noise_folder, r"(?P<recording>rain)_")])
    refused = next(refused for refused in pool.refused if refused.name == "street/deep/wind_00.wav")
    assert refused.reason == "no_recording"
    assert "does not match" in refused.detail


def test_samples_are_those_of_the_file(noise_folder) -> None:
    import soundfile

    clip = load_pool([Folder("street", noise_folder)]).by_name["street/rain_00.wav"]
    stored, _ = soundfile.read(noise_folder / "rain_00.wav", dtype="float32")
    assert np.abs(clip.samples(0, len(stored)) - stored).max() < 2e-5
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


def test_a_clipped_clip_is_refused_and_a_stereo_one_mixed_down(tmp_path) -> None:
    import soundfile

    rng = np.random.default_rng(0)
    wave = rng.standard_normal(32_000)
    soundfile.write(tmp_path / "cut.wav", np.clip(wave, -0.5, 0.5), 16_000)
    both = 0.1 * rng.standard_normal((44_100, 2))
    soundfile.write(tmp_path / "both.flac", both, 44_100)
    pool = load_pool([Folder("street", tmp_path)])
    assert [(clip.name, clip.channels, clip.sample_rate_hz) for clip in pool.clips] == [("street/both.flac", 2, 44_100)]
    assert np.allclose(pool.clips[0].samples(0, 44_100), both.mean(axis=1), atol=1e-4)
    (refused,) = pool.refused
    assert refused.reason == "clipped"
    assert "cut off" in refused.detail


def test_a_clip_that_a_record_holds_is_refused(noise_folder) -> None:
    pool = load_pool([Folder("street", noise_folder)], taken={"street/rain_00.wav": "app/7/rain.wav"})
    assert "street/rain_00.wav" not in pool.by_name
    refused = next(refused for refused in pool.refused if refused.name == "street/rain_00.wav")
    assert refused.reason == "same_as_record"
    assert "app/7/rain.wav" in refused.detail
