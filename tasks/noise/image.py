"""Render image noise: each row of draws turns one image into one synthetic image."""

import os
from collections.abc import Sequence

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # it would ask a server for its newest version on import

import albumentations.augmentations.blur.functional as fblur
import albumentations.augmentations.geometric.functional as fgeometric
import albumentations.augmentations.pixel.functional as fpixel
import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtri

from tasks.noise.drawing import draw_policy, drawn_values
from tasks.noise.image_bounds import IMAGE
from tasks.noise.image_geometry import Border, border_of, content_box, fill_frame, matrices
from tasks.noise.image_kernels import disc, gaussian_reach, line
from tasks.noise.image_tone import light_tables, noise_tables, tone_tables

Pixels = NDArray[np.uint8]

draw = draw_policy

_NORMAL = ndtri((np.arange(65536) + 0.5) / 65536).astype(np.float32)
"""Normal quantiles: 16 random bits pick one, ten times faster than a generator's normal numbers."""


def apply(images: Sequence[Pixels], draws: pa.Table) -> list[Pixels]:
    """Render one synthetic image a row.

    Parameters
    ----------
    images : sequence of (h, w) or (h, w, 3) uint8, n
        The parent of each row of `draws`; a parent of two copies stands there twice. Sizes may differ.
    draws : pa.Table, n rows
        As `draw` returns it.

    Returns
    -------
    list of uint8 arrays
        Of the shapes of `images`, which are left as they are.

    Raises
    ------
    ValueError
        If the numbers differ, or an image has another type or shape.

    Notes
    -----
    A result depends on its image and its row of draws only, to the bit. An image whose row drew nothing comes back
    as it was. On grey images, white balance and saturation change nothing; on images without a plain border, stroke
    weight and crop to content change nothing.
    """
    if len(images) != draws.num_rows:
        raise ValueError(f"{draws.num_rows} rows of draws need as many images, found {len(images)}")
    for pixels in images:
        if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or pixels.size == 0 or pixels.shape[2:] not in ((), (3,)):
            raise ValueError(f"an image must be uint8 (h, w) or (h, w, 3), found {pixels.dtype} {pixels.shape}")
    rows = _Rows(images, draws)
    return [rows.render(place, np.ascontiguousarray(pixels)) for place, pixels in enumerate(images)]


class _Rows:
    """The draws of a shard as plain lists: looking a number up in a table costs more than most operations."""

    def __init__(self, images: Sequence[Pixels], draws: pa.Table) -> None:
        names = set(draws.column_names)
        drawn: dict[str, NDArray[np.bool_]] = {}
        self.value: dict[str, list[float]] = {}
        for operation, bounds in IMAGE.items():
            here = np.zeros(draws.num_rows, bool)
            for parameter, limits in bounds.parameters.items():
                key = f"{operation}.{parameter}"
                if key in names:
                    here |= draws.column(key).is_valid().to_numpy()
                self.value[key] = drawn_values(draws, operation, parameter, limits.neutral or 0.0).tolist()
            drawn[operation] = here
        self.drawn = {operation: here.tolist() for operation, here in drawn.items()}
        warped = drawn["scale"] | drawn["rotation"] | drawn["shear"] | drawn["perspective"] | drawn["shift"]
        self.warped = (warped | drawn["crop_to_content"]).tolist()
        self.light = (drawn["gain"] | drawn["white_balance"]).tolist()
        self.noisy = (drawn["shot_noise"] | drawn["gaussian_noise"]).tolist()
        self.toned = (drawn["gamma"] | drawn["contrast"] | drawn["brightness"]).tolist()
        shapes = np.array([pixels.shape[:2] for pixels in images], dtype=np.float64).reshape(-1, 2)
        self.matrix = matrices(draws, shapes[:, 0], shapes[:, 1])
        self.light_table, self.tone_table, self.noise_table = light_tables(draws), tone_tables(draws), noise_tables(draws)
        self.seed = draws.column("seed").to_pylist()

    def render(self, place: int, pixels: Pixels) -> Pixels:
        """Apply the operations of one row in the order of `IMAGE`."""
        drawn, value = self.drawn, self.value
        side = min(pixels.shape[:2])
        border = border_of(pixels) if self.warped[place] or drawn["stroke_weight"][place] else None
        if border is not None and self.warped[place]:
            pixels = self._warp(place, pixels, border)
        if border is not None and drawn["stroke_weight"][place] and border.plain:
            pixels = _stroke(pixels, value["stroke_weight.width_share"][place] * side, border)
        if drawn["defocus"][place]:
            pixels = _convolve(pixels, disc(value["defocus.radius_share"][place] * side))
        if drawn["gaussian_blur"][place]:
            pixels = _soften(pixels, value["gaussian_blur.sigma_share"][place] * side)
        if drawn["motion_blur"][place]:
            length = value["motion_blur.length_share"][place] * side
            pixels = _convolve(pixels, line(length, value["motion_blur.angle_deg"][place]))
        if drawn["downscale"][place]:
            pixels = _downscale(pixels, value["downscale.factor"][place])
        if drawn["vignette"][place]:
            pixels = _vignette(pixels, value["vignette.strength"][place])
        if self.light[place]:
            table = self.light_table[place]
            pixels = cv2.LUT(pixels, table[None] if pixels.ndim == 3 else table[:, 1])
        if drawn["saturation"][place] and pixels.ndim == 3:
            pixels = fpixel.adjust_saturation_torchvision(pixels, value["saturation.factor"][place])
        if self.noisy[place]:
            pixels = _noise(pixels, self.noise_table[place], self.seed[place])
        if self.toned[place]:
            pixels = cv2.LUT(pixels, self.tone_table[place])
        if drawn["jpeg"][place]:
            pixels = _jpeg(pixels, round(value["jpeg.quality"][place]))
        return pixels

    def _warp(self, place: int, pixels: Pixels, border: Border) -> Pixels:
        matrix = self.matrix[place]
        if self.drawn["crop_to_content"][place] and (box := content_box(pixels, border)):
            share, stretch = self.value["crop_to_content.share"][place], self.value["crop_to_content.stretch"][place]
            matrix = matrix @ fill_frame(box, pixels.shape[:2], share, stretch)
        # A plain border is continued in its own colour: reflecting or replicating would smear a stroke that touches
        # the edge. Any other scene is reflected: a wedge of one colour would give synthetic records away.
        mode = cv2.BORDER_CONSTANT if border.plain else cv2.BORDER_REFLECT_101
        height, width = pixels.shape[:2]
        if matrix[2, 0] or matrix[2, 1]:
            return fgeometric.perspective(
                pixels, matrix, width, height, border.median, mode, keep_size=False, interpolation=cv2.INTER_LINEAR
            )
        return fgeometric.warp_affine_with_value_extension(
            pixels, matrix[:2], (width, height), cv2.INTER_LINEAR, mode, border.median
        )


