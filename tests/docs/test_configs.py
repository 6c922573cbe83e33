"""The example configurations, on made data that lies where they say."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from makers import digit_like

from flows.plan import plan
from tasks.config.load import load_config
from tasks.payloads.audio import encode_audio

ROOT = Path(__file__).resolve().parent.parent.parent
SIGNS = ("stop", "yield", "limit")


def write_image(folder: Path) -> None:
    """100 users with 8 photos each, 300 photos from the web, 30 in a table."""
    rng = np.random.default_rng(1)

    def photo(path: str) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / path), digit_like(rng, 1))

    users = []
    for row in range(800):
        path = f"{SIGNS[row % 3]}/{row:04d}.png"
        users.append((path, f"user-{row // 8}"))
        photo(f"photos/app/{path}")
    for row in range(300):
        photo(f"photos/web/{SIGNS[row % 3]}/{row:04d}.png")
    for row in range(30):
        photo(f"archive/{row:04d}.png")
    pd.DataFrame(users, columns=["path", "user"]).to_csv(folder / "users.csv", index=False)
    archive = {"photo_id": range(30), "path": [f"{row:04d}.png" for row in range(30)], "sign": "stop"}
    pd.DataFrame(archive).to_csv(folder / "archive/photos.csv", index=False)


def write_audio(folder: Path) -> None:
    """600 words in the studio, 500 in the car, by 25 speakers each; noise and a room."""
    sound = encode_audio(np.sin(np.arange(4000) / 5).astype(np.float32) / 4, 8000)

    def recording(path: str) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(sound)

    for place, rows in (("studio", 600), ("car", 500)):
        for row in range(rows):
            speaker = place + chr(ord("a") + row % 25)
            recording(f"{place}/{('left', 'right')[row % 2]}/{speaker}_{row:04d}.flac")
    for path in ("noise/motorway/drive1_a.flac", "noise/town/market.flac", "rooms/hall.flac"):
        recording(path)


def write_tabular(folder: Path) -> None:
    """1,000 loans each by 500 customers."""
    rng = np.random.default_rng(3)
    for name in ("everywhere", "here"):
        rows = 1000
        columns = {
            "loan_id": np.arange(rows),
            "customer": [f"{name}-{row // 2}" for row in range(rows)],
            "branch_note": "seen",
            "income": rng.lognormal(3, 0.4, rows),
            "sex": rng.choice(["f", "m"], rows),
            "amount": rng.lognormal(4, 0.5, rows),
            "approved": rng.choice(["yes", "no"], rows),
        }
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", index=False)


@pytest.mark.parametrize("write", [write_image, write_audio, write_tabular])
def test_the_example_reads_and_can_be_planned(write, tmp_path: Path) -> None:
    name = write.__name__.removeprefix("write_")
    write(tmp_path)
    example = (ROOT / "configs" / f"{name}.yaml").read_text(encoding="utf-8")
    (tmp_path / "matchset.yaml").write_text(example, encoding="utf-8")
    config = load_config(tmp_path / "matchset.yaml")
    assert config.modality == name
    told = plan(config)
    assert "go to the quarantine" not in told
    assert "groups worth" in told


def test_every_example_is_tried_here() -> None:
    assert {file.stem for file in (ROOT / "configs").iterdir()} == {"image", "audio", "tabular"}
