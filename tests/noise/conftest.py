"""Makers of sounds and folders of clips."""

from pathlib import Path

import numpy as np
import pytest
import soundfile


def write_clip(path: Path, seconds: float, *, rate: int = 16000, level: float = 0.1, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = level * np.random.default_rng(seed).standard_normal(round(seconds * rate))
    soundfile.write(path, np.clip(samples, -1, 1), rate)


@pytest.fixture
def noise_folder(tmp_path: Path) -> Path:
    """Three clips of one recording, one of another, and four files that cannot be used."""
    folder = tmp_path / "street"
    for number in range(3):
        write_clip(folder / f"rain_{number:02d}.wav", 2.0, seed=number)
    write_clip(folder / "deep" / "wind_00.wav", 4.0, rate=8000, seed=9)
    write_clip(folder / "short_00.wav", 0.05)
    write_clip(folder / "silent_00.wav", 1.0, level=0.0)
    (folder / "broken_00.wav").write_bytes(b"RIFF----WAVE")
    (folder / "notes.txt").write_text("who recorded what")
    return folder
