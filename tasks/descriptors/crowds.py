"""Who looks again where a crowd of look-alikes has come apart: everybody sees only a few of so many neighbours."""

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.copying import Floats

SPOKESMEN = 64
"""Members of a cluster that look for others outside of it."""
CROWD = 256
"""A cluster of more is a crowd: copies come in twos and threes."""
ANCHORS = 512
"""Members of all crowds by which others are told to be near one."""
_CHUNK = 1 << 13


def looking_again(points: Floats, cluster: NDArray[np.int64], *, most: int, limit: float) -> NDArray[np.int64]:
    """Choose the points that look for neighbours again, among each other.

    Parameters
    ----------
    points : (n, d) float32
    cluster : (n,) int64
        Codes of the clusters that were found.
    most : int
        Neighbours that a point proposed.
    limit : float
        Largest distance of neighbours.

    Returns
    -------
    (k,) int64
        Ascending: at most 64 members, evenly spread, of each cluster that is too large to see past itself; and every
        point near a crowd that is not of it.
    """
    order = np.argsort(cluster, kind="stable")
    sizes = np.bincount(cluster)
    place = np.arange(len(cluster)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    size = sizes[cluster[order]]
    spread = place % -(-size // SPOKESMEN) == 0
    speaking = order[spread & (size >= most)]
    crowd = order[spread & (size > CROWD)]
    if not len(crowd):
        return np.sort(speaking)
    anchors = points[crowd[:: -(-len(crowd) // ANCHORS)]]
    others = np.flatnonzero(sizes[cluster] < most)
    near = [
        others[i : i + _CHUNK][_near(points[others[i : i + _CHUNK]], anchors, limit)]
        for i in range(0, len(others), _CHUNK)
    ]
    return np.sort(np.concatenate([speaking, *near]))


def _near(points: Floats, anchors: Floats, limit: float) -> NDArray[np.bool_]:
    squares = np.square(points).sum(axis=1)[:, None] + np.square(anchors).sum(axis=1) - 2 * (points @ anchors.T)
    return np.asarray((squares <= limit**2).any(axis=1))
