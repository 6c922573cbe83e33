"""From each pair the point that leaves the chosen nearest to all: as from any window, in a third of the time."""

import numpy as np

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.landmarks import distances
from tasks.splitting.near_order import leaves
from tasks.splitting.one_of_each import Choice, Field
from tasks.splitting.points import Points
from tasks.splitting.side_by_side import side_by_side
from tasks.splitting.windows import Windows

PAIRS = 256
"""Near pairs whose products with each other are all known."""

PAIRS_OF_MANY = 128
MANY = 200_000
"""Pairs from which on smaller chunks do: their products would cost as much as all else."""

AT_ONCE = 1 << 19
"""Products at a time, 2 MB, of several chunks side by side: numpy's calls are shared out among them."""

SIDE_BY_SIDE = 16
"""Chunks at a time, at most."""

LEAST_BATCHES = 4
"""With fewer chunks, fewer are worked on at once: each learns late of the others' choices."""

STRIDE = 4
"""Pairs that choose before other chunks learn of it; with eight 2 % more distance is left."""

LOOKS_AT_MANY = 2
"""Times that many pairs are cut into chunks, each time in another way: pairs on both sides of a border see each other
the second time. Measured on half a million rows: 4 % nearer, for half as much time again."""

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
    many = count >= MANY
    per_chunk = PAIRS_OF_MANY if many else PAIRS
    sides = np.zeros(count, np.float32)
    total = start.astype(np.float32)
    chunks = np.append(np.arange(count), np.full(-count % per_chunk, -1)).reshape(-1, per_chunk)
    for look in range(LOOKS_AT_MANY if many else 1):
        if look:
            chunks = leaves(field.points[windows.members[:, 0]], per_chunk, rng)
        total = _look(chunks, windows.members, field, sides, total, rng)
    # Where all but one of a window are chosen, the other member is the one that is singled out.
    first = (sides > 0) == (windows.sign > 0)
    chosen = np.where(first, windows.members[:, 0], windows.members[:, 1])
    return Choice(chosen, total.astype(np.float64))


def _look(
    chunks: Codes, members: Codes, field: Field, sides: Points, total: Points, rng: np.random.Generator
) -> Points:
    """Let the pairs of each chunk choose, sides in place, and return what is left."""
    most = int(np.clip(AT_ONCE // chunks.shape[1] ** 2, 1, SIDE_BY_SIDE))
    at_once = int(np.clip(len(chunks) // LEAST_BATCHES, 1, most))
    order = rng.permutation(len(chunks))
    batches = [chunks[order[first : first + at_once]] for first in range(0, len(chunks), at_once)]

    def difference(batch: Codes) -> tuple[Points, Points]:
        return _difference(np.where(batch[:, :, None] < 0, -1, members[batch]), field)

    found = side_by_side(difference, batches) if len(members) >= MANY else map(difference, batches)
    for batch, (apart, products) in zip(batches, found, strict=True):
        real = batch >= 0
        chosen, total = _choose(apart, products, np.where(real, sides[batch], 0), total)
        sides[batch[real]] = chosen[real]
    return total


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


def _choose(apart: Points, products: Points, sides: Points, total: Points) -> tuple[Points, Points]:
    """Return 1 where a pair's first member is chosen and -1 where the second is, (chunks, m), and what is left.

    Sides are 0 where nothing has been chosen before.
    """
    m = apart.shape[1]
    pull = np.matmul(products, sides[:, :, None])[:, :, 0]
    room = np.empty_like(pull)
    # What other chunks hold is seen by coordinates, what this one holds exactly.
    others = total - np.matmul(sides[:, None, :], apart)[:, 0]
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
