"""Pictures that may lie behind what an image shows: which there are, and how one is put there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.errors import Unreadable
from tasks.noise.image_border import CONTENT_LEVELS, Border, Pixels
from tasks.noise.pool import Folder, Refused, by_recording, read_folders
from tasks.payloads.image import decode_image

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
SMALLEST_PX = 32
"""Of the shorter side: what is smaller has no texture to speak of."""
PLAINEST = 2.0
"""Standard deviation in levels of 255, below which a picture is one colour."""
LARGEST_PX = 512
"""Longer sides are shrunk to that: what lies behind a record is never seen in more detail."""


@dataclass(frozen=True)
class Background:
    """One picture of a pool.

    Parameters
    ----------
    name : str
        `<folder>/<file>`.
    recording : str
        `<folder>/<picture>`: crops of one photograph share it.
    pixels : (h, w) or (h, w, 3) uint8
    """

    name: str
    recording: str
    pixels: Pixels

    @property
    def category(self) -> str:
        """The folder of `synthesis.backgrounds` that it lies in."""
        return self.recording.partition("/")[0]

    @property
    def length(self) -> float:
        """One: a deck counts pictures, whatever their size."""
        return 1.0

    def cut(self, left: float, top: float, side: float) -> Pixels:
        """Cut a square out.

        Parameters
        ----------
        left, top : float
            Where it lies, as shares of the room that it has.
        side : float
            As a share of the shorter side, in (0, 1].
        """
        height, width = self.pixels.shape[:2]
        size = max(1, round(side * min(height, width)))
        y, x = round(top * (height - size)), round(left * (width - size))
        return self.pixels[y : y + size, x : x + size]


@dataclass(frozen=True)
class Backgrounds:
    """Pictures that may be drawn, and files that may not."""

    clips: tuple[Background, ...] = ()
    refused: tuple[Refused, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Background]:
        """Picture of each name."""
        return {clip.name: clip for clip in self.clips}

    @cached_property
    def by_recording(self) -> dict[str, tuple[Background, ...]]:
        """Pictures of each photograph, in order."""
        return by_recording(self.clips)


NO_BACKGROUNDS = Backgrounds()


def load_backgrounds(folders: Sequence[Folder], *, taken: Mapping[str, str] = MappingProxyType({})) -> Backgrounds:
    """Read the pictures of folders.

    Parameters
    ----------
    folders : sequence of Folder
    taken : mapping of str to str
        Files that show what a record shows -> the record: they are refused.

    Raises
    ------
    InputError
        See `tasks.noise.pool.read_folders`.
    """
    clips, refused = read_folders(
        folders,
        _read,
        lambda background: background.pixels.nbytes,
        section="backgrounds",
        thing="picture",
        remedy="Use fewer",
        taken=taken,
    )
    return Backgrounds(clips, refused)


def _read(name: str, path: Path, folder: Folder) -> Background | Refused:
    if path.suffix.lower() not in SUFFIXES:
        return Refused(name, "not_supported", f"not a picture: {path.suffix or 'no suffix'}")
    recording = f"{folder.name}/{path.relative_to(folder.path).as_posix()}"
    if folder.recording is not None:
        known = re.search(folder.recording, path.name)
        if known is None:
            return Refused(name, "no_recording", f"does not match picture: {folder.recording!r}")
        recording = f"{folder.name}/{known['picture']}"
    try:
        pixels = decode_image(path.read_bytes()).pixels
    except Unreadable as error:
        return Refused(name, error.reason, error.detail)
    except OSError as error:
        return Refused(name, "unreadable", str(error.strerror or error))
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST_PX:
        return Refused(name, "too_small", f"{width} x {height} pixels, {SMALLEST_PX} a side at least")
    if float(pixels.std()) < PLAINEST:
        return Refused(name, "plain", f"standard deviation {float(pixels.std()):.1f} of 255 levels")
    if (factor := LARGEST_PX / max(height, width)) < 1:
        pixels = _resized(pixels, round(height * factor), round(width * factor))
    return Background(name, recording, np.ascontiguousarray(pixels, np.uint8))


def put_behind(pixels: Pixels, border: Border, background: Pixels, strength: float) -> Pixels:
    """Put a picture behind what stands out from a plain border.

    Parameters
    ----------
    pixels : (h, w) or (h, w, 3) uint8
    border : Border
        Of the image; one that is not plain leaves it as it is, for nobody knows what lies behind.
    background : (a, a) or (a, a, 3) uint8
        Is stretched to the image.
    strength : float
        In [0, 1]: how far the border's colour gives way.

    Returns
    -------
    uint8 array of the shape of `pixels`

    Notes
    -----
    What stands out most keeps its colour, the border takes the background's, all between in proportion: edges stay as
    soft as they were. Invariants: at 0, and where nothing stands out, the image stays as it is.
    """
    colour = np.array(border.median, np.float32).reshape(1, 1, -1)
    whole = pixels.reshape(*pixels.shape[:2], -1).astype(np.float32)
    away = np.abs(whole - colour).max(axis=2, keepdims=True)
    if not border.plain or not strength or away.max() <= CONTENT_LEVELS:
        return pixels
    scene = _channels(_resized(background, *pixels.shape[:2]), whole.shape[2]).astype(np.float32)
    behind = whole + (1 - away / away.max()) * np.float32(strength) * (scene - colour)
    found: NDArray[np.uint8] = np.clip(np.rint(behind), 0, 255).astype(np.uint8)
    return found.reshape(pixels.shape)


def _channels(pixels: Pixels, count: int) -> Pixels:
    """Return a picture with one channel or three."""
    if pixels.ndim == 3 and count == 1:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)[..., None]
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], count, axis=2)


def _resized(pixels: Pixels, height: int, width: int) -> Pixels:
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
