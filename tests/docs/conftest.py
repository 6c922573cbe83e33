"""What the pages of docs/ call "your data", small and made, at the places that they name."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from makers import image_folder
from numpy.typing import NDArray

from tasks.payloads.audio import encode_audio

RATE_HZ = 8000


@pytest.fixture
def own_data(tmp_path: Path) -> Path:
    """A folder with photos/, loans/ and calls/ as docs/first-own-data.md finds them."""
    write_photos(tmp_path / "photos")
    write_loans(tmp_path / "loans")
    write_calls(tmp_path / "calls")
    return tmp_path


def write_photos(folder: Path) -> None:
    """240 images of 4 labels in web/, 200 blurred ones by 50 users in app/, and 40 by 10 more users in new/."""
    image_folder(folder / "web", 240, seed=1)
    for place, rows, first, users in (("app", 200, 0, 50), ("new", 40, 50, 10)):
        image_folder(folder / place, rows, seed=2 + first, blur=True)
        for file in sorted((folder / place).rglob("*.png")):
            user = first + int(file.stem) // 4 % users
            file.rename(file.with_name(f"g{user}_{file.name}"))


def write_loans(folder: Path) -> None:
    """Two tables that a region's income tells apart."""
    folder.mkdir(parents=True, exist_ok=True)
    _loans(600, 0.6, first=1).to_csv(folder / "everywhere.csv", index=False)
    _loans(400, 0.0, first=601).to_csv(folder / "here.csv", index=False)


def _loans(rows: int, richer: float, *, first: int) -> pd.DataFrame:
    rng = np.random.default_rng(first)
    income = np.round(rng.lognormal(3 + richer, 0.4, rows), 1)
    return pd.DataFrame(
        {
            "id": np.arange(first, first + rows),
            "income": income,
            "amount": np.round(income * rng.uniform(1, 4, rows), 1),
            "term_months": rng.choice([120, 240, 360], rows),
            "purpose": rng.choice(["house", "car", "other"], rows),
            "sex": rng.choice(["f", "m"], rows),
            "approved": np.where(rng.random(rows) < 0.7, "yes", "no"),
        }
    )


def write_calls(folder: Path) -> None:
    """Two words by 40 speakers in the quiet, by 40 others in noise, and 4 recordings of noise in 3 clips each."""
    rng = np.random.default_rng(5)
    for place, rows, noise in (("studio", 160, 0.002), ("car", 160, 0.05)):
        for row in range(rows):
            word = ("left", "right")[row % 2]
            speaker = row // 2 % 40
            spoken = _word(rng, word, pitch_hz=110 + 4 * speaker)
            _write_sound(
                folder / place / word / f"{place}{speaker}_{row:04d}.flac", spoken + rng.normal(0, noise, len(spoken))
            )
    for clip in range(12):
        walk = np.cumsum(rng.normal(0, 1, 4 * RATE_HZ))
        hum = walk - np.linspace(walk[0], walk[-1], len(walk))
        _write_sound(folder / "noise" / f"road-{clip // 3}_{clip}.flac", 0.5 * hum / np.abs(hum).max())


def _word(rng: np.random.Generator, word: str, *, pitch_hz: float) -> NDArray[np.float64]:
    """A gliding tone with overtones: up for right, down for left, of a length and at a place of its own."""
    length = int(RATE_HZ * rng.uniform(0.25, 0.45))
    glide = np.linspace(1, 1.5 if word == "right" else 0.67, length) * pitch_hz * rng.uniform(0.9, 1.1)
    phase = 2 * np.pi * np.cumsum(glide) / RATE_HZ
    voice = sum(rng.uniform(0.2, 1) / part * np.sin(part * phase) for part in range(1, 12))
    sound = np.zeros(RATE_HZ * 6 // 10)
    start = int(rng.integers(0, len(sound) - length))
    sound[start : start + length] = 0.12 * voice * np.hanning(length)
    return sound


def _write_sound(file: Path, samples: NDArray[np.float64]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encode_audio(np.clip(samples, -1, 1).astype(np.float32), RATE_HZ))
