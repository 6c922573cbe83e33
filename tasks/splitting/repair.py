"""Moves and swaps of whole atoms that bring splits nearer to their sizes and shares."""

from dataclasses import dataclass

import numpy as np

from tasks.splitting.atom_table import AtomTable, Codes, Floats
from tasks.splitting.subset_sum import nearest_subset

CANDIDATES = 64
"""Atoms of one size that are looked at for a move: the one that suits the labels best is taken."""

ROUNDS = 50
"""Repairs of one split; each brings it nearer to its size, so far fewer are needed."""


def meet_sizes(table: AtomTable, quota: Floats, sizes: Codes, line: Codes) -> None:
    """Move and swap atoms, in place, until each split has its rows or comes as near to them as atoms allow.

    Parameters
    ----------
    table : AtomTable
    quota : ndarray, shape (splits + 1, cells)
    sizes : ndarray of int64, shape (splits,)
    line : ndarray of int64, shape (atoms,)
        Where atoms are; changed in place.

    Notes
    -----
    Up to three moves or swaps at a time, those that suit the cells best; where they do not lead to the size, a search
    through all sums. Splits are mended one after the other, between themselves and the rest.

    Invariant: afterwards a split is off by at most half of the largest atom, unless it would be empty.
    """
    excess = _excess(table, quota, line)
    for split, size in enumerate(sizes.tolist(), start=1):
        for _ in range(ROUNDS):
            lacks = size - int(table.rows[line == split].sum())
            if lacks == 0 or not _step(table, excess, quota, line, split, lacks):
                break
        if lacks and size:
            _choose_anew(table, line, split, size)
    _fill_empty(table, _excess(table, quota, line), sizes, line)


@dataclass(frozen=True)
class _Transfers:
    """Net rows that a split can gain by taking an atom of one size, giving one, or both (0: none)."""

    gain: Codes
    take: Codes
    give: Codes


def _transfers(rest: Codes, own: Codes) -> _Transfers:
    take, give = (np.concatenate([[0], np.unique(sizes)[:400]]) for sizes in (rest, own))
    gain = (take[:, None] - give[None, :]).reshape(-1)
    # Of several ways to one gain the first, which moves the smallest atoms.
    gain, first = np.unique(gain, return_index=True)
    return _Transfers(gain, take[first // len(give)], give[first % len(give)])


def _step(table: AtomTable, excess: Floats, quota: Floats, line: Codes, split: int, lacks: int) -> bool:
    """Make the fewest transfers that bring the split nearest to its size; say whether it came nearer."""
    transfers = _transfers(table.rows[line == 0], table.rows[line == split])
    for chosen in _nearest(transfers.gain, lacks):
        total = int(transfers.gain[chosen].sum())
        if abs(lacks - total) >= abs(lacks):
            continue
        picked = _pick(table, excess, quota, line, split, transfers.take[chosen], transfers.give[chosen])
        if picked is not None:
            for atom, where in picked:
                _move(table, excess, line, atom, where)
            return True
    return False


def _nearest(gain: Codes, lacks: int) -> list[Codes]:
    """Return sets of one, two or three transfers whose sum is nearest to what is lacking, the best first."""
    found = [np.array([int(np.argmin(np.abs(gain - lacks)))])]
    few = np.argsort(np.abs(gain), kind="stable")[:200]
    pairs = (few[:, None], few[None, :])
    for rest, firsts in ((lacks - gain, None), (lacks - gain[pairs[0]] - gain[pairs[1]], pairs)):
        flat = rest.reshape(-1)
        after = np.clip(np.searchsorted(gain, flat), 1, max(1, len(gain) - 1)) if len(gain) > 1 else np.zeros(1, int)
        before = np.maximum(0, after - 1)
        last = np.where(np.abs(gain[before] - flat) <= np.abs(gain[after] - flat), before, after)
        best = int(np.argmin(np.abs(gain[last] - flat)))
        head = [best] if firsts is None else [int(few[best // len(few)]), int(few[best % len(few)])]
        found.append(np.array([*head, int(last[best])]))
    # Sorting is stable: of two as near, fewer transfers come first.
    return sorted(found, key=lambda chosen: abs(lacks - int(gain[chosen].sum())))


def _pick(
    table: AtomTable, excess: Floats, quota: Floats, line: Codes, split: int, take: Codes, give: Codes
) -> list[tuple[int, int]] | None:
    picked: list[tuple[int, int]] = []
    used: set[int] = set()
    for sizes, here, there in ((take, 0, split), (give, split, 0)):
        for size in sizes[sizes > 0].tolist():
            atoms = np.flatnonzero((line == here) & (table.rows == size))[: CANDIDATES + len(used)]
            atoms = np.array([atom for atom in atoms.tolist() if atom not in used], np.int64)
            if not len(atoms):
                return None
            rows, weight = _with_size(table.dense(atoms)), _weight(quota)
            cost = (rows * (rows + 2 * excess[there]) * weight[there]).sum(1)
            cost += (rows * (rows - 2 * excess[here]) * weight[here]).sum(1)
            best = int(atoms[int(np.argmin(cost))])
            used.add(best)
            picked.append((best, there))
    return picked


def _choose_anew(table: AtomTable, line: Codes, split: int, size: int) -> None:
    pool = np.flatnonzero((line == 0) | (line == split))
    chosen = nearest_subset(table.rows[pool], line[pool] == split, size)
    if chosen is not None:
        line[pool] = np.where(chosen, split, 0)


def _move(table: AtomTable, excess: Floats, line: Codes, atom: int, where: int) -> None:
    rows = _with_size(table.dense(np.array([atom])))[0]
    excess[line[atom]] -= rows
    excess[where] += rows
    line[atom] = where


def _fill_empty(table: AtomTable, excess: Floats, sizes: Codes, line: Codes) -> None:
    """Give a split that atoms are too large for the smallest one that can be spared."""
    for split in np.flatnonzero(sizes > 0) + 1:
        if (line == split).any():
            continue
        held = np.bincount(line, minlength=len(sizes) + 1)
        spare = np.flatnonzero((line == 0) | (held[line] > 1))
        if len(spare):
            _move(table, excess, line, int(spare[np.argmin(table.rows[spare])]), int(split))


def _excess(table: AtomTable, quota: Floats, line: Codes) -> Floats:
    """Return rows above the quota, shape (splits + 1, cells + 1); the last column is the size."""
    owner = np.repeat(line, np.diff(table.starts))
    flat = np.bincount(owner * table.cells + table.cell, weights=table.count, minlength=quota.size)
    return _with_size(flat.reshape(quota.shape) - quota)


def _weight(quota: Floats) -> Floats:
    return np.asarray(1 / np.maximum(1.0, _with_size(quota)), np.float64)


def _with_size(rows: Floats) -> Floats:
    return np.column_stack([rows, rows.sum(1)])
