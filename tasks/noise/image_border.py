"""The border of an image: whether it is plain, in which colour, and what stands out from it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]

FLAT_LEVELS = 16
"""A border whose middle 80 % spans fewer levels of 255 is plain: paper, screens and black backgrounds with their
sensor noise and compression stay below, textures do not."""
CONTENT_LEVELS = 32
"""How far content differs from a plain border: twice what a plain border may itself span."""


class Border(NamedTuple):
    """The outermost ring of pixels of an image."""

    median: tuple[float, ...]
    """Of each channel."""
    plain: bool
    """Whether it is one colour."""


def borders_of(images: Sequence[Pixels]) -> list[Border]:
    """Look at the outermost ring of pixels of each image.

    Parameters
    ----------
    images : sequence of (h, w) or (h, w, 3) uint8

    Returns
    -------
    list of Border

    Notes
    -----
    Images of one shape are sorted together: for small ones that is five times faster than one by one.
    """
    places: dict[tuple[int, ...], list[int]] = {}
    for place, pixels in enumerate(images):
        places.setdefault(pixels.shape, []).append(place)
    found: dict[int, Border] = {}
    for shape, same in places.items():
        ring = _ring(shape[0], shape[1])
        channels = shape[2] if len(shape) == 3 else 1
        rings = np.empty((len(same), len(ring), channels), np.uint8)
        for row, place in enumerate(same):
            images[place].reshape(-1, channels).take(ring, axis=0, out=rings[row])
        n = len(ring)
        low, middle, high = n // 10, n // 2, (9 * n) // 10
        rings.partition((low, middle, high), axis=1)
        plain: list[bool] = np.all(rings[:, high].astype(np.int16) - rings[:, low] < FLAT_LEVELS, axis=1).tolist()
        medians = rings[:, middle].astype(float).tolist()
        found.update((p, Border(tuple(medians[row]), plain[row])) for row, p in enumerate(same))
    return [found[place] for place in range(len(images))]


@lru_cache(maxsize=64)
def _ring(height: int, width: int) -> NDArray[np.intp]:
    """Flat indices of the outermost pixels, each once."""
    inside: NDArray[np.bool_] = np.ones((height, width), bool)
    inside[1:-1, 1:-1] = False
    return np.flatnonzero(inside)


def content_box(pixels: Pixels, border: Border) -> Box | None:
    """Find what stands out from a plain border.

    Returns
    -------
    (left, top, width, height) in pixels, or None
        None where the border is not plain, or nothing stands out.
    """
    if not border.plain:
        return None
    colour: Any = (*border.median, 0.0, 0.0, 0.0)[:4]
    difference = np.asarray(cv2.absdiff(pixels, colour)).reshape(pixels.shape)
    found = (difference if pixels.ndim == 2 else difference.max(axis=2)) > CONTENT_LEVELS
    left, top, width, height = cv2.boundingRect(found.view(np.uint8))
    return (float(left), float(top), float(width), float(height)) if width else None
