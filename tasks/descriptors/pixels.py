"""Photographic quality from pixels: exposure, blur, noise, resolution, compression, colour."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from tasks.descriptors.descriptor import Descriptor

PIXELS: dict[str, Descriptor] = {
    "brightness": Descriptor("grey levels", "exposure", "Mean grey level: 0 black, 255 white."),
    "contrast": Descriptor("grey levels", "exposure", "Standard deviation of the grey levels; 0 for a plain image."),
    "dark_share": Descriptor("share", "exposure", "Share of pixels darker than grey level 32."),
    "bright_share": Descriptor("share", "exposure", "Share of pixels brighter than grey level 223."),
    "sharpness": Descriptor(
        "log10 of squared grey levels",
        "blur",
        "Log of one plus the variance of the Laplacian; blur lowers it; 0 for a plain image.",
        "Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000",
    ),
    "edge_density": Descriptor(
        "share", "blur", "Share of pixels where the grey level changes by more than 16 a pixel."
    ),
    "noise_level": Descriptor(
        "grey levels",
        "noise",
        "Estimated standard deviation of pixel noise; fine texture and thin strokes raise it; 0 for a plain image.",
        "Immerkaer, Fast noise variance estimation, CVIU 64(2), 1996",
    ),
    "fine_detail": Descriptor(
        "log10 of a share",
        "resolution",
        "Share of the spectral energy above half the Nyquist frequency; -6 for none, as after enlarging or in a plain "
        "image.",
    ),
    "blockiness": Descriptor(
        "log of a ratio",
        "compression",
        "Grey-level steps across the borders of 8 x 8 blocks over steps elsewhere; 0 for none; sees blocks only where "
        "the image was not cropped or scaled after compression.",
        "Wang, Sheikh, Bovik, No-reference perceptual quality assessment of JPEG compressed images, ICIP 2002",
    ),
    "saturation": Descriptor("share", "colour", "Mean saturation (HSV); 0 for a grey image."),
    "colourfulness": Descriptor(
        "grey levels",
        "colour",
        "Spread and offset of the red-green and yellow-blue axes; 0 for a grey image, above 80 very colourful.",
        "Hasler, Suesstrunk, Measuring colourfulness in natural images, SPIE 5007, 2003",
    ),
    "red_blue_cast": Descriptor("grey levels", "colour", "Mean red minus mean blue: warm light is positive."),
    "green_cast": Descriptor("grey levels", "colour", "Mean green minus the mean of red and blue."),
}

TILE_PX = 512
"""Filters see at most this many pixels a side, from the middle: local properties need no more, and cost stays bounded."""
SPECTRUM_PX = 128
"""The same for the spectrum."""
FINE_DETAIL_FLOOR = 1e-6


def describe_pixels(grey: NDArray[np.uint8], colour: NDArray[np.uint8] | None) -> NDArray[np.float64]:
    """Measure exposure, blur, noise, resolution, compression and colour.

    Parameters
    ----------
    grey : (n, h, w) uint8
        Grey images of one shape.
    colour : (n, h, w, 3) uint8 or None
        The same images in RGB, or None where they are grey.

    Returns
    -------
    (n, 13) float64
        The columns of `PIXELS`, finite.
    """
    tile = _middle(grey, TILE_PX, at_least=8)
    columns = [
        *_exposure(grey),
        *_filters(tile),
        _fine_detail(_middle(grey, SPECTRUM_PX, at_least=8)),
        _blockiness(tile),
    ]
    return np.column_stack([*columns, *_colour(colour, len(grey))])


def _middle(grey: NDArray[np.uint8], most: int, at_least: int) -> NDArray[np.uint8]:
    """Cut the middle out, on the grid of 8 x 8 blocks; repeat the border of images too small for a filter."""
    _, height, width = grey.shape
    top, left = (max(0, side - most) // 2 // 8 * 8 for side in (height, width))
    cut = grey[:, top : top + most, left : left + most]
    short = [(0, max(0, at_least - side)) for side in cut.shape[1:]]
    return np.pad(cut, [(0, 0), *short], mode="edge") if any(after for _, after in short) else cut


def _exposure(grey: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    n = len(grey)
    flat = grey.reshape(n, -1)
    offsets = (np.arange(n, dtype=np.int32) * 256)[:, None]
    histogram = np.bincount((flat + offsets).ravel(), minlength=256 * n).reshape(n, 256) / flat.shape[1]
    levels = np.arange(256.0)
    mean = histogram @ levels
    variance = histogram @ levels**2 - mean**2
    return [mean, np.sqrt(np.maximum(variance, 0)), histogram[:, :32].sum(axis=1), histogram[:, 224:].sum(axis=1)]


def _filters(tile: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Sharpness, edge density and noise level: 3 x 3 filters over all images as one tall picture, borders left out."""
    n, height, width = tile.shape
    tall = np.ascontiguousarray(tile).reshape(n * height, width)

    def inner(filtered: NDArray[np.int16]) -> NDArray[np.int32]:
        return filtered.reshape(n, height, width)[:, 1:-1, 1:-1].astype(np.int32)

    count = (height - 2) * (width - 2)
    laplacian = inner(cv2.Laplacian(tall, cv2.CV_16S, ksize=1))
    mean = laplacian.sum(axis=(1, 2)) / count
    variance = (laplacian.astype(np.float64) ** 2).sum(axis=(1, 2)) / count - mean**2
    across, down = inner(cv2.Sobel(tall, cv2.CV_16S, 1, 0)), inner(cv2.Sobel(tall, cv2.CV_16S, 0, 1))
    edges = (across**2 + down**2 > (16 * 8) ** 2).sum(axis=(1, 2)) / count
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    residue = np.abs(inner(cv2.filter2D(tall, cv2.CV_16S, kernel))).sum(axis=(1, 2))
    noise = np.sqrt(np.pi / 2) * residue / (6 * count)
    return [np.log10(1 + np.maximum(variance, 0)), edges, noise]


