"""Light in an image: exposure and colour."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.descriptor import Descriptor

LIGHT: dict[str, Descriptor] = {
    "brightness": Descriptor("grey levels", "exposure", "Mean grey level: 0 black, 255 white."),
    "contrast": Descriptor("grey levels", "exposure", "Standard deviation of the grey levels; 0 for a plain image."),
    "dark_share": Descriptor("share", "exposure", "Share of pixels darker than grey level 32."),
    "bright_share": Descriptor("share", "exposure", "Share of pixels brighter than grey level 223."),
    "saturation": Descriptor(
        "share",
        "colour",
        "Mean saturation (HSV); 0 for a grey image.",
        "Smith, Color gamut transform pairs, SIGGRAPH 1978",
    ),
    "colourfulness": Descriptor(
        "grey levels",
        "colour",
        "Spread and offset of the red-green and yellow-blue axes; 0 for a grey image, above 80 very colourful.",
        "Hasler, Suesstrunk, Measuring colourfulness in natural images, SPIE 5007, 2003",
    ),
    "red_blue_cast": Descriptor("grey levels", "colour", "Mean red minus mean blue: warm light is positive."),
    "green_cast": Descriptor("grey levels", "colour", "Mean green minus the mean of red and blue."),
}

_SMALL_PX = 1 << 14
"""Below, one count over a whole stack is faster than a call an image (measured)."""
_COLOUR_PX = 1 << 15
"""Colour is averaged over about this many pixels at most, in evenly spaced rows: more changes nothing but time."""

_RECIPROCAL = (1 / np.maximum(np.arange(256), 1)).astype(np.float32)


def describe_light(histograms: NDArray[np.float64], colour: NDArray[np.uint8] | None) -> NDArray[np.float64]:
    """Measure exposure and colour.

    Parameters
    ----------
    histograms : (n, 256) float64
        Grey levels of images of one shape, counted: see `grey_histograms`.
    colour : (n, h, w, 3) uint8 or None
        The same images in RGB, or None where they are grey.

    Returns
    -------
    (n, 8) float64
        The columns of `LIGHT`, finite.
    """
    shares = histograms / histograms.sum(axis=1, keepdims=True)
    levels = np.arange(256.0)
    mean = np.einsum("ng,g->n", shares, levels)
    spread = np.sqrt(np.einsum("ng,ng->n", shares, (levels - mean[:, None]) ** 2))
    exposure = [mean, spread, shares[:, :32].sum(axis=1), shares[:, 224:].sum(axis=1)]
    return np.column_stack([*exposure, *(_colour(colour) if colour is not None else [np.zeros(len(shares))] * 4)])


def grey_histograms(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Count the grey levels of each image of a stack: (n, h, w) -> (n, 256)."""
    n = len(grey)
    if grey[0].size > _SMALL_PX:
        counts = [cv2.calcHist([image], [0], None, [256], [0, 256]).ravel() for image in grey]
        return np.array(counts, dtype=np.float64)
    offsets = (np.arange(n, dtype=np.int32) * 256)[:, None]
    flat = (grey.reshape(n, -1) + offsets).ravel()
    return np.bincount(flat, minlength=256 * n).reshape(n, 256).astype(np.float64)


def _colour(colour: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    step = max(1, colour.shape[1] * colour.shape[2] // _COLOUR_PX)
    return list(np.array([_colour_of_one(np.ascontiguousarray(image[::step])) for image in colour]).T)


def _colour_of_one(image: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    red, green, blue = cv2.split(image)
    top = cv2.max(cv2.max(red, green), blue)
    chroma = cv2.subtract(top, cv2.min(cv2.min(red, green), blue))
    saturation = float(np.einsum("hw,hw->", chroma, _RECIPROCAL[top], dtype=np.float64)) / top.size
    red_green = cv2.subtract(red, green, dtype=cv2.CV_16S)
    twice_yellow_blue = cv2.subtract(
        cv2.add(red, green, dtype=cv2.CV_16S), cv2.add(blue, blue, dtype=cv2.CV_16S), dtype=cv2.CV_16S
    )
    (rg,), (rg_sd,) = (moment.ravel().tolist() for moment in cv2.meanStdDev(red_green))
    (yb,), (yb_sd,) = ((moment.ravel() / 2).tolist() for moment in cv2.meanStdDev(twice_yellow_blue))
    colourfulness = math.hypot(rg_sd, yb_sd) + 0.3 * math.hypot(rg, yb)
    # Means of the channels follow from the means of the axes: red - blue = rg / 2 + yb, green - (red + blue) / 2 = ...
    return saturation, colourfulness, yb + rg / 2, yb / 2 - 3 * rg / 4
