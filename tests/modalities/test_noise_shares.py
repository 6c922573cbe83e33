"""Shares of recorded noise, fitted to what is heard in the pauses of sounds."""

import numpy as np
import pyarrow as pa
import soundfile

from tasks.modalities.noise_shares import share_out
from tasks.noise.policy import Policy
from tasks.payloads.audio import encode_audio

RATE = 8_000


def hiss(seconds, slope, seed):
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(round(seconds * RATE)))
    spectrum[1:] *= np.arange(1, len(spectrum)) ** slope
    found = np.fft.irfft(spectrum, round(seconds * RATE))
    return (0.05 * found / found.std()).astype(np.float32)


def said(slope, seed):
    """Half a second of a loud tone between pauses that are filled with noise."""
    t = np.arange(RATE) / RATE
    return (0.1 * hiss(1.0, slope, seed) + 0.3 * np.sin(3_000 * t) * ((t > 0.3) & (t < 0.7))).astype(np.float32)


def test_the_folder_that_the_target_sounds_like_is_heard_most(tmp_path) -> None:
    for name, slope in (("car", -1.0), ("wind", 0.0)):
        (tmp_path / name).mkdir()
        soundfile.write(tmp_path / name / "a.wav", hiss(6.0, slope, 1), RATE)
    sounds = [said(-1.0, seed) for seed in range(2, 32)]
    payload = [{"bytes": encode_audio(sound, RATE), "path": ""} for sound in sounds]
    rows = pa.table({"audio": pa.array(payload, pa.struct([("bytes", pa.binary()), ("path", pa.string())]))})
    noise = {"name": "noise", "probability": 0.5, "magnitudes": {"snr_db": {"normal": [10, 3]}}}
    policy = Policy.model_validate({"modality": "audio", "operations": [noise]})
    folders = [[name, str(tmp_path / name), None] for name in ("car", "wind")]
    resources = {"noise": folders, "rooms": [], "state": {}}
    changed, told = share_out(policy, rows, resources, seed=1)
    shares = changed.operation("noise").shares
    assert shares["car"] > 0.7 > 0.3 > shares["wind"] >= 0.12
    assert "car " in told
    alone = {**resources, "noise": folders[:1]}
    assert share_out(policy, rows, alone, seed=1) == (policy, "")
    assert share_out(Policy.model_validate({"modality": "image"}), rows, {}, seed=1) == (
        Policy.model_validate({"modality": "image"}),
        "",
    )
