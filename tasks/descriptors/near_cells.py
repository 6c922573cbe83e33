"""Which rows of a table are equal, or nearly equal, in every column."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from tasks.descriptors.cells import Cells
from tasks.descriptors.coincidence import column_hashes
from tasks.descriptors.dependence import numbered
from tasks.descriptors.neighbours import clusters, spanning_forest

NEAREST = 16
"""Rows that a row off the grid is compared with: noise of nearly a step in every column may put others nearer."""
BELOW = 1 - 1e-6
"""Noise below the granularity: a whole step is another value."""
CROWD = 64
"""Rows within reach of a row off the grid, on average: beyond, any of them will do instead of the nearest, and what was
found is tied together afterwards."""
SPOKESMEN = 8
ROUNDS = 12
"""Members that look for other clusters of a crowd, and how often: each round ties several clusters to one."""
BRIDGED = 0.01
BRIDGED_ROWS = 32
"""Share of the rows, or so many of few rows, that may be tied to other rows on the grid by one off the grid that is
near both. Different rows on the grid are no copies, so this counts what is tied wrongly; then the reach is narrower."""
ROUNDING = 0.5
"""Within half a step, rows off the grid are near one row on it only."""
_SAMPLE = (256, 1 << 22)
_ANY = 1e3
_LEAF = 32
_CHUNK = 1 << 16
_THREADS = 2
_Pairs = tuple[NDArray[np.int64], NDArray[np.float64]]


def equal_rows(cells: Cells) -> NDArray[np.int64]:
    """Return a star for each set of rows that are equal in every column: (m, 2), the first of a set to each other."""
    first = _first(_hashed(cells, np.empty((len(cells.codes), 0), dtype=np.int64)))
    rows = np.arange(len(first))
    copies = rows[first != rows]
    return np.column_stack([first[copies], copies]).astype(np.int64)


def nearly_equal_rows(cells: Cells, labels: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """Find rows that differ, by less than is tolerated, where one of them is off its column's grid.

    Parameters
    ----------
    cells : Cells, n rows
    labels : (n,) int64
        Rows of different labels are not compared; -1: not labelled, then labels do not count at all.

    Returns
    -------
    pairs : (m, 2) int64
        Each row off the grid with its nearest rows, at most 15.
    distances : (m,) float64
        Largest difference over the columns, as a share of what is tolerated.
    reach : float
        Largest distance that was accepted: just below 1, or less where many different rows would be tied.

    Notes
    -----
    Invariants: exact: a row within reach is missed only where 15 others are as near, or more than 64 on average. Rows
    all of whose values lie on their grids are equal or different, so they are looked up and do not look.

    References
    ----------
    Maneewongvatana, Mount, It's okay to be skinny, if your friends are fat, 1999 (the tree's splitting rule).
    """
    looking = np.asarray(~cells.whole.all(axis=1), dtype=bool)
    none = np.empty((0, 2), dtype=np.int64), np.empty(0), BELOW
    if not looking.any():
        return none
    told = np.empty((len(labels), 0), dtype=np.int64) if (labels < 0).any() else labels[:, None]
    rows = np.unique(_first(_hashed(cells, told)))
    # What must be equal becomes a coordinate in which different rows are too far apart.
    group = numbered(column_hashes(np.column_stack([cells.strict()[rows], told[rows]])).sum(axis=1, dtype=np.uint64))
    points = np.column_stack([cells.places[rows], 2.0 * group])
    from_row = np.flatnonzero(looking[rows])

    def looked_up(some: NDArray[np.int64], among: NDArray[np.int64], any_will_do: bool) -> _Pairs:
        found = among[_within(points[among], some, any_will_do)]
        apart = cells.apart(rows[found[:, 0]], rows[found[:, 1]])
        return found[apart < 1], apart[apart < 1]

    crowded = _neighbours(points, from_row) > CROWD
    found, far = looked_up(from_row, np.arange(len(rows)), crowded)
    for _ in range(ROUNDS if crowded else 0):
        cluster = clusters(len(rows), found)
        some = _spokesmen(cluster, ~looking[rows])
        again, apart = looked_up(np.arange(len(some)), some, True)
        found, far = spanning_forest(len(rows), np.concatenate([found, again]), np.concatenate([far, apart]))
        if len(rows) - len(found) == cluster.max() + 1:
            break
    reach = _without_bridges(found, far, ~looking[rows], BELOW)
    return rows[found[far <= reach]], far[far <= reach], reach


def _neighbours(points: NDArray[np.float64], looking: NDArray[np.int64]) -> float:
    """Estimate how many rows are within reach of a row that looks, on average."""
    some = points[looking[:: -(-len(looking) // _SAMPLE[0])]]
    others = points[:: -(-len(points) * len(some) // _SAMPLE[1])]
    apart = np.zeros((len(some), len(others)))
    for column, other in zip(some.T, others.T, strict=True):
        np.maximum(apart, np.abs(column[:, None] - other), out=apart)
    return float((apart < BELOW).sum() / len(some) * len(points) / len(others))


def _within(points: NDArray[np.float64], looking: NDArray[np.int64], any_will_do: bool) -> NDArray[np.int64]:
    tree = cKDTree(points, leafsize=_LEAF, balanced_tree=False)
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for start in range(0, len(looking), _CHUNK):
        some = looking[start : start + _CHUNK]
        _, near = tree.query(
            points[some],
            k=NEAREST,
            eps=_ANY if any_will_do else 0,
            p=np.inf,
            distance_upper_bound=BELOW,
            workers=_THREADS,
        )
        place, rank = np.nonzero((near < len(points)) & (near != some[:, None]))
        pairs.append(np.sort(np.column_stack([some[place], near[place, rank]]), axis=1))
    return np.concatenate(pairs)


def _spokesmen(cluster: NDArray[np.int64], on_grid: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return at most 8 members of each cluster, evenly spread."""
    order = np.argsort(cluster, kind="stable")
    sizes = np.bincount(cluster)
    place = np.arange(len(cluster)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    step = -(-sizes[cluster[order]] // SPOKESMEN)
    return np.sort(order[(place % step == 0) & ~on_grid[order]])


def _without_bridges(
    pairs: NDArray[np.int64], distances: NDArray[np.float64], on_grid: NDArray[np.bool_], reach: float
) -> float:
    """Return the widest reach at which rows off the grid tie few rows on it to each other."""
    most = max(BRIDGED_ROWS, round(BRIDGED * len(on_grid)))

    def bridged(within: float) -> int:
        held = clusters(len(on_grid), pairs[distances <= within])[on_grid]
        return len(held) - len(np.unique(held))

    if bridged(reach) <= most:
        return reach
    low, high = min(ROUNDING, reach), reach
    while high - low > 1e-2:
        middle = (low + high) / 2
        low, high = (low, middle) if bridged(middle) > most else (middle, high)
    return low


def _hashed(cells: Cells, also: NDArray[np.int64]) -> NDArray[np.uint64]:
    exact = (cells.places + 0.0).view(np.int64)  # one zero only
    hashes = column_hashes(np.column_stack([cells.strict(), exact, also]))
    return np.asarray(hashes.sum(axis=1), dtype=np.uint64)


def _first(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the first row that has the same hash, for each row."""
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    return np.asarray(first[inverse], dtype=np.int64)
