"""S14: much general speech and few spoken directions: the same as with images, through the main job."""

from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
import pytest
import soundfile
import yaml

from flows.build_dataset import build_dataset
from flows.plan import plan
from tasks.config.load import load_config

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]
RATE_HZ = 8000


def speech(folder: Path) -> Path:
    """Write 160 quiet words of 20 speakers and 80 words in a car of 20 others, and a configuration."""
    rng = np.random.default_rng(14)
    for name, rows, noise in (("general", 160, 0.001), ("car", 80, 0.02)):
        for row in range(rows):
            place = folder / name / str(row % 2) / f"{name}{row // 2 % 20}_{row:03d}.wav"
            place.parent.mkdir(parents=True, exist_ok=True)
            t = np.arange(RATE_HZ // 2) / RATE_HZ
            tone = np.sin(2 * np.pi * (250 + 150 * (row % 2) + rng.normal(0, 20)) * t) * (np.abs(t - 0.25) < 0.15)
            soundfile.write(place, 0.1 * tone + rng.normal(0, noise, len(t)), RATE_HZ)
    config = {
        "name": "directions",
        "seed": 7,
        "modality": "audio",
        "store": str(folder / "store"),
        "inputs": [
            {
                "name": name,
                "domain": domain,
                "kind": "audio_folder",
                "path": str(folder / name),
                "group": "(?P<group>[a-z]+[0-9]+)_",
            }
            for name, domain in (("general", "source"), ("car", "target"))
        ],
        "splits": {"dev": {"rows": 24}, "test": {"rows": 24}, "train_dev": {"rows": 16}},
        "synthesis": {"policy": "default"},
        "validation": {"fail_on": "never"},
    }
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def test_dev_and_test_are_the_cars_and_the_report_says_why(tmp_path: Path) -> None:
    config = load_config(speech(tmp_path))
    told = plan(config)
    assert "1 shuffle all     train 128 source + 64 target | dev 16 source + 8 target | test" in told
    assert "2 target judged   train 160 source + 32 target | dev 0 source + 24 target | test" in told

    folder = build_dataset(config).folder
    rows = {
        split: ds.dataset(folder / "data" / split).to_table(columns=["domain", "group", "synthetic"]).to_pandas()
        for split in ("train", "train-dev", "dev", "test")
    }
    assert set(rows["dev"].domain) == set(rows["test"].domain) == {"target"}
    assert (len(rows["dev"]), len(rows["test"])) == (24, 24)
    speakers = {split: set(own.group) for split, own in rows.items()}
    for split in ("dev", "test", "train-dev"):
        others = set().union(*(of for other, of in speakers.items() if other != split))
        assert not speakers[split] & others
    real = rows["train"][~rows["train"].synthetic]
    assert set(real.domain) == {"source", "target"}
    page = (folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "Option 2 was taken. Shuffled together, 67% of dev would be source records" in page.replace(" %", "%")
