"""Clusters of pairs, and the fewest pairs that hold each together."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree


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
