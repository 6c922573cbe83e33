"""Which atoms add up to a wanted number of rows."""

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_table import Codes

MOST_BITS = 1 << 29
"""Atoms times rows of the table of reachable sums: 64 MB, half a second. Beyond it there are so many atoms that moves
and swaps reach any size."""


def nearest_subset(rows: Codes, inside: npt.NDArray[np.bool_], wanted: int) -> npt.NDArray[np.bool_] | None:
    """Choose atoms whose rows add up to `wanted`, or come as near to it as any choice but nothing.

    Parameters
    ----------
    rows : ndarray of int64, shape (g,)
        Rows of each atom, at least 1.
    inside : ndarray of bool, shape (g,)
        The choice so far; later atoms keep it wherever the rest can still make up for it.
    wanted : int
        At least 1.

    Returns
    -------
    ndarray of bool, shape (g,), or None
        None when there are no atoms or the table would be too large.

    Notes
    -----
    Invariant: no other choice is nearer. Sums are bits of an integer; an atom of k rows is `reach | reach << k`.
    """
    if not len(rows):
        return None
    # Nothing above twice what is wanted can be nearest, but for the smallest atom where all are larger.
    limit = max(2 * wanted, int(rows.min()))
    if len(rows) * limit > MOST_BITS:
        return None
    mask = (1 << (limit + 1)) - 1
    reach = [1]
    for size in rows.tolist():
        reach.append((reach[-1] | reach[-1] << size) & mask)
    sums = np.flatnonzero(_bits(reach[-1], limit + 1))
    sums = sums[sums > 0]
    left = int(sums[np.argmin(np.abs(sums - wanted))])
    chosen = np.zeros(len(rows), bool)
    for place in range(len(rows) - 1, -1, -1):
        size = int(rows[place])
        without = bool(reach[place] >> left & 1)
        with_it = left >= size and bool(reach[place] >> (left - size) & 1)
        chosen[place] = with_it and (bool(inside[place]) or not without)
        left -= size if chosen[place] else 0
    return chosen


def reachable_sums(rows: Codes, limit: int) -> Codes | None:
    """List what atoms can add up to.

    Parameters
    ----------
    rows : ndarray of int64, shape (g,)
        Rows of each atom, at least 1.
    limit : int
        Sums up to here.

    Returns
    -------
    ndarray of int64, shape (sums,), or None
        Ascending, from 1; None when the table would be too large.
    """
    sizes, number = np.unique(rows[rows <= limit], return_counts=True)
    if len(sizes) * limit > MOST_BITS:
        return None
    mask, reach = (1 << (limit + 1)) - 1, 1
    for size, left in zip(sizes.tolist(), number.tolist(), strict=True):
        together = 1
        while left:  # one atom, two, four, ... and the rest: all numbers of them
            together = min(together, left)
            reach = (reach | reach << size * together) & mask
            left -= together
            together *= 2
    sums = np.flatnonzero(_bits(reach, limit + 1))
    return np.asarray(sums[sums > 0], np.int64)


def _bits(number: int, width: int) -> npt.NDArray[np.uint8]:
    packed = np.frombuffer(number.to_bytes((width + 7) // 8, "little"), np.uint8)
    return np.unpackbits(packed, bitorder="little", count=width)
