"""From each window the point that leaves the chosen nearest to all: exactly among near points, by coordinates afar."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.landmarks import distances
from tasks.splitting.points import Points
from tasks.splitting.windows import Windows

CHUNK_POINTS = 512
"""Near points whose distances to each other are all known. Measured on 10,000 rows: half as many leave 4 % more
distance."""

CHUNK_OF_MANY = 256
MANY = 200_000
"""Windows from which on smaller chunks do: their distances would cost as much as all else."""

AT_ONCE = 1 << 21
"""Distances at a time, 8 MB, of several chunks side by side: numpy's calls are shared out among them."""

SIDE_BY_SIDE = 16
"""Chunks at a time, at most: each is blind to the others' latest choice."""

LEAST_BATCHES = 4
"""With fewer chunks, fewer are worked on at once."""

PASSES = 2
"""Times that each window chooses; a third brings 1 %."""


@dataclass(frozen=True)
class Field:
    """What choices are judged by.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
        Where points are.
    coordinates : callable
        Positions of points -> coordinates (k, d) whose sums are to vanish.
    exact : bool
        Whether `points` are single rows, so that the energy kernel -|x - y| holds between near ones; otherwise the
        coordinates' own products are taken.
    """

    points: Points
    coordinates: Callable[[Codes], Points]
    exact: bool


@dataclass(frozen=True)
class Choice:
    """What `choose_one_of_each` found."""

    chosen: Codes
    """Shape (windows,): the member of each window that is singled out."""
    total: Floats
    """Shape (d,): the sum of coordinates that is left."""


def choose_one_of_each(windows: Windows, field: Field, start: Floats, rng: np.random.Generator) -> Choice:
    """Choose a member of each window.

    Parameters
    ----------
    windows : Windows
    field : Field
    start : ndarray, shape (d,)
        The sum of coordinates that choices are to make up for.
    rng : numpy.random.Generator

    Returns
    -------
    Choice

    Notes
    -----
    The energy distance between what is chosen and what was expected is a quadratic form in the choices. Each window in
    turn takes the member that makes it least, twice. Products with points of the same chunk are exact, all others are
    taken from the coordinates' running sum, so that it costs O(n (d + chunk)). A chunk holds neighbours: between them
    the kernel is rough, and a few coordinates would not show it.

    References
    ----------
    Dwivedi & Mackey 2021, Kernel thinning; Vakayil & Joseph 2022, Data twinning: thinning by a kernel alone, and by
    neighbours alone.
    """
    count, width = windows.members.shape
    per_chunk = max(1, (CHUNK_POINTS if count < MANY else CHUNK_OF_MANY) // width)
    chunks = -(-count // per_chunk)
    members = np.full((chunks * per_chunk, width), -1)
    members[:count] = windows.members
    members = members.reshape(chunks, per_chunk, width)
    sign = np.ones(chunks * per_chunk, np.float32)
    sign[:count] = windows.sign
    sign = sign.reshape(chunks, per_chunk)
    picked = np.zeros((chunks, per_chunk), np.int64)
    total = start.astype(np.float64)
    order = rng.permutation(chunks)
    at_once = int(
        np.clip(chunks // LEAST_BATCHES, 1, int(np.clip(AT_ONCE // (per_chunk * width) ** 2, 1, SIDE_BY_SIDE)))
    )
    # Allocated once: the system would take large arrays back and clear them each time.
    room = np.empty((at_once, per_chunk * width, per_chunk * width), np.float32)
    for first in range(0, chunks, at_once):
        batch = order[first : first + at_once]
        picked[batch], total = _choose(members[batch], sign[batch], field, total, room)
    chosen = np.take_along_axis(members, picked[:, :, None], 2).reshape(-1)[:count]
    return Choice(chosen, total)


def _choose(members: Codes, sign: Points, field: Field, total: Floats, room: Points) -> tuple[Codes, Floats]:
    chunks, per_chunk, width = members.shape
    flat = members.reshape(chunks, -1)
    real = flat >= 0
    rows = np.where(real, flat, 0)
    phi = field.coordinates(rows.reshape(-1)).reshape(chunks, per_chunk * width, -1)
    kernel = room[:chunks]
    if field.exact:
        near = field.points[rows]
        np.negative(distances(near, near, out=kernel), out=kernel)
    else:
        np.matmul(phi, phi.swapaxes(1, 2), out=kernel)
    if not real.all():
        phi *= real[:, :, None]
        kernel *= real[:, :, None]
        kernel *= real[:, None, :]
    inside = real.reshape(members.shape)
    even = (inside / np.maximum(1, inside.sum(2, keepdims=True))).astype(np.float32)
    kernel_even = np.einsum("ctwr,ctw->ctr", kernel.reshape(chunks, per_chunk, width, -1), even)
    phi_even = np.einsum("ctwd,ctw->ctd", phi.reshape(chunks, per_chunk, width, -1), even)
    place = np.arange(per_chunk * width)
    own = kernel[:, place, place] - 2 * kernel_even[:, place // width, place]
    own = np.where(real, own, np.inf).reshape(members.shape)
    lines = np.arange(chunks)
    here = np.zeros((chunks, phi.shape[2]), np.float32)
    pull = np.zeros((chunks, per_chunk * width), np.float32)
    total32 = total.astype(np.float32)
    picked = np.zeros((chunks, per_chunk), np.int64)
    for again in range(PASSES):
        for t in range(per_chunk):
            window = slice(t * width, (t + 1) * width)
            seen = phi[:, window]
            # What other chunks hold is seen by coordinates, what this one holds exactly.
            force = seen @ total32 - np.matmul(seen, here[:, :, None])[:, :, 0] + pull[:, window]
            signs = sign[:, t]
            if again:
                before = t * width + picked[:, t]
                force -= signs[:, None] * (kernel[lines, before, window] - kernel_even[:, t, window])
            best = (2 * signs[:, None] * force + own[:, t]).argmin(1)
            after = t * width + best
            if again:
                moved = np.flatnonzero(best != picked[:, t])
                if not len(moved):
                    continue
                pull[moved] += signs[moved, None] * (kernel[moved, after[moved]] - kernel[moved, before[moved]])
                step = signs[moved, None] * (phi[moved, after[moved]] - phi[moved, before[moved]])
                here[moved] += step
            else:
                pull += signs[:, None] * (kernel[lines, after] - kernel_even[:, t])
                step = signs[:, None] * (phi[lines, after] - phi_even[:, t])
                here += step
            total32 += step.sum(0)
            picked[:, t] = best
    return picked, total32.astype(np.float64)
