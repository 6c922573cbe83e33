"""Data sets for the benchmarks, by a seeded generator: characters of 28 pixels, and pictures that compress like photos.

Every picture depends on the seed, its input and its place alone, so that a larger data set contains the smaller ones.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LABELS = 10
SIDE_PX = 28
PHOTO_PX = 300
"""Longest side of a photo; the other follows from one of the usual formats."""
FORMATS = (1.0, 4 / 3, 3 / 2, 16 / 9, 3 / 4)
JPEG_QUALITY = 90
TARGET_ONE_IN = 20
"""One picture in so many is of the target."""
TARGET_LEAST = 20
"""Fewer could not fill dev and test."""
_STROKE = 12
"""Points of a character's line."""
_CHUNK = 500

Pixels = NDArray[np.uint8]


def write_pictures(folder: Path, kind: str, n: int, *, seed: int = 7, processes: int = 2) -> None:
    """Write n pictures as `source/<label>/<number>` and `target/<label>/<number>`.

    Parameters
    ----------
    folder : Path
        Where to; pictures that are there are kept.
    kind : {"characters", "photos"}
        28 x 28 grey PNG, or colour JPEG of quality 90 whose longest side is 300 pixels.
    n : int
        Of both inputs together: one in twenty is of the target, at least twenty.
    """
    target = max(n // TARGET_ONE_IN, TARGET_LEAST)
    places = [("source", i) for i in range(n - target)] + [("target", i) for i in range(target)]
    chunks = [places[start : start + _CHUNK] for start in range(0, n, _CHUNK)]
    with ProcessPoolExecutor(processes) as pool:
        for _ in pool.map(partial(_write, folder, KINDS[kind], seed), chunks):
            pass


def _write(folder: Path, kind: tuple[str, Callable[..., bytes]], seed: int, places: Iterable[tuple[str, int]]) -> None:
    suffix, draw = kind
    for name, place in places:
        label = place % LABELS
        path = folder / name / str(label) / f"{place:06d}{suffix}"
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng([seed, name == "target", place])
        path.write_bytes(draw(rng, label, shifted=name == "target"))


def _character(rng: np.random.Generator, label: int, *, shifted: bool) -> bytes:
    """Draw a line through a label's own five points, moved, turned and slanted; the target's is thicker and paler."""
    corners = np.random.default_rng(label).uniform(-8, 8, (5, 2)) + rng.normal(0, 1.4, (5, 2))
    corners = corners @ (np.diag(rng.uniform(0.75, 1.15, 2)) + rng.normal(0, 0.15, (2, 2))) + rng.normal(14, 0.7, 2)
    at, grid = np.linspace(0, 1, len(corners)), np.linspace(0, 1, _STROKE)
    line = np.column_stack([np.interp(grid, at, corners[:, axis]) for axis in (0, 1)])
    canvas = np.zeros((SIDE_PX * 4, SIDE_PX * 4), np.uint8)
    width = int(rng.integers(7, 11) + 3 * shifted)
    cv2.polylines(canvas, [np.rint(line * 4).astype(np.int32)], False, int(rng.integers(190, 256)), width, cv2.LINE_AA)
    small = cv2.resize(canvas, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    noisy = small * (0.8 if shifted else 1.0) + np.abs(rng.normal(0, 2 if shifted else 0.5, small.shape))
    return _encoded(".png", np.clip(noisy, 0, 255).astype(np.uint8), [])


def _photo(rng: np.random.Generator, label: int, *, shifted: bool) -> bytes:
    """Paint a smooth field, a texture and some shapes; the target's are darker, yellower and noisier."""
    ratio = FORMATS[int(rng.integers(len(FORMATS)))]
    width, height = (PHOTO_PX, round(PHOTO_PX / ratio)) if ratio >= 1 else (round(PHOTO_PX * ratio), PHOTO_PX)
    field = cv2.resize(
        rng.uniform(30, 220, (5, 6, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    grain = rng.normal(0, 1, (height, width)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.7, 2.5), sigmaY=rng.uniform(0.7, 4))
    picture = field + (rng.uniform(5, 25) / grain.std() * grain)[..., None]
    for _ in range(2 + label):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(8, 60)), int(rng.integers(8, 60)))
        colour = tuple(rng.uniform(0, 255, 3).tolist())
        layer = picture.copy()
        cv2.ellipse(layer, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
        picture = cv2.addWeighted(layer, 0.8, picture, 0.2, 0)
    picture += rng.normal(0, 6 if shifted else 2, picture.shape)
    picture *= np.array([0.7, 0.8, 0.8]) if shifted else 1.0
    return _encoded(".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def _encoded(suffix: str, pixels: Pixels, options: list[int]) -> bytes:
    done, data = cv2.imencode(suffix, pixels, options)
    if not done:
        raise ValueError(f"cv2 cannot write {suffix} of shape {pixels.shape}")
    return data.tobytes()


KINDS: dict[str, tuple[str, Callable[..., bytes]]] = {"characters": (".png", _character), "photos": (".jpg", _photo)}
