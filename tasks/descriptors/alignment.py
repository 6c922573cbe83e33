"""How far two pictures are apart once what copying may have done to one of them is taken back."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.copying import PRIOR, TONE, Floats, Kind, copying
from tasks.descriptors.cut_sounds import uncut_distances

MOST = 1.75
"""Largest change, in units of its usual size: 4.4 degrees, 5 % in scale, 3.5 % of the side."""
HOPELESS = 0.9
"""Pictures further apart than this as they are stay where they are: no small change brings them within a third."""
_CHUNK = 1 << 12


def aligned_distances(one: Floats, two: Floats, kind: Kind) -> NDArray[np.float64]:
    """Return the distance of each pair of pictures that small changes do not explain.

    Parameters
    ----------
    one, two : (n, 144) float32
        Coefficients as `Pictures.numbers` gives them.
    kind : {"image", "audio"}
        Which changes are allowed.

    Returns
    -------
    (n,) float64
        Root mean square difference as a share of the pictures' own; 0 same, about 1.4 unrelated.

    Notes
    -----
    Invariants: symmetric; each pair's distance depends on the pair alone.

    The changes of `copying` and of tone (contrast, brightness, a bent grey scale) are fitted by least squares, each
    bounded and slightly penalised; of sounds, a tenth of a second may be left out as well. Each is linear about the
    mean of both pictures, which is exact to second order: for a turn by 2 degrees, to a thousandth of the picture.

    References
    ----------
    Simard, LeCun, Denker, Efficient pattern recognition using a new transformation distance, NIPS 5, 1993.
    """
    parts = [_aligned(one[i : i + _CHUNK], two[i : i + _CHUNK], kind) for i in range(0, len(one), _CHUNK)]
    return np.concatenate([np.empty(0), *parts])


def _aligned(one: Floats, two: Floats, kind: Kind) -> NDArray[np.float64]:
    copied = copying(kind)
    compared = copied.lower.shape[1]
    mean = (one + two) / 2
    apart = (one - two) @ copied.maps[:, :compared]
    level: NDArray[Any] = copied.lower.sum(axis=0) * np.float32(TONE)
    own = _own(mean @ copied.maps[:, :compared], apart, level)
    distances = np.sqrt(np.einsum("nc,nc->n", apart, apart, dtype=np.float64) / own)
    near = distances <= HOPELESS
    mean, apart = mean[near], apart[near]
    linear = (mean @ copied.maps).reshape(len(mean), 1 + copied.changes, compared)
    bent = ((mean @ copied.value) ** 2) @ copied.lower * np.float32(TONE / 2)
    contrast, levels = linear[:, :1] * np.float32(TONE), np.broadcast_to(level, bent.shape)[:, None]
    directions = np.concatenate([linear[:, 1:], contrast, bent[:, None], levels], axis=1)
    if kind == "audio":
        distances[near] = uncut_distances(apart, directions, MOST)
        return np.asarray(distances)
    across = directions.transpose(0, 2, 1)
    gram = directions @ across + PRIOR * np.eye(directions.shape[1], dtype=np.float32)
    changes = np.linalg.solve(gram, directions @ apart[:, :, None])
    left = apart - (across @ np.clip(changes, -MOST, MOST))[:, :, 0]
    distances[near] = np.sqrt(np.einsum("nc,nc->n", left, left, dtype=np.float64) / own[near])
    return np.asarray(distances)


def _own(mean: NDArray[Any], apart: NDArray[Any], level: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean square of each pair's pictures, brightness aside."""
    bright = mean @ (level / np.linalg.norm(level))
    square = np.einsum("nc,nc->n", mean, mean, dtype=np.float64) - bright**2
    return np.asarray(np.maximum(square + np.einsum("nc,nc->n", apart, apart) / 4, 1e-6))
