"""The geometry of what stands out from the background: ink on paper, a thing on a table."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.light import grey_histograms
from tasks.descriptors.skew import line_skew

_OTSU = "Foreground by Otsu, IEEE Trans. SMC 9(1), 1979"

FOREGROUND: dict[str, Descriptor] = {
    "ink_share": Descriptor("share", "geometry", "Share of the area that is foreground; 0 for a plain image.", _OTSU),
    "foreground_width": Descriptor(
        "share of the width", "geometry", "Extent across: four standard deviations; 0 for a plain image.", _OTSU
    ),
    "foreground_height": Descriptor(
        "share of the height", "geometry", "Extent down: four standard deviations; 0 for a plain image.", _OTSU
    ),
    "off_centre": Descriptor(
        "share of the diagonal", "geometry", "Distance of the foreground's centre from the image's.", _OTSU
    ),
    "slant": Descriptor(
        "degrees",
        "geometry",
        "Lean of the foreground from upright, by second moments; to the right is positive; 0 for a plain image.",
        "Deslanting as in LeCun et al., Proc. IEEE 86(11), 1998",
    ),
    "skew": Descriptor(
        "degrees",
        "geometry",
        "Lean of printed lines from level, -15 to 15; rising to the right is positive; 0 where no lines are found, and "
        "below 64 px.",
        "After Yan, Skew correction of document images using interline cross-correlation, CVGIP 55(6), 1993",
    ),
    "stroke_width": Descriptor(
        "share of the diagonal", "geometry", "Twice the area over the outline: the width of long strokes.", _OTSU
    ),
    **{
        f"margin_{side}": Descriptor(
            f"share of the {length}",
            "geometry",
            f"{place} of the foreground, but for a two-hundredth of it: specks are no content; 0 for a plain image.",
            _OTSU,
        )
        for side, length, place in (
            ("left", "width", "Free space left"),
            ("right", "width", "Free space right"),
            ("top", "height", "Free space above"),
            ("bottom", "height", "Free space below"),
        )
    },
}

MOST_PX = 256
"""Larger images are first reduced, by a whole number, to at most this longest side: extents are shares."""


SPECK = 0.005
"""Share of the foreground that may lie in a margin."""


def describe_foreground(grey: NDArray[np.uint8], histograms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure the foreground's size, place, slant, skew, stroke width and margins.

    Parameters
    ----------
    grey : (n, h, w) uint8
        Grey images of one shape.
    histograms : (n, 256) float64
        Their grey levels, counted.

    Returns
    -------
    (n, 11) float64
        The columns of `FOREGROUND`, finite.

    Notes
    -----
    The foreground is soft: 0 at the mean of Otsu's background class, 1 at the mean of its foreground class, so that
    smooth strokes of a few pixels are measured to a fraction of a pixel. The background is the class that holds most
    of the image's border.
    """
    reduced = _reduced(grey)
    ink = soft_foreground(reduced, histograms if reduced is grey else grey_histograms(reduced))
    return np.column_stack([*_moments(ink), line_skew(ink), _stroke_width(ink), *_margins(ink)])


