"""Some dozens of atoms: a few of them at a time are dealt anew, all ways that keep the sizes looked at."""

import numpy as np

from tasks.splitting.apart import Apart
from tasks.splitting.atom_table import Codes
from tasks.splitting.few_atoms import AS_GOOD

MOST_ATOMS = 128
"""Of 100 atoms it still brings splits 4 % nearer, of many more nothing."""

HALF = 2_187
"""Ways to deal one half of the chosen atoms: seven to three sides, eleven to two. Halves meet in the middle: the 4.8
million ways to deal fourteen are looked at by sorting 2,187."""

CANDIDATES = 4_096
"""Ways that keep the sizes and are weighed; of more, so many at random."""

ROUNDS = 400
"""Sets of atoms dealt anew: a quarter of a second."""


def exchange(apart: Apart, line: Codes, drawn: Codes, rng: np.random.Generator) -> Codes:
    """Bring an assignment nearer without changing sizes.

    Parameters
    ----------
    apart : Apart
        Of the free atoms.
    line : ndarray of int64, shape (k,)
        Where they are: 0 rest, 1 dev, 2 test.
    drawn : ndarray of int64, shape (1,) or (2,)
        The splits that may change.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (k,)

    Notes
    -----
    Invariants: every split has as many rows as before; the assignment is no further apart than before, but for the last
    set of atoms, of which one of those within `AS_GOOD` of the nearest is taken.

    References
    ----------
    Horowitz & Sahni 1974, Computing partitions with applications to the knapsack problem (two halves). Shaw 1998, on
    large neighbourhoods.
    """
    options = np.concatenate([[0], drawn])
    half = int(np.log(HALF + 1) / np.log(len(options)))
    line = line.copy()
    for turn in range(ROUNDS):
        chosen = rng.permutation(len(line))[: 2 * half]
        ways = _ways(apart.rows[chosen], line[chosen], options, rng)
        codes = np.tile(line, (len(ways), 1))
        codes[:, chosen] = ways
        far = apart(codes)
        near = np.flatnonzero(far <= (1 + AS_GOOD * (turn == ROUNDS - 1)) * float(far.min()))
        line = codes[near[int(rng.integers(len(near)))]]
    return line


def _ways(rows: Codes, line: Codes, options: Codes, rng: np.random.Generator) -> Codes:
    """List assignments of some atoms whose splits add up to what they do now, this one first, shape (c, m)."""
    middle = len(rows) // 2
    first, second = _all_ways(middle, options), _all_ways(len(rows) - middle, options)
    base = int(rows.sum()) + 1

    def key(codes: Codes, of_rows: Codes) -> Codes:
        return np.asarray((codes == 1) @ of_rows * base + (codes == 2) @ of_rows, np.int64)

    wanted = int(key(line[None], rows)[0])
    keys = key(second, rows[middle:])
    order = np.argsort(keys, kind="stable")
    lacking = wanted - key(first, rows[:middle])
    begin = np.searchsorted(keys[order], lacking, side="left")
    number = np.searchsorted(keys[order], lacking, side="right") - begin
    ends = np.cumsum(number)
    found = np.arange(ends[-1])
    if len(found) > CANDIDATES:
        found = np.unique(rng.integers(0, ends[-1], CANDIDATES))
    left = np.searchsorted(ends, found, side="right")
    right = order[begin[left] + found - (ends[left] - number[left])]
    return np.concatenate([line[None], np.column_stack([first[left], second[right]])])


def _all_ways(atoms: int, options: Codes) -> Codes:
    place = np.arange(len(options) ** atoms)
    return np.asarray(options[place[:, None] // len(options) ** np.arange(atoms) % len(options)], np.int64)
