"""All geometry of an image as one matrix."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.drawing import drawn_values

Matrices = NDArray[np.float64]
Entry = NDArray[np.float64] | float


def matrices(draws: pa.Table, heights: NDArray[np.float64], widths: NDArray[np.float64]) -> Matrices:
    """Compose scale, rotation, shear, perspective and shift of every row into one matrix about the centre.

    Parameters
    ----------
    draws : pa.Table, n rows
    heights, widths : (n,) float64
        Pixels.

    Returns
    -------
    (n, 3, 3) float64
        Maps pixels of the parent to pixels of the result; positive angles turn counter-clockwise.

    Notes
    -----
    One warp instead of five: each resampling blurs. Perspective comes after what enlarges, so that within its bounds
    no pixel of the result looks at or beyond the horizon.
    """

    def get(operation: str, parameter: str, neutral: float = 0.0) -> NDArray[np.float64]:
        return drawn_values(draws, operation, parameter, neutral)

    factor, side = get("scale", "factor", 1), np.sqrt(get("scale", "aspect", 1))
    angle = np.deg2rad(get("rotation", "angle_deg"))
    cos, sin = np.cos(angle), np.sin(angle)
    slant_x, slant_y = np.tan(np.deg2rad(get("shear", "x_deg"))), np.tan(np.deg2rad(get("shear", "y_deg")))
    tilt_x, tilt_y = get("perspective", "x"), get("perspective", "y")
    shift_x, shift_y = get("shift", "x_share") * widths, get("shift", "y_share") * heights
    wide, high = factor * side, factor / side
    cx, cy = (widths - 1) / 2, (heights - 1) / 2
    half = np.maximum(widths, heights) / 2

    turn = _stack([[cos * wide, sin * high, 0], [-sin * wide, cos * high, 0], [0, 0, 1]], len(cos))
    shear = _stack([[1, -slant_x, 0], [-slant_y, 1, 0], [0, 0, 1]], len(cos))
    tilt = _stack([[1, 0, 0], [0, 1, 0], [tilt_x / half, tilt_y / half, 1]], len(cos))
    to_centre = _stack([[1, 0, -cx], [0, 1, -cy], [0, 0, 1]], len(cos))
    back = _stack([[1, 0, cx + shift_x], [0, 1, cy + shift_y], [0, 0, 1]], len(cos))
    return np.asarray(back @ tilt @ shear @ turn @ to_centre)


def fill_frame(
    box: tuple[float, float, float, float], shape: tuple[int, int], share: float, stretch: float
) -> Matrices:
    """Return the matrix that enlarges a box about its centre until it fills the frame.

    Parameters
    ----------
    box : (left, top, width, height)
        Pixels.
    shape : (height, width)
        Of the frame, in pixels.
    share : float
        0: leaves all as it is; 1: the box touches the frame.
    stretch : float
        0: keeps the box's aspect; 1: it touches all four sides.

    Returns
    -------
    (3, 3) float64
    """
    left, top, width, height = box
    fit_x, fit_y = shape[1] / width, shape[0] / height
    even = min(fit_x, fit_y)
    x, y = (even * (fit / even) ** stretch for fit in (fit_x, fit_y))
    x, y = x**share, y**share
    from_x, from_y = left + (width - 1) / 2, top + (height - 1) / 2
    to_x = from_x + share * ((shape[1] - 1) / 2 - from_x)
    to_y = from_y + share * ((shape[0] - 1) / 2 - from_y)
    return np.array([[x, 0, to_x - x * from_x], [0, y, to_y - y * from_y], [0, 0, 1]])


def _stack(rows: list[list[Entry]], n: int) -> Matrices:
    out = np.empty((n, 3, 3))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            out[:, i, j] = value
    return out
