"""Near neighbours among millions of points: by all pairs while they are few, by sorted hashes when they are many."""

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.copying import Floats
from tasks.descriptors.proposals import Proposals

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
_CELLS = 1 << 22
"""Distances that are in memory at a time: 16 MB, and 32 to find the nearest."""


def nearest_pairs(
    points: Floats, *, most: int, limit: float
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]:
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
    crowded : (n,) bool
        Points that had more near neighbours than they may propose, or more followers than were looked at.

    Notes
    -----
    Invariants: m is at most n * most; up to 16,384 points nothing within reach of `most` and `limit` is missed. Beyond,
    points meet in random bands of signs, sorted: time grows as n log n whatever the points are.

    References
    ----------
    Charikar, Similarity estimation techniques from rounding algorithms, STOC 2002.
    """
    proposals = Proposals(len(points), most)
    cut = _among_all(points, most, limit, proposals) if len(points) <= WHOLE else _banded(points, limit, proposals)
    pairs, squares = proposals.settled()
    return pairs, squares, proposals.full | cut


def _among_all(points: Floats, most: int, limit: float, proposals: Proposals) -> NDArray[np.bool_]:
    """Propose each point's nearest; return which points have more within the limit."""
    n = len(points)
    norms = np.einsum("nd,nd->n", points, points)
    cut = np.zeros(n, dtype=bool)
    step = max(1, _CELLS // max(n, 1))
    for start in range(0, n, step):
        rows = np.arange(start, min(start + step, n))
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
        proposals.add(one, two, np.maximum(squares[one - start, two], 0))
    return cut


def _banded(points: Floats, limit: float, proposals: Proposals) -> NDArray[np.bool_]:
    """Propose what meets in bands; return which points had more followers than were looked at."""
    n, d = points.shape
    rng = np.random.default_rng(0)  # any directions do; the same for the same points
    bits = int(np.ceil(np.log2(n))) + 1
    some = points[:: max(1, n // 4096)]
    middle = np.median(some, axis=0)
    # Wide directions would make most bits alike, narrow ones part copies: in between, the root of each.
    weights = 1 / np.sqrt(np.maximum(some.std(axis=0), 1e-3))
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
            proposals.add(one[near], two[near], squares)
            looked += len(alike)
            if step == REACH or looked > max(BUDGET, n):
                cut[order[together]] = True
                break
    return cut


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
