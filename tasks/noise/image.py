"""Render image noise: each row of draws turns one image into one synthetic image."""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # on import it would ask a server for its newest version

import albumentations.augmentations.blur.functional as fblur
import albumentations.augmentations.geometric.functional as fgeometric
import albumentations.augmentations.pixel.functional as fpixel
import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.backgrounds import NO_BACKGROUNDS, Backgrounds, put_behind
from tasks.noise.drawing import draw_policy
from tasks.noise.image_border import Border, Pixels, borders_of, content_box
from tasks.noise.image_drawing import cut_backgrounds, with_backgrounds
from tasks.noise.image_geometry import fill_frame
from tasks.noise.image_kernels import disc, gaussian_size, line
from tasks.noise.image_rows import Rows
from tasks.noise.image_sensor import SensorNoise
from tasks.noise.policy import Policy


def draw(
    policy: Policy, parents: Sequence[str], *, copies: float, seed: int, backgrounds: Backgrounds = NO_BACKGROUNDS
) -> pa.Table:
    """Draw operations, magnitudes and backgrounds of every synthetic record.

    Parameters
    ----------
    policy, parents, copies, seed
        As in `tasks.noise.drawing.draw_policy`.
    backgrounds : Backgrounds
        Without any, the operation `background` is never drawn.

    Returns
    -------
    pa.Table
        As `draw_policy`, with what `tasks.noise.image_drawing` adds where the policy has that operation.
    """
    table = draw_policy(policy, parents, copies=copies, seed=seed)
    return with_backgrounds(table, backgrounds) if policy.operation("background") else table


def apply(images: Sequence[Pixels], draws: pa.Table, *, backgrounds: Backgrounds = NO_BACKGROUNDS) -> list[Pixels]:
    """Render one synthetic image a row.

    Parameters
    ----------
    images : sequence of (h, w) or (h, w, 3) uint8, n
        The parent of each row of `draws`; a parent of two copies stands there twice. Sizes may differ.
    draws : pa.Table, n rows
        As `draw` returns it.
    backgrounds : Backgrounds
        Those that `draw` was given.

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
    A result depends on its image and its row of draws only, to the bit on one machine. An image whose row drew nothing
    comes back as it was. On grey images, white balance and saturation change nothing; on images without a plain
    border, stroke weight, crop to content and background change nothing.
    """
    if len(images) != draws.num_rows:
        raise ValueError(f"{draws.num_rows} rows of draws need as many images, found {len(images)}")
    images = [_checked(pixels) for pixels in images]
    rows = Rows(draws, [pixels.shape[:2] for pixels in images])
    borders = borders_of(images)
    sensor = SensorNoise()
    behind = cut_backgrounds(draws, backgrounds)
    return [_render(pixels, borders[i], rows, i, sensor, behind[i]) for i, pixels in enumerate(images)]


def _checked(pixels: Pixels) -> Pixels:
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)) or not pixels.size:
        raise ValueError(f"an image must be uint8, (h, w) or (h, w, 3), found {pixels.dtype} {pixels.shape}")
    return np.ascontiguousarray(pixels)


def _render(pixels: Pixels, border: Border, rows: Rows, i: int, sensor: SensorNoise, behind: Pixels | None) -> Pixels:
    """Apply the operations of row i in the order of the light's way."""
    value = rows.value
    side = min(pixels.shape[:2])
    if rows.warped[i]:
        pixels = _warp(pixels, border, rows, i)
    if (width := value["stroke_weight.width_share"][i]) and border.plain:
        pixels = _stroke(pixels, width * side, border)
    if behind is not None:
        pixels = put_behind(pixels, border, behind, value["background.strength"][i])
    if radius := value["defocus.radius_share"][i]:
        pixels = _convolve(pixels, disc(radius * side))
    if sigma := value["gaussian_blur.sigma_share"][i]:
        pixels = _soften(pixels, sigma * side)
    if length := value["motion_blur.length_share"][i]:
        pixels = _convolve(pixels, line(length * side, value["motion_blur.angle_deg"][i]))
    if (factor := value["downscale.factor"][i]) != 1:
        pixels = _downscale(pixels, factor)
    if strength := value["vignette.strength"][i]:
        pixels = _vignette(pixels, strength)
    if (table := rows.light[i]) is not None:
        pixels = _look_up(pixels, table[None] if pixels.ndim == 3 else table[:, 1])
    if (factor := value["saturation.factor"][i]) != 1 and pixels.ndim == 3:
        pixels = fpixel.adjust_saturation_torchvision(pixels, factor)
    if (deviations := rows.noise[i]) is not None:
        pixels = sensor.add(pixels, deviations, rows.seed[i])
    if (curve := rows.tone[i]) is not None:
        pixels = _look_up(pixels, curve)
    if (quality := round(value["jpeg.quality"][i])) < 100:
        pixels = _jpeg(pixels, quality)
    return pixels


