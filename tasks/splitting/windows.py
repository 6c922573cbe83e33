"""Windows: small sets of near points of one kind, from each of which one is chosen."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.near_order import leaves, positions
from tasks.splitting.near_pairs import LEAF as PAIR_LEAF
from tasks.splitting.near_pairs import pair_near
from tasks.splitting.points import Points

WIDEST = 24
"""Points of a window that are looked at; where a split takes one row in 1,000, the others stay where they are."""

LEAF = 8
"""Points of which no order is known any more."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Windows:
    """What is to be chosen from, in an order in which neighbours are near."""

    members: Codes
    """Shape (windows, widest): positions of points; -1 fills up."""
    sign: Codes
    """Shape (windows,): 1 where one member is chosen, -1 where all but one are."""
    base: Flags
    """Shape (n,): whether a point is chosen where no window singles it out; singling out turns it round."""
    expected: Floats
    """Shape (n,): the share of each point that is chosen: `base` outside windows."""

    @property
    def paired(self) -> bool:
        """Whether all windows have two members."""
        return self.members.shape[1] == 2 and bool((self.members >= 0).all())


def cut_windows(points: Points, kind: Codes, wanted: Codes, rng: np.random.Generator) -> Windows:
    """Arrange points so that choosing one from each window leads to what is wanted of each kind.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    kind : ndarray of int64, shape (n,)
        From 0.
    wanted : ndarray of int64, shape (kinds,)
        Points to be chosen of each kind, at most as many as there are.
    rng : numpy.random.Generator

    Notes
    -----
    Where half of a kind is wanted, windows are pairs of nearest points; otherwise runs in an order in which neighbours
    are near. Where more than half is wanted, what stays is chosen instead.
    """
    n = len(points)
    there = np.bincount(kind, minlength=len(wanted))
    several = np.minimum(wanted, there - wanted)
    sign_of = np.where(wanted <= there - wanted, 1, -1)
    halved = (2 * several >= there - 1) & (several > 0)
    # Pairs need no finer order: which chunk they are in is all that matters.
    fine = bool(((several > 0) & ~halved).any())
    leaf = leaves(points, LEAF if fine else PAIR_LEAF, rng)
    rank = positions(leaf, n)
    members: list[Codes] = []
    paired = np.flatnonzero(halved[kind])
    if len(paired):
        everything = not fine and len(paired) == n
        pairs = pair_near(points if everything else points[paired], kind[paired], rng, leaf if everything else None)
        members.append(paired[np.column_stack(pairs)])
    others = np.flatnonzero((several[kind] > 0) & ~halved[kind])
    if len(others):
        members.append(_runs(others[np.lexsort((rank[others], kind[others]))], kind, there, several, rng))
    widest = max((block.shape[1] for block in members), default=1)
    padded = [np.pad(block, ((0, 0), (0, widest - block.shape[1])), constant_values=-1) for block in members]
    joined = np.concatenate([*padded, np.empty((0, widest), np.int64)])
    joined = joined[np.argsort(rank[joined[:, 0]])]
    sign = sign_of[kind[joined[:, 0]]]
    inside = joined >= 0
    base = (wanted > there - wanted)[kind]
    expected = base.astype(np.float64)
    share = 1 / np.maximum(1, inside.sum(1))
    share = np.where(sign > 0, share, 1 - share)
    expected[joined[inside]] = np.repeat(share, inside.sum(1))
    return Windows(joined, sign, base, expected)


def _runs(order: Codes, kind: Codes, there: Codes, several: Codes, rng: np.random.Generator) -> Codes:
    kinds = kind[order]
    start = np.flatnonzero(np.diff(kinds, prepend=-1))
    within = np.arange(len(order)) - np.repeat(start, np.diff(np.append(start, len(order))))
    window = within * several[kinds] // there[kinds] + (np.cumsum(several) - several)[kinds]
    # Where windows are too wide, some of their members at random are looked at.
    by_chance = np.lexsort((rng.random(len(order)), window))
    first = np.flatnonzero(np.diff(window[by_chance], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    number = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
    members = np.full((len(first), min(WIDEST, int(place.max()) + 1)), -1)
    taken = place < WIDEST
    members[number[taken], place[taken]] = order[by_chance[taken]]
    return members
