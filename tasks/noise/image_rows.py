"""The draws of a shard as plain lists: looking a number up in a table costs more than most operations on an image."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.drawing import drawn_values
from tasks.noise.image_bounds import IMAGE
from tasks.noise.image_geometry import matrices
from tasks.noise.image_tone import light_tables, noise_tables, tone_tables

_GEOMETRY = ("crop_to_content", "scale", "rotation", "shear", "perspective", "shift")


class Rows:
    """What each row asks for.

    Parameters
    ----------
    draws : pa.Table, n rows
    shapes : sequence of (height, width), n

    Attributes
    ----------
    value : dict of str to list of n float
        Of each `<operation>.<parameter>`; the neutral value where nothing was drawn.
    warped : list of n bool
        Whether geometry changes.
    matrix : (n, 3, 3) float64
    light, noise, tone : list of n (256, 3) uint8, (256,) float32, (256,) uint8
        Tables; None where nothing of the kind was drawn.
    seed : list of n int
    """

    def __init__(self, draws: pa.Table, shapes: Sequence[tuple[int, int]]) -> None:
        columns = {}
        changed = {}
        for operation, bounds in IMAGE.items():
            changed[operation] = np.zeros(draws.num_rows, bool)
            for parameter, limits in bounds.parameters.items():
                neutral = limits.neutral or 0.0
                values = drawn_values(draws, operation, parameter, neutral)
                columns[f"{operation}.{parameter}"] = values
                changed[operation] |= values != neutral
        self.value = {name: values.tolist() for name, values in columns.items()}
        self.warped = np.logical_or.reduce([changed[name] for name in _GEOMETRY]).tolist()
        self.light = _tables(light_tables, draws, changed["gain"] | changed["white_balance"])
        self.noise = _tables(noise_tables, draws, changed["shot_noise"] | changed["gaussian_noise"])
        self.tone = _tables(tone_tables, draws, changed["gamma"] | changed["contrast"] | changed["brightness"])
        size = np.array(shapes, dtype=np.float64).reshape(-1, 2)
        self.matrix = matrices(draws, size[:, 0], size[:, 1])
        self.seed: list[int] = draws.column("seed").to_pylist()


def _tables(make: Callable[[pa.Table], NDArray[Any]], draws: pa.Table, wanted: NDArray[np.bool_]) -> list[Any]:
    """Make the tables of the rows that want one; None for the others."""
    made = iter(make(draws.filter(pa.array(wanted))))
    return [next(made) if want else None for want in wanted.tolist()]
