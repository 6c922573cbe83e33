"""Image descriptors: what a photo looks like before anybody asks what it shows."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.blocks import BLOCKS, describe_blocks
from tasks.descriptors.descriptor import CONTAINER, Descriptor
from tasks.descriptors.detail import DETAIL, describe_detail
from tasks.descriptors.fineness import FINENESS, describe_fineness
from tasks.descriptors.foreground import FOREGROUND, describe_foreground
from tasks.descriptors.light import LIGHT, describe_light, grey_histograms

FRAME: dict[str, Descriptor] = {
    "width_px": Descriptor("px", CONTAINER, "Width of the decoded image."),
    "height_px": Descriptor("px", CONTAINER, "Height of the decoded image."),
    "aspect": Descriptor("width / height", CONTAINER, "Width over height."),
}

DESCRIPTORS: dict[str, Descriptor] = {**LIGHT, **DETAIL, **FINENESS, **BLOCKS, **FOREGROUND, **FRAME}
"""Name -> descriptor, in the order of the columns that `describe_images` returns."""

BATCH_PX = 1 << 17
"""Pixels worked on at once. Measured: larger batches fall out of the cache and are slower."""


def describe_images(pixels: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Describe images by the numbers of `DESCRIPTORS`.

    Parameters
    ----------
    pixels : sequence of (h, w) or (h, w, 3) uint8
        Decoded images, grey or RGB, of any sizes; h, w >= 1.

    Returns
    -------
    (n, p) float32
        One row an image, one column a descriptor in the order of `DESCRIPTORS`. Always finite.

    Raises
    ------
    ValueError
        If an array is not uint8 or not of such a shape.

    Notes
    -----
    Invariants: an image's row depends on that image alone, bit for bit, not on its neighbours in the batch; a grey
    image and the same image with three equal channels have equal rows.
    """
    rows = np.zeros((len(pixels), len(DESCRIPTORS)), dtype=np.float32)
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for i, image in enumerate(pixels):
        if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
            raise ValueError(f"image {i}: uint8 (h, w) or (h, w, 3) wanted, found {image.dtype} {image.shape}")
        if image.size == 0:
            raise ValueError(f"image {i}: at least one pixel wanted, found {image.shape}")
        by_shape.setdefault(image.shape, []).append(i)
    for shape, members in by_shape.items():
        step = max(1, BATCH_PX // (shape[0] * shape[1]))
        for start in range(0, len(members), step):
            chosen = members[start : start + step]
            rows[chosen] = _describe_stack(np.stack([pixels[i] for i in chosen]))
    return rows


def _describe_stack(stack: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Describe (n, h, w) or (n, h, w, 3) images of one shape."""
    n, height, width = stack.shape[:3]
    colour = stack if stack.ndim == 4 else None
    grey = stack if colour is None else to_grey(colour)
    frame = np.array([width, height, width / height], dtype=np.float32)
    histograms = grey_histograms(grey)
    columns: list[NDArray[np.generic]] = [
        describe_light(histograms, colour),
        describe_detail(grey),
        describe_fineness(grey),
        describe_blocks(grey),
        describe_foreground(grey, histograms),
        np.tile(frame, (n, 1)),
    ]
    return np.column_stack(columns).astype(np.float32)


def to_grey(colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma (ITU-R BT.601) of a stack of RGB images: (n, h, w, 3) -> (n, h, w)."""
    n, height, width, _ = colour.shape
    tall = np.ascontiguousarray(colour).reshape(n * height, width, 3)
    return np.asarray(cv2.cvtColor(tall, cv2.COLOR_RGB2GRAY), dtype=np.uint8).reshape(n, height, width)
