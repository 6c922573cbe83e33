"""From each pair the point that leaves the chosen nearest to all: as from any window, in a third of the time."""

from collections.abc import Iterator

import numpy as np

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.landmarks import distances
from tasks.splitting.one_of_each import Choice, Field
from tasks.splitting.points import Points
from tasks.splitting.side_by_side import side_by_side
from tasks.splitting.windows import Windows

PAIRS = 256
"""Near pairs whose products with each other are all known. Twice as many leave 4 % less distance of 10,000 rows, in a
third more time; half as many 2 % more of a million."""

MANY = 200_000
"""Pairs from which on products are made in threads, ahead of the choices."""

AT_ONCE = 1 << 20
"""Products at a time, 4 MB, of several chunks side by side: numpy's calls are shared out among them."""

SIDE_BY_SIDE = 16
"""Chunks at a time, at most."""

LEAST_BATCHES = 4
"""With fewer chunks, fewer are worked on at once: each learns late of the others' choices."""

STRIDE = 2
"""Pairs that choose before other chunks learn of it. With four, 8 % more distance is left of 100,000 rows; with one, a
fifth more time is needed for 10,000."""

PASSES = 4
"""Times that each pair chooses. Measured on 10,000 rows: 2 % nearer than after two, more bring nothing."""


def choose_one_of_two(windows: Windows, field: Field, start: Floats, rng: np.random.Generator) -> Choice:
    """Choose a member of each pair.

    Parameters
    ----------
    windows : Windows
        Of two members each.
    field : Field
    start : ndarray, shape (d,)
        The sum of coordinates that choices are to make up for.
    rng : numpy.random.Generator

    Returns
    -------
    Choice

    Notes
    -----
    As `choose_one_of_each`: what two pairs do to each other is one number, of the four distances between them, and a
    choice is a sign.
    """
    count = len(windows.members)
    chunks = -(-count // PAIRS)
    members = np.full((chunks * PAIRS, 2), -1)
    members[:count] = windows.members
    padded = members.reshape(chunks, PAIRS, 2)
    sides = np.zeros((chunks, PAIRS), np.float32)
    total = start.astype(np.float32)
    most = int(np.clip(AT_ONCE // PAIRS**2, 1, SIDE_BY_SIDE))
    at_once = int(np.clip(chunks // LEAST_BATCHES, 1, most))
    order = rng.permutation(chunks)
    batches = [order[first : first + at_once] for first in range(0, chunks, at_once)]
    for batch, (apart, products) in zip(batches, _differences(padded, batches, field, many=count >= MANY), strict=True):
        sides[batch], total = _choose(apart, products, total)
    # Where all but one of a window are chosen, the other member is the one that is singled out.
    first = (sides.reshape(-1)[:count] > 0) == (windows.sign > 0)
    chosen = np.where(first, windows.members[:, 0], windows.members[:, 1])
    return Choice(chosen, total.astype(np.float64))


def _differences(padded: Codes, batches: list[Codes], field: Field, *, many: bool) -> Iterator[tuple[Points, Points]]:
    def difference(batch: Codes) -> tuple[Points, Points]:
        return _difference(padded[batch], field)

    return side_by_side(difference, batches) if many else map(difference, batches)


def _difference(pairs: Codes, field: Field) -> tuple[Points, Points]:
    """Return half the coordinates between the members, (chunks, m, d), and pairs' products, (chunks, m, m)."""
    chunks, m = pairs.shape[:2]
    real = pairs[:, :, 0] >= 0
    rows = np.maximum(pairs, 0).transpose(2, 0, 1).reshape(-1)
    coordinates = field.coordinates(rows).reshape(2, chunks, m, -1)
    apart = coordinates[0] - coordinates[1]
    apart *= 0.5
    if field.exact:
        one, two = np.take(field.points, rows, axis=0).reshape(2, chunks, m, -1)
        across = distances(one, two)
        products = across + across.transpose(0, 2, 1)
        products -= distances(one, one, out=across)
        products -= distances(two, two, out=across)
        products *= 0.25
    else:
        products = np.matmul(apart, apart.transpose(0, 2, 1))
    if not real.all():
        apart *= real[:, :, None]
        products *= real[:, :, None]
        products *= real[:, None, :]
    products[:, np.arange(m), np.arange(m)] = 0
    return apart, products


def _choose(apart: Points, products: Points, total: Points) -> tuple[Points, Points]:
    """Return 1 where a pair's first member is chosen and -1 where the second is, (chunks, m), and what is left."""
    chunks, m = apart.shape[:2]
    sides = np.zeros((chunks, m), np.float32)
    pull = np.zeros((chunks, m), np.float32)
    room = np.empty((chunks, m), np.float32)
    # What other chunks hold is seen by coordinates, what this one holds exactly.
    others = np.repeat(total[None], chunks, axis=0)
    for _ in range(PASSES):
        for first in range(0, m, STRIDE):
            stride = slice(first, first + STRIDE)
            before = sides[:, stride].copy()
            force = np.matmul(apart[:, stride], others[:, :, None])[:, :, 0]
            for place in range(first, min(first + STRIDE, m)):
                after = -np.copysign(np.float32(1), force[:, place - first] + pull[:, place])
                change = after - sides[:, place]
                if change.any():
                    sides[:, place] = after
                    np.multiply(products[:, place], change[:, None], out=room)
                    pull += room
            change = sides[:, stride] - before
            if change.any():
                step = np.matmul(change[:, None, :], apart[:, stride])[:, 0]
                moved = step.sum(0)
                total = total + moved
                others += moved - step
    return sides, total
