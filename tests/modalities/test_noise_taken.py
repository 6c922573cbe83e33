"""Clips that are records are found, in whatever lossless container, and refused."""

import numpy as np
import pyarrow as pa
import pytest
import soundfile

from tasks.catalog.digest import digest_bytes, digest_file
from tasks.modalities.audio import MODALITY, identify_sound
from tasks.modalities.noise_taken import taken_clips
from tasks.payloads.audio import decode_audio


@pytest.fixture
def street(tmp_path):
    folder = tmp_path / "street"
    folder.mkdir()
    for number in range(3):
        samples = 0.1 * np.random.default_rng(number).standard_normal(16_000)
        soundfile.write(folder / f"{number}.wav", samples, 16_000, subtype="PCM_16")
    (folder / "broken.wav").write_bytes(b"RIFF----WAVE")
    return folder


def prepared(folder) -> dict:
    state = {path.name: digest_file(path) for path in sorted(folder.iterdir())}
    return {"noise": [["street", str(folder), None]], "rooms": [], "state": {str(folder): state}}


def records(*rows: tuple[str, str, str]) -> pa.Table:
    names = ("record_id", "file_hash", "content_hash")
    return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})


def test_the_same_bytes_and_the_same_samples_are_found(street, tmp_path) -> None:
    samples, rate = soundfile.read(street / "1.wav", dtype="int16")
    soundfile.write(tmp_path / "again.flac", samples, rate, subtype="PCM_16")
    again = decode_audio((tmp_path / "again.flac").read_bytes())
    known = records(
        ("car/b", digest_file(street / "0.wav"), "x"),
        ("car/a", digest_file(street / "0.wav"), "x"),
        ("car/c", "y", digest_bytes(identify_sound((again.samples, again.sample_rate_hz)))),
    )
    found = taken_clips(MODALITY, prepared(street), known)
    assert found == {"street/0.wav": "car/a", "street/1.wav": "car/c"}
    pool, _ = MODALITY.load(prepared(street) | {"taken": found})
    assert list(pool.by_name) == ["street/2.wav"]
    reasons = {refused.name: refused.reason for refused in pool.refused}
    assert reasons["street/0.wav"] == reasons["street/1.wav"] == "same_as_record"
    assert set(reasons) == {"street/0.wav", "street/1.wav", "street/broken.wav"}


def test_other_records_and_no_noise_leave_all_clips(street) -> None:
    assert not taken_clips(MODALITY, prepared(street), records(("car/a", "x", "y")))
    assert not taken_clips(MODALITY, {}, records(("car/a", "x", "y")))
    assert not taken_clips(MODALITY, {"noise": [], "rooms": [], "state": {}}, records())