def _reduced(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    _, height, width = grey.shape
    factor = -(-max(height, width) // MOST_PX)
    if factor == 1:
        return grey
    # A whole factor takes the fast way in cv2; a side shorter than the factor becomes one pixel.
    size = (max(1, width // factor), max(1, height // factor))
    cut = grey[:, : size[1] * factor, : size[0] * factor]
    return np.stack([cv2.resize(np.ascontiguousarray(image), size, interpolation=cv2.INTER_AREA) for image in cut])


def soft_foreground(grey: NDArray[np.uint8], histogram: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (n, h, w) float32 in [0, 1]: 0 background, 1 foreground; all 0 for a plain image."""
    n = len(grey)
    below = histogram.cumsum(axis=1)
    sum_below = (histogram * np.arange(256)).cumsum(axis=1)
    above, sum_above = below[:, -1:] - below, sum_below[:, -1:] - sum_below
    mean_below, mean_above = sum_below / np.maximum(below, 1), sum_above / np.maximum(above, 1)
    between = below * above * (mean_above - mean_below) ** 2
    cut = between.argmax(axis=1)
    rows = np.arange(n)
    dark, bright = mean_below[rows, cut], mean_above[rows, cut]
    border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1)
    dark_ink = (border > cut[:, None]).mean(axis=1) > 0.5
    background, foreground = np.where(dark_ink, bright, dark), np.where(dark_ink, dark, bright)
    plain = between[rows, cut] == 0
    scale = np.where(plain, 0, 1 / np.where(plain, 1, foreground - background)).astype(np.float32)
    soft: NDArray[np.float32] = (grey - background.astype(np.float32)[:, None, None]) * scale[:, None, None]
    np.clip(soft, 0, 1, out=soft)
    return soft


def _moments(ink: NDArray[np.float32]) -> list[NDArray[np.float64]]:
    _, height, width = ink.shape
    x: NDArray[np.float64] = np.arange(width, dtype=np.float64) + 0.5
    y: NDArray[np.float64] = height - 0.5 - np.arange(height, dtype=np.float64)
    # No matrix products: how those sum depends on the number of images and of threads.
    down = np.einsum("nyx->ny", ink, dtype=np.float64)
    across = np.einsum("nyx->nx", ink, dtype=np.float64)
    # A row's first moment gives the mixed moment without another pass over the pixels.
    row_x = np.einsum("nyx,x->ny", ink, x.astype(np.float32), dtype=np.float64)
    total = np.einsum("ny->n", down)

    def mean(profile: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.einsum("ni,i->n", profile, weight) / safe)

    safe = np.where(total > 0, total, 1)
    mean_x, mean_y = mean(across, x), mean(down, y)
    var_x = np.maximum(mean(across, x**2) - mean_x**2, 0)
    var_y = np.maximum(mean(down, y**2) - mean_y**2, 0)
    cov = mean(row_x, y) - mean_x * mean_y
    some = total > 0
    off = np.hypot(mean_x - width / 2, mean_y - height / 2) / np.hypot(width, height)
    lean = np.degrees(np.arctan2(cov, np.where(var_y > 1e-6, var_y, np.inf)))
    return [
        total / (height * width),
        4 * np.sqrt(var_x) / width,
        4 * np.sqrt(var_y) / height,
        np.where(some, off, 0),
        np.where(some, lean, 0),
    ]


def _stroke_width(ink: NDArray[np.float32]) -> NDArray[np.float64]:
    """Twice the area over the perimeter; the perimeter of a soft shape is its total variation (coarea formula)."""
    n, height, width = ink.shape
    padded = np.zeros((n, height + 2, width + 2), dtype=np.float32)
    padded[:, 1:-1, 1:-1] = ink
    across = padded[:, :-1, 1:] - padded[:, :-1, :-1]
    down = padded[:, 1:, :-1] - padded[:, :-1, :-1]
    outline = np.sqrt(across**2 + down**2).reshape(n, -1).sum(axis=1, dtype=np.float64)
    area = ink.reshape(n, -1).sum(axis=1, dtype=np.float64)
    return np.asarray(2 * area / np.maximum(outline, 1) / np.hypot(height, width))


def _margins(ink: NDArray[np.float32]) -> list[NDArray[np.float64]]:
    """Return the free space left, right, above and below the foreground, as shares of the side."""
    certain = ink > 0.5  # noise on the background is softly foreground everywhere
    found = []
    for counts in (certain.sum(axis=1, dtype=np.int32), certain.sum(axis=2, dtype=np.int32)):
        before = counts.cumsum(axis=1)
        total = before[:, -1:]
        free = (before <= SPECK * total).sum(axis=1), (before >= (1 - SPECK) * total).sum(axis=1) - 1
        found += [np.where(total[:, 0] > 0, side / counts.shape[1], 0) for side in free]
    return found
