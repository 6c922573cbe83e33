"""The blocks of 8 x 8 pixels that compression leaves in an image."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.detail import TILE_PX, cut_middle

BLOCKS: dict[str, Descriptor] = {
    "blockiness": Descriptor(
        "log of a ratio",
        "compression",
        "Grey-level steps across the borders of 8 x 8 blocks over steps elsewhere; 0 for none. Blind where the image "
        "was scaled after compression or a side is below 16 px; where one is below 64 px, where it was cropped too.",
        "Wang, Sheikh, Bovik, No-reference perceptual quality assessment of JPEG compressed images, ICIP 2002",
    ),
}

BLOCK_PX = 8
LEAST_PX = 16
SEARCHED_PX = 64
"""From this side on, eight borders or more, the blocks may begin anywhere; a smaller image's own strokes would be
taken for them."""


def describe_blocks(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Measure the steps at the borders of blocks: (n, h, w) -> (n, 1), the column of `BLOCKS`, finite."""
    tile = cut_middle(grey, TILE_PX)
    n, height, width = tile.shape
    if min(height, width) < LEAST_PX:
        return np.zeros((n, 1))
    across = cv2.absdiff(np.ascontiguousarray(tile[:, :, 1:]), np.ascontiguousarray(tile[:, :, :-1]))
    down = cv2.absdiff(np.ascontiguousarray(tile[:, 1:]), np.ascontiguousarray(tile[:, :-1]))
    at_border, elsewhere = np.zeros(n), np.zeros(n)
    compare = _best_place if min(height, width) >= SEARCHED_PX else _first_place
    for steps in (across.sum(axis=1, dtype=np.int64) / height, down.sum(axis=2, dtype=np.int64) / width):
        here, there = compare(steps)
        at_border += here
        elsewhere += there
    # One grey level is the quantum: without it, plain images would be all ratio.
    return np.log((at_border + 1) / (elsewhere + 1))[:, None]


def _first_place(steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean step at the borders of blocks that begin with the image, and elsewhere: (n, k) -> (n,), (n,)."""
    border = np.arange(steps.shape[1]) % BLOCK_PX == BLOCK_PX - 1
    return steps[:, border].mean(axis=1), steps[:, ~border].mean(axis=1)


def _best_place(steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the usual step at the borders of blocks that begin where borders stand out most, and at the next best.

    The median over borders, so that one long edge of the content is no border of blocks; the next best place rather
    than the mean one, so that the best of eight is not large by choice alone.
    """
    whole = steps.shape[1] // BLOCK_PX * BLOCK_PX
    ordered = np.sort(steps[:, :whole].reshape(len(steps), -1, BLOCK_PX), axis=1)
    usual = np.sort(ordered[:, ordered.shape[1] // 2], axis=1)
    return usual[:, -1], usual[:, -2]
