"""The near-duplicate keys of images and rows."""

from collections.abc import Sequence

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.descriptors.fingerprint import SIDE, encode_pictures

_BATCH = 256


def fingerprint_images(pixels: Sequence[NDArray[np.uint8]]) -> list[bytes]:
    """Return the near-duplicate key of each image.

    Parameters
    ----------
    pixels : sequence of (h, w) or (h, w, 3) uint8
        Decoded images of any sizes.

    Returns
    -------
    list of bytes, length n
        144 bytes each; b"" for a plain image, which nothing tells from another plain image.

    Notes
    -----
    Colour, brightness and contrast do not count; re-encoding and resizing change little, turning by 2 degrees or
    cropping by 2 % something that alignment takes back. A mirrored or strongly cropped copy is not found.
    """
    keys: list[bytes] = []
    for start in range(0, len(pixels), _BATCH):
        batch = [_small_grey(image) for image in pixels[start : start + _BATCH]]
        keys += encode_pictures(np.array(batch, dtype=np.float32))
    return keys


def _small_grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    way = cv2.INTER_AREA if min(grey.shape) >= SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=way), dtype=np.uint8)


def fingerprint_rows(features: pa.Table | pa.StructArray) -> list[bytes]:
    """Return b"" for each row: rows are compared by their columns, whose granularity only the whole table tells."""
    return [b""] * len(features)
