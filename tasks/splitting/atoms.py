"""Atoms: records tied by a group or by near-duplication; an atom moves between splits as a whole."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def tie_atoms(n: int, edges: NDArray[np.int64], groups: Sequence[str | None]) -> NDArray[np.int64]:
    """Tie records into atoms: connected components over "near-duplicate" and "same group".

    Parameters
    ----------
    n : int
        Number of records, >= 0.
    edges : (m, 2) int64
        Pairs of record indices, each in [0, n); order and repetitions do not matter.
    groups : sequence of (str or None), length n
        The group of each record; None: the record belongs to no group. An empty string is a group like any other.

    Returns
    -------
    (n,) int64
        Atom codes 0, 1, 2, ... in order of first occurrence.

    Raises
    ------
    ValueError
        If lengths do not fit or an index is out of range.

    Notes
    -----
    Invariants: two records of one edge or one group have one code; a record without edge and group is alone; codes
    appear in ascending order; the partition depends neither on the order of edges nor on the names of groups.
    """
    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    if len(groups) != n:
        raise ValueError(f"groups: {n} wanted, one a record, but {len(groups)} given")
    if pairs.size and (pairs.min() < 0 or pairs.max() >= n):
        raise ValueError(f"edges: indices in [0, {n}) wanted, found {int(pairs.min())} to {int(pairs.max())}")
    if n == 0:
        return np.empty(0, dtype=np.int64)
    # Groups are extra vertices: a group of k records costs k edges, not k^2.
    names: dict[str, int] = {}
    members = np.fromiter((i for i, name in enumerate(groups) if name is not None), dtype=np.int64)
    hubs = np.fromiter((n + names.setdefault(g, len(names)) for g in groups if g is not None), dtype=np.int64)
    ends_a = np.concatenate([pairs[:, 0], members])
    ends_b = np.concatenate([pairs[:, 1], hubs])
    size = n + len(names)
    graph = coo_array((np.ones(len(ends_a)), (ends_a, ends_b)), shape=(size, size))
    return _by_first_occurrence(connected_components(graph, directed=False)[1][:n])


def name_atoms(codes: NDArray[np.int64], record_ids: Sequence[str]) -> list[str]:
    """Name each record's atom by the smallest record id in it.

    Parameters
    ----------
    codes : (n,) int64
        Atom codes as `tie_atoms` returns them.
    record_ids : sequence of str, length n
        Record ids.

    Returns
    -------
    list of str, length n
        The name of each record's atom. It depends on the members alone, neither on row order nor on other atoms,
        so an atom that gains no record keeps its name from version to version.

    Raises
    ------
    ValueError
        If the lengths differ.
    """
    if len(codes) != len(record_ids):
        raise ValueError(f"record_ids: {len(codes)} wanted, one a code, but {len(record_ids)} given")
    smallest: dict[int, str] = {}
    listed = np.asarray(codes).tolist()
    for code, record_id in zip(listed, record_ids, strict=True):
        known = smallest.get(code)
        if known is None or record_id < known:
            smallest[code] = record_id
    return [smallest[code] for code in listed]


def _by_first_occurrence(codes: NDArray[np.int32]) -> NDArray[np.int64]:
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]
