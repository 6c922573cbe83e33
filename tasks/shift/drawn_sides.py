"""Mean shares of distances between samples, for how their atoms are and for every draw of them."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from tasks.shift.intervals import draw_weights, merge_atoms
from tasks.shift.numbers import THREADS
from tasks.shift.sample import Codes, Floats, Points, Sample
from tasks.shift.shapley import Shares, block_sums
from tasks.shift.space import Space

BLOCKS = 128
"""More atoms than this are merged at random into so many blocks: the width of an interval is then known to 6 %, and the
cost of drawing does not grow."""


@dataclass(frozen=True)
class Side:
    """A sample's rows sorted by block, and how often each draw takes each block.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    block : ndarray of int64, shape (blocks,)
        Numbers that mean the same block in every side that was drawn together.
    starts : ndarray of int64, shape (blocks,)
    rows : ndarray of float32, shape (blocks,)
    weights : ndarray of float32, shape (blocks, 1 + draws)
        The first draw is the sample itself.
    """

    points: Points
    block: Codes
    starts: Codes
    rows: Points
    weights: Points

    @property
    def count(self) -> int:
        """The number of blocks."""
        return len(self.block)


def draw_sides(samples: Sequence[Sample], space: Space, rng: np.random.Generator, draws: int) -> list[Side]:
    """Sort samples into blocks of whole atoms and draw these in common."""
    merged = merge_atoms(np.concatenate([sample.atoms for sample in samples]), rng, BLOCKS)
    count = int(merged.max(initial=-1)) + 1
    weights = np.column_stack([np.ones(count, np.float32), draw_weights(count, rng, draws).T])
    found, first = [], 0
    for sample in samples:
        of_row = merged[first : first + len(sample)]
        first += len(sample)
        order = np.argsort(of_row, kind="stable")
        block, starts, rows = np.unique(of_row[order], return_index=True, return_counts=True)
        points = np.ascontiguousarray(space.points(sample)[order])
        found.append(Side(points, block, starts, rows.astype(np.float32), weights[block]))
    return found


def sums_of(shares: Shares, pairs: Mapping[tuple[str, str], tuple[Side, Side]]) -> dict[tuple[str, str], Points]:
    """Add up shares of distances over the rows of each two blocks, for several pairs of sides.

    Returns
    -------
    dict
        Pair -> ndarray of float32, shape (shares, blocks of the first, blocks of the second); a block and itself, on
        whichever sides, is 0: rows of one atom say nothing of how wide a distribution is.
    """

    def add(pair: tuple[str, str]) -> Points:
        a, b = pairs[pair]
        sums = block_sums(shares, a.points, b.points, a.starts, b.starts)
        return np.asarray(sums, np.float32)

    largest_first = sorted(pairs, key=lambda pair: -len(pairs[pair][0].points) * len(pairs[pair][1].points))
    with ThreadPoolExecutor(THREADS) as threads:
        return dict(zip(largest_first, threads.map(add, largest_first), strict=True))


def between(sums: Mapping[str, Points], sides: Mapping[str, Side], other: Side) -> Floats:
    """Average the shares of distances between the union of some sides and another side.

    Parameters
    ----------
    sums : mapping
        Name of a side -> its sums with `other`.

    Returns
    -------
    ndarray, shape (shares, draws)
    """
    total = sum(_form(found, sides[name].weights, other.weights) for name, found in sums.items())
    rows = sum(side.rows @ side.weights for side in sides.values())
    return np.asarray(total / (rows * (other.rows @ other.weights)), np.float64)


def within(sums: Mapping[tuple[str, str], Points], sides: Mapping[str, Side]) -> Floats:
    """Average the shares of distances between rows of different blocks of the union of some sides.

    Returns
    -------
    ndarray, shape (shares, draws)
        NaN where a draw has one block only.
    """
    total: Floats | float = 0.0
    for (a, b), found in sums.items():
        x, y = sides[a], sides[b]
        apart = np.where(x.block[:, None] == y.block[None, :], np.float32(0), found)
        total = total + (1 if a == b else 2) * _form(apart, x.weights, y.weights)
    blocks = 1 + max(int(side.block.max(initial=-1)) for side in sides.values())
    drawn = np.zeros((blocks, next(iter(sides.values())).weights.shape[1]))
    for side in sides.values():
        drawn[side.block] += side.rows[:, None] * side.weights
    pairs = drawn.sum(0) ** 2 - (drawn**2).sum(0)
    return np.asarray(np.divide(total, pairs, out=np.full(np.shape(total), np.nan), where=pairs > 0))


def _form(sums: Points, u: Points, v: Points) -> Floats:
    """Return u' K v for each share and draw."""
    return np.asarray(np.einsum("gd,sgd->sd", u, sums @ v), np.float64)