def _warp(pixels: Pixels, border: Border, rows: Rows, i: int) -> Pixels:
    matrix = rows.matrix[i]
    share = rows.value["crop_to_content.share"][i]
    if share and (box := content_box(pixels, border)):
        matrix = matrix @ fill_frame(box, pixels.shape[:2], share, rows.value["crop_to_content.stretch"][i])
    # A plain border is continued in its own colour: reflecting or replicating would smear a stroke that touches the
    # edge. Any other scene is reflected: a wedge of one colour would give synthetic records away.
    mode = cv2.BORDER_CONSTANT if border.plain else cv2.BORDER_REFLECT_101
    height, width = pixels.shape[:2]
    if matrix[2, 0] or matrix[2, 1]:
        warped = fgeometric.perspective(
            pixels, matrix, width, height, border.median, mode, keep_size=False, interpolation=cv2.INTER_LINEAR
        )
    else:
        warped = fgeometric.warp_affine_with_value_extension(
            pixels, matrix[:2], (width, height), cv2.INTER_LINEAR, mode, border.median
        )
    return _like(pixels, warped)


def _stroke(pixels: Pixels, width_px: float, border: Border) -> Pixels:
    bright_ink = sum(cv2.mean(pixels)) >= sum(border.median)
    change = fgeometric.dilate if (width_px > 0) == bright_ink else fgeometric.erode
    whole, part = divmod(abs(width_px) / 2, 1)
    near = change(pixels, _ellipse(int(whole))) if whole else pixels
    far = change(pixels, _ellipse(int(whole) + 1))
    return _like(pixels, cv2.addWeighted(near, 1 - part, far, part, 0))


@lru_cache(maxsize=256)
def _ellipse(radius_px: int) -> Pixels:
    size = 2 * radius_px + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def _convolve(pixels: Pixels, kernel: NDArray[np.float32]) -> Pixels:
    return pixels if kernel.size == 1 else _like(pixels, fpixel.convolve(pixels, kernel))


def _soften(pixels: Pixels, sigma_px: float) -> Pixels:
    kernel = fblur.create_gaussian_kernel_1d(sigma_px, gaussian_size(sigma_px))
    return _like(pixels, fpixel.separable_convolve(pixels, kernel))


def _downscale(pixels: Pixels, factor: float) -> Pixels:
    least = 1 / min(pixels.shape[:2])  # one pixel must remain
    if max(factor, least) >= 1:
        return pixels
    return _like(pixels, fpixel.downscale(pixels, max(factor, least), cv2.INTER_AREA, cv2.INTER_LINEAR))


def _vignette(pixels: Pixels, strength: float) -> Pixels:
    height, width = pixels.shape[:2]
    y, x = (((2 * np.arange(n) + 1) / n - 1).astype(np.float32) for n in (height, width))
    light = (1 - strength / 2 * y * y)[:, None] - strength / 2 * x * x
    light = light.astype(np.float32)
    if pixels.ndim == 3:
        light = cv2.merge([light] * 3)
    return _like(pixels, cv2.multiply(pixels, light.reshape(pixels.shape), dtype=cv2.CV_8U))


def _look_up(pixels: Pixels, table: Pixels) -> Pixels:
    return _like(pixels, cv2.LUT(pixels, table))


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    if pixels.ndim == 2:
        return _like(pixels, fpixel.image_compression(pixels, quality, ".jpg"))
    # The codec takes blue first; handed red first it would blur the wrong colours.
    blue_first = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    decoded = fpixel.image_compression(blue_first, quality, ".jpg")
    return _like(pixels, cv2.cvtColor(np.ascontiguousarray(decoded), cv2.COLOR_BGR2RGB))


def _like(pixels: Pixels, found: Any) -> Pixels:
    """Give a result the shape that it came from: some calls drop or add an axis, or swap those of one column."""
    return cast(Pixels, found.reshape(pixels.shape))
