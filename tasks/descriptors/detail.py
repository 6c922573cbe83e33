"""Fine structure in an image: sharpness, noise, the direction of edges."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.descriptor import Descriptor

DETAIL: dict[str, Descriptor] = {
    "sharpness": Descriptor(
        "log10 of squared grey levels",
        "blur",
        "Log of one plus the variance of the Laplacian; blur lowers it; 0 for a plain image.",
        "Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000",
    ),
    "edge_density": Descriptor(
        "share",
        "blur",
        "Share of pixels where the grey level changes by more than 16 a pixel.",
        "Gradient of Sobel and Feldman, 1968",
    ),
    "edge_upright": Descriptor(
        "-1 to 1",
        "geometry",
        "Upright against level edges: 1 all upright, -1 all level, 0 balanced or none.",
        "Structure tensor, Bigun, Granlund, Optimal orientation detection of linear symmetry, ICCV 1987",
    ),
    "noise_level": Descriptor(
        "grey levels",
        "noise",
        "Estimated standard deviation of pixel noise; fine texture and thin strokes raise it; 0 for a plain image.",
        "Immerkaer, Fast noise variance estimation, CVIU 64(2), 1996",
    ),
}

TILE_PX = 512
"""Filters see at most this many pixels a side, from the middle: these properties are local, and cost stays bounded."""


def describe_detail(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Measure sharpness, noise and the direction of edges.

    Parameters
    ----------
    grey : (n, h, w) uint8
        Grey images of one shape.

    Returns
    -------
    (n, 4) float64
        The columns of `DETAIL`, finite.
    """
    return np.column_stack(_filters(cut_middle(grey, TILE_PX)))


def cut_middle(grey: NDArray[np.uint8], most: int, at_least: int = 8) -> NDArray[np.uint8]:
    """Cut the middle out, on the grid of 8 x 8 blocks; repeat the border of images too small for a filter."""
    _, height, width = grey.shape
    top, left = (max(0, side - most) // 2 // 8 * 8 for side in (height, width))
    cut = grey[:, top : top + most, left : left + most]
    short = [(0, max(0, at_least - side)) for side in cut.shape[1:]]
    return np.pad(cut, [(0, 0), *short], mode="edge") if any(after for _, after in short) else np.ascontiguousarray(cut)


def _filters(tile: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Filter all images as one tall picture; what a filter sees across a border is blanked."""
    n, height, width = tile.shape
    tall = tile.reshape(n * height, width)
    count = (height - 2) * (width - 2)

    def inner(filtered: NDArray[np.generic]) -> NDArray[np.int16]:
        stack = np.asarray(filtered, dtype=np.int16).reshape(n, height, width)
        stack[:, [0, -1]] = 0
        stack[:, :, [0, -1]] = 0
        return stack.reshape(n, -1)

    def sums(values: NDArray[np.int16], norm: int) -> NDArray[np.float64]:
        # A call an image, but several times faster than numpy; sums of whole numbers in double are exact.
        return np.array([cv2.norm(image, norm) for image in values])

    laplacian = inner(cv2.Laplacian(tall, cv2.CV_16S, ksize=1))
    variance = (
        sums(laplacian, cv2.NORM_L2SQR) / count - np.array([cv2.sumElems(image)[0] / count for image in laplacian]) ** 2
    )
    across, down = (inner(gradient) for gradient in cv2.spatialGradient(tall))
    upright, level = sums(across, cv2.NORM_L2SQR), sums(down, cv2.NORM_L2SQR)
    both = upright + level
    # The Sobel filter weighs a step of one grey level a pixel by 8.
    edges = np.array([np.count_nonzero(image) / count for image in np.abs(across) + np.abs(down) > 16 * 8])
    second = np.array([1, -2, 1], dtype=np.float32)
    residue = sums(inner(cv2.sepFilter2D(tall, cv2.CV_16S, second, second)), cv2.NORM_L1)
    return [
        np.log10(1 + np.maximum(variance, 0)),
        edges,
        np.divide(upright - level, both, out=np.zeros(n), where=both > 0),
        np.sqrt(np.pi / 2) * residue / (6 * count),
    ]
