"""The space in which records are near or far: each descriptor counts alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.shift.sample import Floats, Objects, Points, Sample

REACH = 10.0
"""Standardised values are cut at so many robust standard deviations: one broken sensor must not outweigh the rest."""

MOST_LEVELS = 30
"""Categories beyond the most frequent ones share one column."""


@dataclass(frozen=True)
class Space:
    """How descriptors become coordinates; made by `fit_space`."""

    centre: dict[str, float]
    scale: dict[str, float]
    levels: dict[str, tuple[tuple[object, ...], float]]
    with_missing: tuple[str, ...]

    def points(self, sample: Sample) -> Points:
        """Return the sample's coordinates, shape (n, q), float32, finite."""
        columns: list[Floats] = []
        for name, scale in self.scale.items():
            column = np.asarray(sample.numeric[name], np.float64)
            gone = np.isnan(column)
            place = np.clip((column - self.centre[name]) / scale, -REACH, REACH)
            columns.append(np.where(gone, 0.0, place))
        for name in self.with_missing:
            columns.append(np.isnan(np.asarray(sample.numeric[name], np.float64)).astype(np.float64))
        for name, (levels, length) in self.levels.items():
            values = np.asarray(sample.categories[name], object)
            for level in levels:
                columns.append(np.asarray(values == level, np.float64) * length)
        count = max(1, len(self.scale) + len(self.levels))
        if not columns:
            return np.zeros((len(sample), 0), np.float32)
        return (np.column_stack(columns) / np.sqrt(count)).astype(np.float32)


def fit_space(samples: Sequence[Sample]) -> Space:
    """Choose centre and scale of each descriptor so that both samples count alike."""
    centre: dict[str, float] = {}
    scale: dict[str, float] = {}
    with_missing: list[str] = []
    for name in samples[0].numeric:
        sides = [np.asarray(sample.numeric[name], np.float64) for sample in samples]
        if any(np.isnan(side).any() for side in sides):
            with_missing.append(name)
        known = [side[np.isfinite(side)] for side in sides]
        known = [side for side in known if len(side)]
        if not known:
            continue
        spread = _spread(known)
        if spread > 0:
            centre[name], scale[name] = float(np.mean([np.median(side) for side in known])), spread
    levels = {}
    for name in samples[0].categories:
        found = _levels([np.asarray(sample.categories[name], object) for sample in samples])
        if found is not None:
            levels[name] = found
    return Space(centre, scale, levels, tuple(with_missing))


def _spread(sides: list[Floats]) -> float:
    robust = [float(np.subtract(*np.quantile(side, [0.75, 0.25]))) / 1.349 for side in sides]
    if all(robust):
        return float(np.sqrt(np.mean(np.square(robust))))
    plain = [0.0 if side.min() == side.max() else float(side.std()) for side in sides]
    if any(plain):
        return float(np.sqrt(np.mean(np.square(plain))))
    return float(max(side[0] for side in sides) - min(side[0] for side in sides)) / 2


def _levels(sides: list[Objects]) -> tuple[tuple[object, ...], float] | None:
    shares: dict[object, float] = {}
    for side in sides:
        texts = ["" if value is None or value != value else str(value) for value in side.tolist()]
        names, counts = np.unique(np.asarray(texts, str), return_counts=True)
        for name, count in zip(names.tolist(), counts.tolist(), strict=True):
            shares[name] = shares.get(name, 0.0) + count / len(side) / len(sides)
    unlike = 1 - sum(share**2 for share in shares.values())
    if len(shares) < 2 or unlike <= 0:
        return None
    frequent = sorted((name for name in shares if name), key=lambda name: (-shares[name], str(name)))[:MOST_LEVELS]
    return tuple(frequent), float(np.sqrt(1 / unlike))
