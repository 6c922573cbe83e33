"""All geometry of an image as one matrix, and what to fill the uncovered border with."""

from typing import NamedTuple

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.drawing import drawn_values

FLAT_LEVELS = 16
"""A border whose middle 80 % spans fewer levels of 255 is plain: sensor noise and JPEG stay below, textures do not."""
CONTENT_LEVELS = 32
"""How far content differs from a plain border: twice what a plain border may itself span."""


class Border(NamedTuple):
    """The outermost ring of pixels of an image."""

    median: tuple[float, ...]
    """Of each channel."""
    plain: bool
    """Whether it is one colour, as paper or a black background."""


def border_of(pixels: NDArray[np.uint8]) -> Border:
    """Look at the outermost ring of an image.

    Parameters
    ----------
    pixels : (h, w) or (h, w, 3) uint8

    Returns
    -------
    Border
    """
    ring = np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
    ring.sort(axis=0)
    n = len(ring)
    span = ring[(9 * n) // 10].astype(int) - ring[n // 10]
    return Border(tuple(np.atleast_1d(ring[n // 2]).astype(float).tolist()), bool(np.all(span < FLAT_LEVELS)))


def content_box(pixels: NDArray[np.uint8], border: Border) -> tuple[float, float, float, float] | None:
    """Find what stands out from a plain border: (left, top, width, height), None where nothing does."""
    if not border.plain:
        return None
    difference = cv2.absdiff(pixels, np.asarray(border.median)) if pixels.ndim == 3 else cv2.absdiff(pixels, border.median[0])
    inside = difference > CONTENT_LEVELS
    if pixels.ndim == 3:
        inside = inside.any(axis=2)
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    if not len(columns):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] - columns[0] + 1), float(rows[-1] - rows[0] + 1)


def fill_frame(box: tuple[float, float, float, float], shape: tuple[int, int], share: float, stretch: float) -> NDArray[np.float64]:
    """Return the matrix that enlarges a box about its centre until it fills the frame.

    Parameters
    ----------
    box : left, top, width, height in pixels
    shape : (height, width)
    share : float
        0: leaves all as it is; 1: the box touches the frame.
    stretch : float
        0: keeps the aspect; 1: touches all four sides.

    Returns
    -------
    (3, 3) float64
    """
    left, top, width, height = box
    wide, high = shape[1] / width, shape[0] / height
    even = min(wide, high)
    x, y = (even * (wide / even) ** stretch) ** share, (even * (high / even) ** stretch) ** share
    cx, cy = left + (width - 1) / 2, top + (height - 1) / 2
    to_x, to_y = cx + share * ((shape[1] - 1) / 2 - cx), cy + share * ((shape[0] - 1) / 2 - cy)
    return np.array([[x, 0, to_x - x * cx], [0, y, to_y - y * cy], [0, 0, 1]])


def matrices(draws: pa.Table, heights: NDArray[np.float64], widths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compose scale, rotation, shear, perspective and shift of every row into one matrix.

    Parameters
    ----------
    draws : pa.Table, n rows
    heights, widths : (n,) float64
        Pixels.

    Returns
    -------
    (n, 3, 3) float64
        Maps source pixels to result pixels.
    """
    n = draws.num_rows

    def get(operation: str, parameter: str, neutral: float) -> NDArray[np.float64]:
        return drawn_values(draws, operation, parameter, neutral)

    factor, aspect = get("scale", "factor", 1), np.sqrt(get("scale", "aspect", 1))
    angle = np.deg2rad(get("rotation", "angle_deg", 0))
    cos, sin = np.cos(angle), np.sin(angle)
    shear_x, shear_y = (np.tan(np.deg2rad(get("shear", key, 0))) for key in ("x_deg", "y_deg"))
    scale_x, scale_y = factor * aspect, factor / aspect
    cx, cy = (widths - 1) / 2, (heights - 1) / 2
    half = np.maximum(widths, heights) / 2

    def stack(rows: list[list[NDArray[np.float64] | float]]) -> NDArray[np.float64]:
        out = np.empty((n, 3, 3))
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                out[:, i, j] = value
        return out

    linear = stack(
        [
            [cos * scale_x, sin * scale_y, 0.0],
            [-sin * scale_x, cos * scale_y, 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    shear = stack([[1.0, -shear_x, 0.0], [-shear_y, 1.0, 0.0], [0.0, 0.0, 1.0]])
    tilt = stack([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [get("perspective", "x", 0) / half, get("perspective", "y", 0) / half, 1.0]])
    centre = stack([[1.0, 0.0, -cx], [0.0, 1.0, -cy], [0.0, 0.0, 1.0]])
    back = stack(
        [
            [1.0, 0.0, cx + get("shift", "x_share", 0) * widths],
            [0.0, 1.0, cy + get("shift", "y_share", 0) * heights],
            [0.0, 0.0, 1.0],
        ]
    )
    return np.asarray(back @ tilt @ shear @ linear @ centre)