@lru_cache(maxsize=64)
def _spectral_plan(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1]).astype(np.float32)
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    weight = np.full((height, len(across[0])), 2, dtype=np.float32)
    weight[:, 0] = 1
    if width % 2 == 0:
        weight[:, -1] = 1
    return window, weight, np.hypot(down, across) > 0.25


def _fine_detail(tile: NDArray[np.uint8]) -> NDArray[np.float64]:
    window, weight, fine = _spectral_plan(*tile.shape[1:])
    centred = tile - tile.mean(axis=(1, 2), dtype=np.float32, keepdims=True)
    spectrum = fft.rfft2(centred * window)
    energy = (spectrum.real**2 + spectrum.imag**2) * weight
    total = energy.sum(axis=(1, 2), dtype=np.float64)
    above = energy[:, fine].sum(axis=1, dtype=np.float64)
    share = np.divide(above, total, out=np.zeros_like(total), where=total > 1e-3)
    return np.log10(np.maximum(share, FINE_DETAIL_FLOOR))


def _blockiness(tile: NDArray[np.uint8]) -> NDArray[np.float64]:
    n, height, width = tile.shape
    at_border, elsewhere = np.zeros(n), np.zeros(n)
    for side, axis in ((width, 2), (height, 1)):
        if side < 16:
            return np.zeros(n)
        signed = tile.astype(np.int16)
        steps = np.abs(np.diff(signed, axis=axis)).mean(axis=3 - axis)
        border = np.arange(side - 1) % 8 == 7
        at_border += steps[:, border].mean(axis=1)
        elsewhere += steps[:, ~border].mean(axis=1)
    # One grey level is the quantum: without it, plain images would be all ratio.
    return np.log((at_border + 1) / (elsewhere + 1))


def _colour(colour: NDArray[np.uint8] | None, n: int) -> list[NDArray[np.float64]]:
    if colour is None:
        return [np.zeros(n)] * 4
    red, green, blue = (colour[..., channel].astype(np.float32).reshape(n, -1) for channel in range(3))
    top, bottom = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    saturation = ((top - bottom) / np.maximum(top, 1)).mean(axis=1, dtype=np.float64)
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.sqrt(red_green.var(axis=1, dtype=np.float64) + yellow_blue.var(axis=1, dtype=np.float64))
    offset = np.hypot(red_green.mean(axis=1, dtype=np.float64), yellow_blue.mean(axis=1, dtype=np.float64))
    means = [channel.mean(axis=1, dtype=np.float64) for channel in (red, green, blue)]
    return [saturation, spread + 0.3 * offset, means[0] - means[2], means[1] - (means[0] + means[2]) / 2]
