"""Which atoms go to which split: big ones first, each where it is missed most, single rows to fill up exactly."""

import numpy as np

from tasks.splitting.atom_table import AtomTable, Codes, Floats
from tasks.splitting.quotas import fit_totals, whole_rows
from tasks.splitting.repair import exchange_atoms, meet_sizes, misfit

TRIES = 16
"""Random orders that are tried where atoms are few; with thousands of atoms one order is as good as another."""

ATOMS_TRIED = 16_000
"""Tries times atoms, at most: a tenth of a second."""


def place_atoms(table: AtomTable, quota: Floats, sizes: Codes, *, seed: int) -> Codes:
    """Assign every atom to a line of the quota.

    Parameters
    ----------
    table : AtomTable
    quota : ndarray, shape (splits + 1, cells)
        Rows wanted in each cell; line 0 is the rest.
    sizes : ndarray of int64, shape (splits,)
        Rows wanted in lines 1, 2, ...
    seed : int
        Chooses further random orders.

    Returns
    -------
    ndarray of int64, shape (atoms,)
        The line of each atom.

    Notes
    -----
    Lines fill up at the same pace, so big atoms are spread as the sizes are: rest would otherwise get them all, and dev
    and test would stand for writers of few pages only.
    """
    many = np.flatnonzero(table.rows > 1)
    tries = max(1, min(TRIES, ATOMS_TRIED // len(many))) if len(many) else 1
    rng = np.random.default_rng([seed, 0x5B1])
    best, least = np.zeros(len(table.rows), np.int64), (np.inf, np.inf)
    for number in range(tries):
        order = many if number == 0 else rng.permutation(many)
        # Classes of a factor of two, at random inside: the same giants need not go to the same split under every seed.
        order = order[np.argsort(-np.floor(np.log2(table.rows[order])), kind="stable")]
        line = np.zeros(len(table.rows), np.int64)
        _place_one_by_one(table, order, quota, sizes, line)
        _fill_with_single_rows(table, quota, sizes, line)
        if number % 2:
            exchange_atoms(table, quota, line, equal_sizes=False)
        meet_sizes(table, quota, sizes, line)
        if len(many):
            exchange_atoms(table, quota, line, equal_sizes=True)
        found = misfit(table, quota, sizes, line)
        if found < least:
            best, least = line, found
        if least == (0.0, 0.0):
            break
    return best


def _place_one_by_one(table: AtomTable, order: Codes, quota: Floats, sizes: Codes, line: Codes) -> None:
    """Give each atom to the line where it lowers the sum of (rows - quota)^2 / quota most."""
    total = np.concatenate([[quota[0].sum()], sizes]).astype(float)
    # The last column is the size itself, as if it were a cell that every row is in.
    need = np.column_stack([quota, total]).tolist()
    weight = (1 / np.maximum(1.0, np.column_stack([quota, total]))).tolist()
    starts, cells, counts = table.starts.tolist(), table.cell.tolist(), table.count.tolist()
    lines = range(len(quota))
    last = table.cells
    for atom in order.tolist():
        rows = int(table.rows[atom])
        entries = [*zip(cells[starts[atom] : starts[atom + 1]], counts[starts[atom] : starts[atom + 1]], strict=True)]
        entries.append((last, rows))
        costs = [sum(k * (k - 2 * need[b][c]) * weight[b][c] for c, k in entries) for b in lines]
        best = costs.index(min(costs))
        line[atom] = best
        for c, k in entries:
            need[best][c] -= k


def _fill_with_single_rows(table: AtomTable, quota: Floats, sizes: Codes, line: Codes) -> None:
    """Give each split single rows, by cell, until it has its size."""
    singles = np.flatnonzero(table.rows == 1)
    if not len(singles):
        return
    cell = table.cell[table.starts[singles]]
    available = np.bincount(cell, minlength=table.cells)
    owner, several = np.repeat(line, np.diff(table.starts)), np.repeat(table.rows > 1, np.diff(table.starts))
    flat = np.bincount(owner * table.cells + table.cell, weights=table.count * several, minlength=quota.size)
    need = quota - flat.reshape(quota.shape)
    short = np.maximum(0, sizes - flat.reshape(quota.shape)[1:].sum(1).astype(np.int64))
    if short.sum() > len(singles):
        short = whole_rows(short[None, :] * len(singles) / short.sum(), np.array([len(singles)]), short)[0]
    parts = fit_totals(np.maximum(0.0, need[1:]), short.astype(np.float64), available.astype(np.float64))
    chosen = whole_rows(parts, short, available)
    # Singles are in random order already: the first of each cell go to line 1, the next to line 2, the others stay.
    by_cell = np.argsort(cell, kind="stable")
    start = np.cumsum(available) - available
    place = np.arange(len(singles)) - start[cell[by_cell]]
    ends = np.cumsum(chosen, axis=0)[:, cell[by_cell]]
    target = (place[None, :] >= ends).sum(0) + 1
    line[singles[by_cell]] = np.where(target > len(sizes), 0, target)
