"""Pictures as a small model sees them: small and grey, with a little colour."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.task_space.convolution import Floats, convolve, random_filters

PIXELS = 28
"""Height and width that every picture is brought to, whatever its proportions, as networks do."""
CELLS = 4


def see_pictures(pixels: Sequence[NDArray[np.uint8]], *, seed: int) -> Floats:
    """Return features of pictures.

    Parameters
    ----------
    pixels : sequence of ndarray of uint8, (h, w) or (h, w, 3)
        Of any size.
    seed : int
        Draws the filters.

    Returns
    -------
    ndarray of float32, shape (n, 992)
        Random convolutions of brightness; then red and blue against green in each cell, 0 where a picture is grey.

    Notes
    -----
    Invariant: a picture's features depend on that picture and the seed alone.
    """
    light = np.empty((len(pixels), PIXELS, PIXELS), np.float32)
    colour = np.zeros((len(pixels), 2 * CELLS * CELLS), np.float32)
    for place, picture in enumerate(pixels):
        small = _small(picture)
        if small.ndim == 3:
            cells = cv2.resize(small, (CELLS, CELLS), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
            colour[place] = (cells[..., [0, 2]] - cells[..., 1:2]).reshape(-1)
            small = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        light[place] = small
    light /= 255
    return np.concatenate([convolve(light, random_filters(seed), rows=CELLS, columns=CELLS), colour], axis=1)


def small_pictures(pixels: Sequence[NDArray[np.uint8]]) -> Floats:
    """Return pictures as a model sees them that learns its own filters, (n, 3, 28, 28), 0 to 1; grey ones thrice."""
    found = np.empty((len(pixels), 3, PIXELS, PIXELS), np.float32)
    for place, picture in enumerate(pixels):
        small = _small(picture)
        found[place] = small if small.ndim == 2 else small.transpose(2, 0, 1)
    return found / np.float32(255)


def _small(picture: NDArray[np.uint8]) -> NDArray[Any]:
    way = cv2.INTER_AREA if min(picture.shape[:2]) > PIXELS else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (PIXELS, PIXELS), interpolation=way))
