"""What two samples are compared by: features of the pooled rows that know nothing of who belongs to which side."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from tasks.shift.numbers import THREADS
from tasks.shift.sample import Codes, Flags, Floats, Points

WAVES = 48
"""Random frequencies a bandwidth, each a cosine and a sine."""

BANDWIDTHS = (0.35, 0.7, 1.4)
"""In units of the root of the number of descriptors: from a third of the usual distance of two rows to beyond it."""

ORDERS = 4
"""Legendre polynomials of a rank: location, spread, skew, tails."""

CHUNK = 2_048
"""Rows whose features exist at once."""


@dataclass(frozen=True)
class Features:
    """Features of N = n + m rows, made chunk by chunk.

    Parameters
    ----------
    ranks : ndarray of float32, shape (N, p)
        Mid-ranks in (0, 1) of the numbers that vary; NaN where missing, which counts as the mean of every feature.
    scores : ndarray of float32, shape (N, p)
        Their normal scores.
    gaps : ndarray of bool, shape (N, g)
        Where a column that has gaps has one.
    levels : ndarray of int32, shape (N, c)
        Codes of the categories that vary, -1 where missing.
    widths : tuple of int
        The number of codes of each.
    numbers, gappy, words : tuple of str
        The columns' names.
    pairs : ndarray of int64, shape (2, r)
        Which numbers are multiplied.
    frequencies : ndarray of float32, shape (p + levels, waves)
    """

    ranks: Points
    scores: Points
    gaps: Flags
    levels: Codes
    widths: tuple[int, ...]
    numbers: tuple[str, ...]
    gappy: tuple[str, ...]
    words: tuple[str, ...]
    pairs: Codes
    frequencies: Points

    @property
    def groups(self) -> dict[str, slice]:
        """Return which columns belong to which kind of feature, in the order of `rows`."""
        p = len(self.numbers)
        sizes = {"location": p, "shape": (ORDERS - 1) * p, "gaps": len(self.gappy), "levels": sum(self.widths)}
        sizes["pairs"] = self.pairs.shape[1]
        sizes |= {f"waves {band}": 2 * self.frequencies.shape[1] // len(BANDWIDTHS) for band in BANDWIDTHS}
        ends = list(accumulate(sizes.values()))
        return {name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)}

    @property
    def plain(self) -> int:
        """The number of features before the waves."""
        return int(self.groups["pairs"].stop)

    @property
    def descriptors(self) -> list[tuple[str, ...]]:
        """Return whose values each feature before the waves is made of: one descriptor, or two of a product."""
        names: list[tuple[str, ...]] = [(name,) for _ in range(ORDERS) for name in self.numbers]
        names += [(name,) for name in self.gappy]
        names += [(name,) for name, width in zip(self.words, self.widths, strict=True) for _ in range(width)]
        return names + [(self.numbers[a], self.numbers[b]) for a, b in self.pairs.T.tolist()]

    def of(self, name: str) -> Codes:
        """Return the columns of one descriptor's values: its polynomials in order, or its categories."""
        if name in self.numbers:
            return self.numbers.index(name) + len(self.numbers) * np.arange(ORDERS)
        at = self.words.index(name)
        first = self.groups["levels"].start + sum(self.widths[:at])
        return np.arange(first, first + self.widths[at])

    def rows(self, rows: Codes, *, waves: bool = True) -> Points:
        """Return the features of some rows, shape (features, rows), float32: a feature's values lie together."""
        groups, widest = self.groups, len(self.numbers)
        found = np.empty((groups[f"waves {BANDWIDTHS[-1]}"].stop if waves else self.plain, len(rows)), np.float32)
        ranks = np.ascontiguousarray(self.ranks[rows].T)
        u = 2 * ranks - 1
        square = u * u
        # Orthonormal on (-1, 1).
        np.multiply(u, math.sqrt(3), out=found[:widest])
        shape = found[groups["shape"]].reshape(ORDERS - 1, widest, len(rows))
        np.multiply(3 * square - 1, math.sqrt(5) / 2, out=shape[0])
        np.multiply((5 * square - 3) * u, math.sqrt(7) / 2, out=shape[1])
        np.multiply((35 * square - 30) * square + 3, 3 / 8, out=shape[2])
        scores = np.ascontiguousarray(self.scores[rows].T)
        if any(name in self.gappy for name in self.numbers):
            np.nan_to_num(found[: groups["shape"].stop], copy=False, nan=0.0)
            np.nan_to_num(scores, copy=False, nan=0.0)
        found[groups["gaps"]] = self.gaps[rows].T
        kinds = found[groups["levels"]]
        first = 0
        for codes, width in zip(self.levels[rows].T, self.widths, strict=True):
            np.equal(codes, np.arange(width)[:, None], out=kinds[first : first + width], casting="unsafe")
            first += width
        np.multiply(scores[self.pairs[0]], scores[self.pairs[1]], out=found[groups["pairs"]])
        if waves:
            angles = self.frequencies.T @ np.concatenate([scores, kinds])
            both = found[self.plain :].reshape(len(BANDWIDTHS), 2, WAVES, len(rows))
            angles = angles.reshape(len(BANDWIDTHS), WAVES, len(rows))
            np.cos(angles, out=both[:, 0])
            np.sin(angles, out=both[:, 1])
        return found

    def sums(self, cell: Codes, cells: int) -> Floats:
        """Add up the features of the rows of each cell.

        Parameters
        ----------
        cell : ndarray of int64, shape (N,)
            From 0; rows below 0 do not count.

        Returns
        -------
        ndarray of float64, shape (cells, features)
        """
        order = np.argsort(cell, kind="stable")
        order = order[np.searchsorted(cell[order], 0) :]
        total = np.zeros((cells, self.groups[f"waves {BANDWIDTHS[-1]}"].stop))

        def chunk(rows: Codes) -> tuple[Codes, Points]:
            held, starts = np.unique(cell[rows], return_index=True)
            return held, np.add.reduceat(self.rows(rows), starts, axis=1).T

        with ThreadPoolExecutor(THREADS) as threads:
            for held, part in threads.map(chunk, chunks(order)):
                total[held] += part
        return total


def chunks(rows: Codes) -> Iterator[Codes]:
    """Yield rows a chunk at a time."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
