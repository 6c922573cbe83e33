"""An order of rows that depends on the seed, the atoms' names and what rows hold, not on how they were handed in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_table import Codes, atom_hashes

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Canonical:
    """Rows in canonical order, atoms together.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        Positions of the rows as they were handed in.
    atom : ndarray of int64, shape (n,)
        Atom of each row in this order: 0, 0, 1, 2, 2, ...
    starts : ndarray of int64, shape (g + 1,)
        Where each atom begins.
    labels : ndarray
        The labels in this order; integer codes are numbered anew, so that their names do not matter.
    """

    order: Codes
    atom: Codes
    starts: Codes
    labels: npt.NDArray[np.generic]


def arrange(
    descriptors: npt.NDArray[np.floating],
    labels: npt.NDArray[np.generic],
    atoms: Codes,
    *,
    seed: int,
    keys: Sequence[str] | None,
    strata: Codes | None = None,
) -> Canonical:
    """Put rows in the order of their atoms' hashes, then of what they hold; labels of one stratum follow each other.

    Raises
    ------
    ValueError
        When there are not as many keys as atoms.
    """
    codes, atom = np.unique(atoms, return_inverse=True)
    atom = atom.reshape(-1)
    if keys is not None and len(keys) != len(codes):
        raise ValueError(f"keys: {len(codes):,} wanted, one for each atom, but {len(keys):,} given")
    hashes = _mixed(codes, seed) if keys is None else atom_hashes(keys, seed)
    by_hash = np.argsort(hashes, kind="stable")
    rank = np.empty(len(codes), np.int64)
    rank[by_hash] = np.arange(len(codes))
    position = rank[atom]
    if labels.ndim == 1 and labels.dtype.kind != "f":
        labels = _numbered_by_atoms(labels.astype(np.int64), hashes[atom], strata)
    if len(codes) == len(atoms):
        order = np.empty(len(atoms), np.int64)
        order[position] = np.arange(len(atoms))
    else:
        order = np.lexsort((_content(descriptors, labels), position))
    rows = np.bincount(position, minlength=len(codes))
    return Canonical(order, position[order], np.concatenate([[0], np.cumsum(rows)]), labels[order])


def _numbered_by_atoms(codes: Codes, hashes: Words, strata: Codes | None) -> Codes:
    """Give labels numbers by sums over their rows' hashes, which no name enters."""
    names, cell = np.unique(codes, return_inverse=True)
    cell = cell.reshape(-1)
    by_cell = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[by_cell], np.arange(len(names)))
    signature = np.add.reduceat(hashes[by_cell], starts) if len(codes) else hashes
    new = np.empty(len(names), np.int64)
    stratum = np.zeros(len(names), np.int64) if strata is None else strata[by_cell][starts]
    new[np.lexsort((signature, stratum))] = np.arange(len(names))
    return new[cell]


def _content(descriptors: npt.NDArray[np.floating], labels: npt.NDArray[np.generic]) -> Words:
    total = np.zeros(len(descriptors), np.uint64)
    whole = labels.reshape(len(labels), -1)
    for place, column in enumerate([*np.asarray(descriptors).T, *whole.T], start=1):
        values = np.asarray(column, np.float64) + 0.0  # -0.0 becomes 0.0
        bits = np.where(np.isnan(values), np.float64(np.nan), values).view(np.uint64)
        total += _mixed(bits, place)
    return total


def _mixed(values: npt.NDArray[np.generic], salt: int) -> Words:
    """Hash 64-bit numbers (Steele, Lea & Flood 2014, SplitMix64)."""
    word = values.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % (1 << 64))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word ^= word >> np.uint64(shift)
        word *= np.uint64(factor)
    return np.asarray(word ^ (word >> np.uint64(31)), np.uint64)
