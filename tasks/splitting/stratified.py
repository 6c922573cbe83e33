"""Dev and test from the target: atoms whole, label shares kept."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tasks.errors import SplitError
from tasks.splitting.atom_table import Codes, atom_hashes, tabulate
from tasks.splitting.greedy import place_atoms
from tasks.splitting.quotas import quotas

__all__ = ["atom_hashes", "draw_parts", "draw_splits"]

NUMBERS = {"dev": 1, "test": 2}
"""What `draw_splits` calls the splits; 0 is the rest."""


def draw_splits(
    labels: Codes,
    atoms: Codes,
    sizes: Mapping[str, int],
    *,
    seed: int,
    keys: Sequence[str] | None = None,
    existing: Mapping[str, Codes] | None = None,
    where: str = "the target",
) -> npt.NDArray[np.int8]:
    """Choose dev and test so that both have the target's label shares.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
        Label codes of the records that are in no split yet; -1 where a record has no label.
    atoms : ndarray of int64, shape (n,)
        Atom codes.
    sizes : mapping of "dev" and "test" to int
        Rows that each split shall hold in the end, those of `existing` included; 0 or absent: none is drawn.
    seed : int
        Chooses the order of atoms.
    keys : sequence of str, length atoms, optional
        A stable name for each distinct atom code in ascending order; with them the order of rows and the numbers of
        atoms do not matter.
    existing : mapping of "dev", "test" and "rest" to ndarray of int64, optional
        Label codes of the records that earlier versions have put there.
    where : str
        What the rows come from, for messages: `input 'app'`.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 rest, 1 dev, 2 test.

    Raises
    ------
    SplitError
        When more rows are wanted than there are, or fewer atoms than splits are left.

    Notes
    -----
    Invariants: atoms are whole; sizes are exact wherever single rows or up to three moves of atoms allow, and otherwise
    off by at most half of the largest atom, unless a split would be empty; neither the order of rows nor the names of
    labels matter; the same seed gives the same splits.
    """
    held = {name: np.asarray(codes, np.int64) for name, codes in (existing or {}).items()}
    empty = np.empty(0, np.int64)
    wanted = np.array([int(sizes.get(name, 0)) for name in NUMBERS], np.int64)
    lacks = np.array([max(0, want - len(held.get(name, empty))) for want, name in zip(wanted, NUMBERS, strict=True)])
    refuse(lacks, np.asarray(atoms), where)
    parts = [held.get("rest", empty), *(held.get(name, empty) for name in NUMBERS)]
    return draw_parts(np.asarray(labels, np.int64), np.asarray(atoms, np.int64), wanted, parts, seed=seed, keys=keys)


def draw_parts(
    cells: Codes,
    atoms: Codes,
    wanted: Codes,
    held: Sequence[Codes],
    *,
    seed: int,
    keys: Sequence[str] | None = None,
    strata: int = 1,
) -> npt.NDArray[np.int8]:
    """Draw any number of parts that have the shares of everything.

    Parameters
    ----------
    cells, atoms : ndarray of int64, shape (n,)
        What shares are kept of, and who moves together.
    wanted : ndarray of int64, shape (parts,)
        Rows of each part in the end, those it holds included.
    held : sequence of ndarray of int64, length parts + 1
        Cells of the rows that the rest and the parts hold already.
    seed, keys
        As for `draw_splits`.
    strata : int
        Cells whose codes leave the same remainder by it are shared out together: their sum is met within one row.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 rest, else the part's number from 1.
    """
    if not len(cells):
        return np.zeros(0, np.int8)
    table = tabulate(cells, atoms, seed=seed, keys=keys, strata=strata)
    order = np.argsort(table.code_of_cell)
    before = np.zeros((len(held), table.cells + 1), np.int64)
    for line, codes in enumerate(held):
        # Cells of which the pool has none are one column together: they count in the shares and cannot be drawn.
        place = np.searchsorted(table.code_of_cell[order], codes)
        known = place < table.cells
        known[known] &= table.code_of_cell[order][place[known]] == codes[known]
        column = np.where(known, order[np.where(known, place, 0)], table.cells)
        before[line] = np.bincount(column, minlength=table.cells + 1)
    pool = np.append(np.bincount(table.cell, weights=table.count, minlength=table.cells), 0).astype(np.int64)
    lacks = np.maximum(0, wanted - before[1:].sum(1))
    quota = quotas(pool, wanted, before)[:, : table.cells]
    return place_atoms(table, quota, lacks, seed=seed)[table.atom].astype(np.int8)


def refuse(lacks: Codes, atoms: Codes, where: str) -> None:
    left, groups = len(atoms), len(np.unique(atoms))
    before = ""
    for name, want in zip(NUMBERS, lacks.tolist(), strict=True):
        if want > left:
            raise SplitError(
                f"splits.{name}: {want:,} rows wanted, but {where} leaves {left:,} rows in {groups:,} groups{before}. "
                f"Lower splits.{name} to {left:,} or add target data."
            )
        if want and not groups:
            raise SplitError(
                f"splits.{name}: {want:,} rows wanted, but the {len(atoms):,} rows of {where} form no more than "
                f"{len(np.unique(atoms)):,} group, which splits cannot share, and none is left{before}. Rows of one "
                f"group, equal rows and look-alikes stay together: add target data that differs, or name smaller "
                f"groups."
            )
        if want:
            left, groups, before = left - want, groups - 1, f" after {name}"
