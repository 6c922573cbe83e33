"""Near-duplicate pictures among millions: banded hashes propose, coefficients verify."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from tasks.descriptors.fingerprint import KEPT, Pictures

NEAR_BITS = 10
"""Candidates differ in so many of 64 hash bits at most. Measured: of re-encoded, resized and cropped photos 99 % differ
in 6 or fewer."""
WORK = 1 << 25
"""Comparisons a band: it sets the reach below, so that a million pictures take a minute at most."""
REACH = (16, 512)
"""Fewest and most followers in a bucket's order that a picture is compared with."""
LOOKS = 1 << 21
"""Candidates a band whose coefficients are compared, or 4 a picture if that is more: a crowd of look-alikes that are no
copies (one fixed camera) would else cost a comparison for each member and follower."""
_CHUNK = 1 << 15
_FIRST_LOOK = 16
"""Lowest coefficients compared first: they reject most candidates at a ninth of the cost."""


@dataclass(frozen=True)
class NearPairs:
    """Pairs of near-duplicate pictures: a spanning forest of their clusters.

    Parameters
    ----------
    pairs : (m, 2) int64
        Rows of the pictures, smaller first, in ascending order.
    distances : (m,) float64
        Root mean square difference of the coefficients, at most the threshold; 0 same, about 1.4 unrelated.
    compared : int
        Candidates whose coefficients were looked at.
    crowded : int
        Pictures in buckets that hold more than could be compared: there, only the nearest in the order of hashes were.
    """

    pairs: NDArray[np.int64]
    distances: NDArray[np.float64]
    compared: int
    crowded: int


def near_pairs(pictures: Pictures, threshold: float) -> NearPairs:
    """Find pictures whose coefficients differ by at most a threshold.

    Parameters
    ----------
    pictures : Pictures, m pictures
        In an order that does not depend on the order of records: the order decides which edges stand for a cluster.
    threshold : float
        Largest root mean square difference.

    Returns
    -------
    NearPairs

    Notes
    -----
    The hash is cut into 8 bytes; pictures that agree in any 2 of them share one of 28 buckets, so pairs up to Hamming
    distance 6 always meet. In a bucket, pictures are sorted by hash and compared with a bounded number of followers,
    and never with one that is in the same cluster already: a bucket of 100,000 copies costs 100,000 comparisons.
    """
    m = len(pictures.hashes)
    reach = int(np.clip(WORK // max(m, 1), *REACH))
    budget = max(LOOKS, 4 * m)
    lowest = pictures.numbers(np.arange(m), slice(_FIRST_LOOK))
    octets = pictures.hashes.view(np.uint8).reshape(m, 8)
    found: list[NDArray[np.int64]] = [np.empty((0, 2), dtype=np.int64)]
    far: list[NDArray[np.float64]] = [np.empty(0)]
    cluster = np.arange(m)
    crowded = np.zeros(m, dtype=bool)
    compared = 0
    for band in combinations(range(8), 2):
        order, sorted_keys = _sorted_by(octets, band)
        buckets = sorted_keys >> np.uint64(48)
        new = looked = 0
        together = np.arange(m)
        for step in range(1, min(reach, m - 1) + 1):
            # A bucket is a run, so whoever has no follower so far down has none further down.
            together = together[: np.searchsorted(together, m - step)]
            together = together[buckets[together + step] == buckets[together]]
            if not len(together):
                break
            bits = np.bitwise_count(sorted_keys[together + step] ^ sorted_keys[together])
            near = together[bits <= NEAR_BITS]
            one, two = order[near], order[near + step]
            apart = cluster[one] != cluster[two]
            pairs = np.sort(np.column_stack([one[apart], two[apart]]), axis=1)
            kept, distances = _verified(pictures, lowest, pairs, threshold)
            looked += len(pairs)
            found.append(kept)
            far.append(distances)
            new += len(kept)
            if new > 1000:
                cluster, new = clusters(m, np.concatenate(found)), 0
            if step == reach or looked > budget:
                crowded[order[together + step]] = True
                break
        compared += looked
        cluster = clusters(m, np.concatenate(found)) if new else cluster
    pairs, distances = spanning_forest(m, np.concatenate(found), np.concatenate(far))
    return NearPairs(pairs, distances, compared, int(crowded.sum()))


def _sorted_by(octets: NDArray[np.uint8], band: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Sort hashes with a band's bytes first: a bucket is a run of keys that agree in their upper 16 bits."""
    rest = [i for i in range(8) if i not in band]
    keys = np.ascontiguousarray(octets[:, [*band, *rest]]).view(">u8").ravel().astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    return order, keys[order]


def _verified(
    pictures: Pictures, lowest: NDArray[np.float32], pairs: NDArray[np.int64], threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    most = threshold**2 * KEPT**2
    kept, squares = [np.empty((0, 2), dtype=np.int64)], [np.empty(0)]
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        for numbers in (lowest.__getitem__, pictures.numbers):
            apart = numbers(part[:, 0]) - numbers(part[:, 1])
            square = np.einsum("pk,pk->p", apart, apart, dtype=np.float64)
            part, square = part[square <= most], square[square <= most]
        kept.append(part)
        squares.append(square)
    return np.concatenate(kept), np.sqrt(np.concatenate(squares)) / KEPT


def clusters(n: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the connected component of each of n vertices: (m, 2) pairs -> (n,) codes."""
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def spanning_forest(
    n: int, pairs: NDArray[np.int64], distances: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Keep the shortest edges that hold each cluster together: k - 1 for k vertices.

    Parameters
    ----------
    n : int
        Number of vertices.
    pairs : (m, 2) int64
        Edges, smaller vertex first; repetitions are allowed.
    distances : (m,) float64
        Their lengths, >= 0.

    Returns
    -------
    pairs : (k, 2) int64
        Smaller first, in ascending order.
    distances : (k,) float64
    """
    _, first = np.unique(pairs[:, 0] * n + pairs[:, 1], return_index=True)
    pairs, distances = pairs[first], distances[first]
    # Plus one, since a sparse graph takes a weight of 0 for no edge.
    graph = coo_array((distances + 1, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    ends = np.sort(np.column_stack([tree.row, tree.col]).astype(np.int64), axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    return ends[order], np.maximum(tree.data[order] - 1, 0)