def _stroke(pixels: Pixels, width_px: float, border: Border) -> Pixels:
    bright_ink = float(np.mean(pixels)) >= float(np.mean(border.median))
    change = fgeometric.dilate if (width_px > 0) == bright_ink else fgeometric.erode
    radius = abs(width_px) / 2
    whole = int(radius)
    near = change(pixels, _round_kernel(whole)) if whole else pixels
    far = change(pixels, _round_kernel(whole + 1))
    return cv2.addWeighted(near, 1 - (radius - whole), far, radius - whole, 0)


def _round_kernel(radius_px: int) -> Pixels:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))


def _convolve(pixels: Pixels, kernel: NDArray[np.float32]) -> Pixels:
    return pixels if kernel.size == 1 else fpixel.convolve(pixels, kernel)


def _soften(pixels: Pixels, sigma_px: float) -> Pixels:
    if sigma_px < 0.15:  # neighbours weigh less than 1e-9
        return pixels
    return fpixel.separable_convolve(pixels, fblur.create_gaussian_kernel_1d(sigma_px, gaussian_reach(sigma_px)))


def _downscale(pixels: Pixels, factor: float) -> Pixels:
    factor = max(factor, 1 / min(pixels.shape[:2]))  # at least one pixel must remain
    return pixels if factor >= 1 else fpixel.downscale(pixels, factor, cv2.INTER_AREA, cv2.INTER_LINEAR)


def _vignette(pixels: Pixels, strength: float) -> Pixels:
    height, width = pixels.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] if height > 1 else np.zeros((1, 1), np.float32)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None] if width > 1 else np.zeros((1, 1), np.float32)
    light = 1 - (x * x + y * y) * np.float32(strength / 2)
    return np.rint(pixels * (light if pixels.ndim == 2 else light[..., None])).astype(np.uint8)


def _noise(pixels: Pixels, sd_table: NDArray[np.float32], seed: int) -> Pixels:
    bits = np.random.Generator(np.random.SFC64(seed)).integers(0, 65536, pixels.shape, dtype=np.uint16)
    noisy = _NORMAL[bits] * sd_table[pixels] + pixels
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    if pixels.ndim == 2:
        return np.ascontiguousarray(fpixel.image_compression(pixels, quality, ".jpg").reshape(pixels.shape))
    # The codec takes blue first; handed red first it would weigh the colours wrongly.
    swapped = fpixel.image_compression(np.ascontiguousarray(pixels[..., ::-1]), quality, ".jpg")
    return np.ascontiguousarray(swapped[..., ::-1])
