"""What copying does to a picture: it is turned, scaled, moved, blurred and toned a little."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.fingerprint import KEPT, LOWEST_FIRST

Floats = NDArray[np.float32]
Kind = Literal["image", "audio"]

POINTS = 16
"""Pictures are looked at in POINTS x POINTS places: 12 frequencies need no more."""
BORDER = 0.06
"""Share of the side that is left out all around: a turned or cropped copy shows something else there."""
FINEST = 10
"""Frequencies that are compared, of the 12 kept. Finer ones would be mistaken for each other by a small movement.
Measured on digits of 28 px, cropped by 1 px: 12 leave copies 1.8 times as far apart as the nearest of other
writers, 10 as far, 9 again 1.2 times."""
TURN = float(np.deg2rad(2.5))
SCALE = 0.03
SHIFT = 0.02
BLUR = 0.02
TONE = 0.3
"""Usual sizes: radians, share of the side, share of the side, share of the side, share of the contrast."""

PRIOR = 4e-4
"""What a change of its usual size costs, as a squared distance: without it, noise would be explained by movements."""


@dataclass(frozen=True)
class Copying:
    """Small changes as linear maps of a picture's coefficients, each of its usual size.

    Parameters
    ----------
    value : (144, p) float32
        Coefficients -> the picture at p places.
    lower : (p, 100) float32
        The picture at p places -> the coefficients that are compared.
    maps : (144, (1 + k) * 100) float32
        Coefficients -> those compared, unchanged, then the differences that k small changes make.
    changes : int
        k: five movements and a blur for images, a movement in time and a blur for sounds.
    """

    value: Floats
    lower: Floats
    maps: Floats
    changes: int


def copying(kind: Kind) -> Copying:
    """Return what copying does to an image, or to the spectrogram of a sound (across is time)."""
    return _COPYING[kind]


def _sampled(places: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return the cosines of unit mean square at some places, their slopes and their curvatures: (places, 12) each."""
    angle = np.pi * np.arange(KEPT) * places[:, None]
    size = np.where(np.arange(KEPT) == 0, 1.0, np.sqrt(2.0))
    pitch = np.pi * np.arange(KEPT)
    return size * np.cos(angle), -size * pitch * np.sin(angle), -size * pitch**2 * np.cos(angle)


def _at_places(down: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = np.einsum("gy,hx->yxgh", down, across).reshape(KEPT * KEPT, -1)
    return np.asarray(whole[LOWEST_FIRST] / KEPT)


def _made(kind: Kind) -> Copying:
    places = (np.arange(POINTS) + 0.5) / POINTS
    places = places[(places > BORDER) & (places < 1 - BORDER)]
    level, slope, bend = _sampled(places)
    y, x = (grid.ravel() for grid in np.meshgrid(places - 0.5, places - 0.5, indexing="ij"))
    value = _at_places(level, level)
    across, down = _at_places(level, slope), _at_places(slope, level)
    blurred = (_at_places(bend, level) + _at_places(level, bend)) * BLUR**2
    if kind == "image":
        turned = (x * down - y * across) * TURN
        changes = [turned, x * across * SCALE, y * down * SCALE, across * SHIFT, down * SHIFT, blurred]
    else:
        changes = [across * SHIFT, blurred]
    rows, columns = np.divmod(LOWEST_FIRST, KEPT)
    fine = (rows >= FINEST) | (columns >= FINEST)
    lower = value[~fine].T * KEPT / len(x)
    maps = np.concatenate([part @ lower for part in (value, *changes)], axis=1)
    return Copying(value.astype(np.float32), lower.astype(np.float32), maps.astype(np.float32), len(changes))


_COPYING: dict[Kind, Copying] = {"image": _made("image"), "audio": _made("audio")}
