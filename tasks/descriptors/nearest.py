"""Near neighbours among millions of points: by all pairs while they are few, by sorted hashes when they are many."""

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.copying import Floats

WHOLE = 16_384
"""Up to so many points every pair is compared: three seconds."""
BANDS = 16
"""Hashes a point, each of its own random directions. Points a unit apart in each of 32 directions, among points that
spread by 6, agree in a band of 20 signs in 37 of 100 cases: in one of 16 bands in all but 6 of 10,000."""
REACH = 48
"""Followers in a band's order that a point is compared with."""
BUDGET = 1 << 18
"""Pairs that a band may look at, or one a point if that is more; a band that finds more gives up its further
followers: a crowd."""
ALIKE = 0.25
"""Share of further signs that two points of a bucket may differ in to be compared: unrelated ones differ in half."""
_ROWS = 1024


def nearest_pairs(points: Floats, *, most: int, limit: float) -> tuple[NDArray[np.int64], NDArray[np.float32], int]:
    """Find, for each point, the nearest others.

    Parameters
    ----------
    points : (n, d) float32
        In an order that does not depend on how the records came.
    most : int
        Neighbours that each point proposes.
    limit : float
        Largest distance.

    Returns
    -------
    pairs : (m, 2) int64
        Smaller first, ascending, unique.
    squares : (m,) float32
        Their squared distances.
    crowded : int
        Points that had more near neighbours than they may propose, or more followers than were looked at.

    Notes
    -----
    Invariants: m is at most n * most; up to 16,384 points nothing within reach of `most` and `limit` is missed. Beyond,
    points meet in random bands of signs, sorted: time grows as n log n whatever the points are.

    References
    ----------
    Charikar, Similarity estimation techniques from rounding algorithms, STOC 2002.
    """
    n = len(points)
    pairs, squares, cut = _among_all(points, most, limit) if n <= WHOLE else _banded(points, limit)
    if not len(pairs):
        return np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32), 0
    keys, first = np.unique(pairs[:, 0] * n + pairs[:, 1], return_index=True)
    pairs, squares = np.column_stack(np.divmod(keys, n)), squares[first]
    kept, full = _nearest_of_each(n, pairs, squares, most)
    return pairs[kept], squares[kept], int((full | cut).sum())


def _among_all(
    points: Floats, most: int, limit: float
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]:
    n = len(points)
    norms = np.einsum("nd,nd->n", points, points)
    found, far, cut = [], [], np.zeros(n, dtype=bool)
    for start in range(0, n, _ROWS):
        rows = np.arange(start, min(start + _ROWS, n))
        squares = norms[rows, None] + norms[None, :] - 2 * (points[rows] @ points.T)
        squares[np.arange(len(rows)), rows] = np.inf
        near = squares <= limit**2
        cut[rows] = near.sum(axis=1) > most
        if n > most and cut[rows].any():
            columns = np.argpartition(squares, most - 1, axis=1)[:, :most]
            within = np.take_along_axis(near, columns, axis=1)
            one, two = rows[np.nonzero(within)[0]], columns[within]
        else:
            one, two = np.nonzero(near)
            one = rows[one]
        found.append(np.sort(np.column_stack([one, two]), axis=1))
        far.append(np.maximum(squares[one - start, two], 0))
    return np.concatenate(found or [np.empty((0, 2), np.int64)]), np.concatenate(far or [np.empty(0, np.float32)]), cut


def _banded(points: Floats, limit: float) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]:
    n, d = points.shape
    rng = np.random.default_rng(0)  # any directions do; the same for the same points
    bits = int(np.ceil(np.log2(n))) + 1
    some = points[:: max(1, n // 4096)]
    middle = np.median(some, axis=0)
    # Wide directions would make most bits alike, narrow ones part copies: in between, the root of each.
    weights = 1 / np.sqrt(np.maximum(some.std(axis=0), 1e-3))
    found, far = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.float32)]
    cut = np.zeros(n, dtype=bool)
    for _ in range(BANDS):
        # Signs of `bits` directions make the bucket, as many more the order inside.
        directions = (rng.normal(size=(d, 2 * bits)) * weights[:, None]).astype(np.float32)
        keys = _signs(points, middle, directions)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        buckets = keys >> np.uint64(bits)
        together = np.arange(n)
        looked = 0
        for step in range(1, min(REACH, n - 1) + 1):
            # A bucket is a run, so whoever has no follower so far down has none further down.
            together = together[: np.searchsorted(together, n - step)]
            together = together[buckets[together + step] == buckets[together]]
            if not len(together):
                break
            alike = together[np.bitwise_count(keys[together + step] ^ keys[together]) <= bits * ALIKE]
            one, two = order[alike], order[alike + step]
            near, squares = _within(points, one, two, limit)
            one, two = one[near], two[near]
            found.append(np.minimum(one, two) * n + np.maximum(one, two))
            far.append(squares)
            looked += len(alike)
            if step == REACH or looked > max(BUDGET, n):
                cut[order[together]] = True
                break
    found, far = _merged(found, far)
    return np.column_stack(np.divmod(found[0], n)), far[0], cut


def _merged(
    found: list[NDArray[np.int64]], far: list[NDArray[np.float32]]
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.float32]]]:
    keys, first = np.unique(np.concatenate(found), return_index=True)
    return [keys], [np.concatenate(far)[first]]


def _signs(points: Floats, middle: Floats, directions: Floats) -> NDArray[np.uint64]:
    number = directions.shape[1]
    octets = np.zeros((len(points), 8), dtype=np.uint8)
    for start in range(0, len(points), 1 << 14):
        part = slice(start, start + (1 << 14))
        signs = (points[part] - middle) @ directions > 0
        octets[part, : -(-number // 8)] = np.packbits(signs, axis=1)
    return octets.view(">u8").ravel().astype(np.uint64) >> np.uint64(64 - number)


def _within(
    points: Floats, one: NDArray[np.int64], two: NDArray[np.int64], limit: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    kept, squares = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.float32)]
    for start in range(0, len(one), 1 << 14):
        part = slice(start, start + (1 << 14))
        apart = points[one[part]] - points[two[part]]
        square = np.einsum("pd,pd->p", apart, apart)
        near = square <= limit**2
        kept.append(start + np.flatnonzero(near))
        squares.append(square[near])
    return np.concatenate(kept), np.concatenate(squares)


def _nearest_of_each(
    n: int, pairs: NDArray[np.int64], squares: NDArray[np.float32], most: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Keep a pair that is among the nearest of either end; tell which points had to leave some out."""
    ends = np.concatenate([pairs[:, 0], pairs[:, 1]])
    if len(ends) == 0 or np.bincount(ends, minlength=n).max() <= most:
        return np.ones(len(pairs), dtype=bool), np.zeros(n, dtype=bool)
    order = np.lexsort((np.tile(squares, 2), ends))
    starts = np.searchsorted(ends[order], np.arange(n))
    rank = np.arange(len(ends)) - starts[ends[order]]
    chosen = np.zeros(len(ends), dtype=bool)
    chosen[order] = rank < most
    return chosen[: len(pairs)] | chosen[len(pairs) :], np.bincount(ends, minlength=n) > most
