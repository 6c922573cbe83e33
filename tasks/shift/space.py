"""The space in which records are near or far: each descriptor counts alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.shift.sample import Floats, Objects, Points, Sample

REACH = 10.0
"""Standardised values are cut at so many standard deviations: one broken sensor must not outweigh the rest."""

MOST_LEVELS = 30
"""Categories beyond the most frequent ones are all alike: they stand at the origin."""


@dataclass(frozen=True)
class Space:
    """How descriptors become coordinates; made by `fit_space`.

    Distances are root mean squares over the descriptors: two independent records of one normal distribution are about
    sqrt(2) apart, however many descriptors there are. Two different categories are as far apart as makes that hold for
    them too; a missing and a present value are one standard deviation apart.
    """

    centre: dict[str, float]
    scale: dict[str, float]
    with_missing: tuple[str, ...]
    levels: dict[str, tuple[tuple[str, ...], float]]

    @property
    def width(self) -> int:
        """The number of coordinates."""
        return len(self.scale) + len(self.with_missing) + sum(len(names) for names, _ in self.levels.values())

    @property
    def descriptors(self) -> tuple[str, ...]:
        """Return whose coordinate each is, in the order of `points`; gaps come after all numbers."""
        words = [name for name, (names, _) in self.levels.items() for _ in names]
        return (*self.scale, *self.with_missing, *words)

    def points(self, sample: Sample) -> Points:
        """Return the sample's coordinates, shape (n, width), float32, finite."""
        columns: list[Floats] = []
        for name, scale in self.scale.items():
            values = np.asarray(sample.numeric[name], np.float64)
            place = np.clip((values - self.centre[name]) / scale, -REACH, REACH)
            columns.append(np.where(np.isnan(values), 0.0, place))
        columns.extend(np.isnan(np.asarray(sample.numeric[name], float)).astype(float) for name in self.with_missing)
        for name, (levels, length) in self.levels.items():
            number = {level: at for at, level in enumerate(levels)}
            codes = np.array([number.get(value, -1) for value in _texts(sample.categories[name])], np.int64)
            columns.extend((codes == at) * length for at in range(len(levels)))
        if not columns:
            return np.zeros((len(sample), 0), np.float32)
        descriptors = len(self.scale.keys() | set(self.with_missing)) + len(self.levels)
        return np.asarray(np.column_stack(columns) / np.sqrt(descriptors), np.float32)


def fit_space(samples: Sequence[Sample]) -> Space:
    """Choose the scale of each descriptor that all samples have, so that the samples count alike.

    Parameters
    ----------
    samples : sequence of Sample
        Usually two. The scale is the root mean square of their own spreads (interquartile range / 1.349, or the
        standard deviation where that is 0): a difference between the samples does not widen it.

    Notes
    -----
    Invariants: neither shift nor scale of a descriptor changes a distance; constant descriptors have no coordinate.
    """
    centre: dict[str, float] = {}
    scale: dict[str, float] = {}
    with_missing: list[str] = []
    for name in _shared([sample.numeric for sample in samples]):
        sides = [np.asarray(sample.numeric[name], np.float64) for sample in samples]
        if 0 < sum(int(np.isnan(side).sum()) for side in sides) < sum(len(side) for side in sides):
            with_missing.append(name)
        known = [side[np.isfinite(side)] for side in sides]
        known = [side for side in known if len(side)]
        spread = _spread(known) if known else 0.0
        if spread > 0 and np.isfinite(spread):
            centre[name], scale[name] = float(np.mean([np.median(side) for side in known])), spread
    levels = {}
    for name in _shared([sample.categories for sample in samples]):
        found = _levels([_texts(sample.categories[name]) for sample in samples])
        if found:
            levels[name] = found
    return Space(centre, scale, tuple(with_missing), levels)


def _shared(columns: Sequence[object]) -> list[str]:
    return sorted(set.intersection(*(set(names) for names in columns)))  # type: ignore[call-overload]


def _spread(sides: list[Floats]) -> float:
    # In units of the largest value: squares of very large and very small ones stay finite.
    unit = max(float(np.abs(side).max()) for side in sides)
    return unit * _relative_spread([side / unit for side in sides]) if unit > 0 else 0.0


def _relative_spread(sides: list[Floats]) -> float:
    robust = [float(np.subtract(*np.quantile(side, [0.75, 0.25]))) / 1.349 for side in sides]
    if all(robust):
        return float(np.sqrt(np.mean(np.square(robust))))
    plain = [0.0 if side.min() == side.max() else float(side.std()) for side in sides]
    if any(plain):
        return float(np.sqrt(np.mean(np.square(plain))))
    return (max(float(side[0]) for side in sides) - min(float(side[0]) for side in sides)) / 2


def _texts(values: Objects) -> list[str]:
    """Return categories as strings, missing ones as a word that none of them is."""
    return ["\0" if value is None or value != value else str(value) for value in np.asarray(values, object).tolist()]


def _levels(sides: list[list[str]]) -> tuple[tuple[str, ...], float] | None:
    shares: dict[str, float] = {}
    for side in sides:
        for value in side:
            shares[value] = shares.get(value, 0.0) + 1 / len(side) / len(sides)
    unlike = 1 - sum(share**2 for share in shares.values())
    if len(shares) < 2:
        return None
    frequent = sorted(shares, key=lambda value: (-shares[value], value))[:MOST_LEVELS]
    return tuple(frequent), float(np.sqrt(1 / unlike))
