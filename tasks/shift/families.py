"""Families of descriptors: what moves together is one part of the mismatch."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from tasks.shift.block_distances import squared_distances
from tasks.shift.sample import Points, Sample
from tasks.shift.shapley import MOST_FAMILIES, Shares
from tasks.shift.space import Space

RANKED = 400
"""Rows a side that decide which families are large, where there are too many."""

OTHERS = "all others"
"""The family of all families beyond the largest ones."""


@dataclass(frozen=True)
class Families:
    """Which family each descriptor belongs to.

    Parameters
    ----------
    of : mapping of str to str
        Descriptor -> family; a descriptor without one is its own.
    gaps : str, optional
        The family of missing cells; the descriptor's own by default.
    apart : collection of str
        Families that say nothing of what a record shows, or that differ by definition: the mismatch is also measured
        without them.
    """

    of: Mapping[str, str] = field(default_factory=dict)
    gaps: str | None = None
    apart: Collection[str] = ()

    @property
    def descriptors_apart(self) -> tuple[str, ...]:
        """Return the descriptors of the families that are apart."""
        return tuple(name for name, family in self.of.items() if family in self.apart)

    def coordinates(self, space: Space) -> dict[str, tuple[int, ...]]:
        """Return family -> its coordinates, in order of appearance."""
        found: dict[str, list[int]] = {}
        gaps = range(len(space.scale), len(space.scale) + len(space.with_missing))
        for at, name in enumerate(space.descriptors):
            family = self.gaps if self.gaps and at in gaps else self.of.get(name, name)
            found.setdefault(family, []).append(at)
        return {family: tuple(columns) for family, columns in found.items()}


def share_out(families: Families, space: Space, x: Sample, y: Sample) -> tuple[Shares, tuple[str, ...]]:
    """Say whose shares of the distance between two samples are computed, and what they are called.

    Returns
    -------
    Shares
    tuple of str
        The families, in the order of their shares; beyond `MOST_FAMILIES` those that are least apart on their own are
        one, `OTHERS`.
    """
    X, Y = space.points(x), space.points(y)
    known = families.coordinates(space)
    typical = {name: _typical(X, columns) / 2 + _typical(Y, columns) / 2 for name, columns in known.items()}
    named = dict(known)
    if len(known) > MOST_FAMILIES:
        few_x, few_y = (side[:: max(1, len(side) // RANKED)] for side in (X, Y))
        whole = sum(typical.values())
        apart = {name: _alone(few_x, few_y, columns, whole - typical[name]) for name, columns in known.items()}
        kept = sorted(known, key=lambda name: -apart[name])[: MOST_FAMILIES - 1]
        named = {name: columns for name, columns in known.items() if name in kept}
        named[OTHERS] = tuple(at for name, columns in known.items() if name not in kept for at in columns)
        typical[OTHERS] = whole - sum(typical[name] for name in kept)
    without = tuple(at for at, name in enumerate(named) if name in families.apart)
    return Shares(tuple(named.values()), tuple(typical[name] for name in named), without), tuple(named)


def _typical(X: Points, columns: tuple[int, ...]) -> float:
    """Return the mean squared distance of two rows of one sample: twice the variance."""
    return 2 * float(X[:, columns].var(axis=0, dtype=np.float64).sum())


def _alone(X: Points, Y: Points, columns: tuple[int, ...], others: float) -> float:
    """Return how far two samples are apart in some coordinates, with the others at their typical distance."""

    def mean(a: Points, b: Points) -> float:
        return float(np.sqrt(squared_distances(a[:, columns], b[:, columns]) + others).mean())

    return 2 * mean(X, Y) - mean(X, X) - mean(Y, Y)
