"""Small data sets and configurations, made when a test needs them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml


def digit_like(rng: np.random.Generator, label: int, *, blur: bool = False, size: int = 28) -> np.ndarray:
    """Draw a bar whose angle is the label on paper of its own, with a random place and strength; (size, size) uint8.

    Without the paper many bars would be what others look like when they are turned and shifted: near-duplicates.
    """
    image = np.zeros((size, size), np.uint8)
    angle = np.pi * label / 4 + rng.normal(0, 0.08)
    centre = size / 2 + rng.normal(0, 1.5, 2)
    reach = size * rng.uniform(0.28, 0.4) * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(int(value) for value in np.round(centre + sign * reach)) for sign in (-1, 1)]
    cv2.line(image, ends[0], ends[1], int(rng.integers(170, 255)), int(rng.integers(2, 4)), cv2.LINE_AA)
    paper = cv2.resize(rng.uniform(0, 60, (5, 5)), image.shape, interpolation=cv2.INTER_CUBIC)
    noisy = np.maximum(image, paper) + rng.normal(0, 6, image.shape)
    if blur:
        noisy = cv2.GaussianBlur(noisy, (0, 0), 1.6) * 0.7 + 20
    return np.clip(noisy, 0, 255).astype(np.uint8)


def image_folder(
    folder: Path, rows: int, *, labels: int = 4, seed: int = 0, blur: bool = False, groups: int = 0
) -> Path:
    """Write PNG files as <folder>/<label>/[g<group>_]<number>.png, labels in turn."""
    rng = np.random.default_rng(seed)
    for row in range(rows):
        label = row % labels
        group = f"g{row // labels % groups}_" if groups else ""
        file = folder / str(label) / f"{group}{row:05d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(file), digit_like(rng, label, blur=blur))
    return folder


def image_config(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return the configuration of a small image data set, which `image_set` writes."""
    given: dict[str, Any] = {
        "name": "bars",
        "seed": 3,
        "modality": "image",
        "store": str(folder / "store"),
        "inputs": [
            {"name": "web", "domain": "source", "kind": "image_folder", "path": str(folder / "source")},
            {"name": "app", "domain": "target", "kind": "image_folder", "path": str(folder / "target")},
        ],
        "splits": {"dev": {"rows": 40}, "test": {"rows": 40}, "train_dev": {"rows": 40}, "target_in_train": "rest"},
        "synthesis": {"copies": 1.0, "policy": "default"},
        "validation": {"fail_on": "never"},
    }
    return merged(given, changes)


def image_set(folder: Path, *, source: int = 240, target: int = 160, **changes: Any) -> Path:
    """Write a small image data set and its matchset.yaml; return the configuration's path."""
    image_folder(folder / "source", source, seed=1)
    image_folder(folder / "target", target, seed=2, blur=True)
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(image_config(folder, **changes)), encoding="utf-8")
    return path


def merged(given: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay changes over a mapping, section by section."""
    result = dict(given)
    for key, value in changes.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result
