"""What atoms hold: rows by cell (label, or label and domain), in an order that depends on a seed and their names."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Codes: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AtomTable:
    """Atoms in random order and how many rows of each cell they hold (compressed sparse rows).

    Parameters
    ----------
    atom : ndarray of int64, shape (n,)
        The atom of each record, as a position in the random order.
    rows : ndarray of int64, shape (atoms,)
        Rows of each atom.
    starts : ndarray of int64, shape (atoms + 1,)
        Where each atom's entries begin in `cell` and `count`.
    cell, count : ndarray of int64, shape (entries,)
        Cells of an atom and its rows in them.
    code_of_cell : ndarray of int64, shape (cells,)
        The caller's code of each cell.
    """

    atom: Codes
    rows: Codes
    starts: Codes
    cell: Codes
    count: Codes
    code_of_cell: Codes

    @property
    def cells(self) -> int:
        """The number of cells."""
        return len(self.code_of_cell)

    def dense(self, atoms: Codes) -> Floats:
        """Return the rows in each cell of some atoms, shape (len(atoms), cells)."""
        lengths = self.starts[atoms + 1] - self.starts[atoms]
        line = np.repeat(np.arange(len(atoms)), lengths)
        within = np.arange(len(line)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        entry = self.starts[atoms][line] + within
        table = np.zeros((len(atoms), self.cells))
        table[line, self.cell[entry]] = self.count[entry]
        return table


def tabulate(cells: Codes, atoms: Codes, *, seed: int, keys: Sequence[str] | None = None, strata: int = 1) -> AtomTable:
    """Count the rows of each atom in each cell.

    Parameters
    ----------
    cells : ndarray of int64, shape (n,)
        Any codes.
    atoms : ndarray of int64, shape (n,)
        Atom codes.
    seed : int
        Chooses the order of the atoms.
    keys : sequence of str, optional
        A name for each distinct atom code, in ascending order of the codes; by default the code itself.
    strata : int
        Cells whose codes leave the same remainder by it stand side by side.

    Raises
    ------
    ValueError
        When there are not as many keys as atoms.

    Notes
    -----
    Invariant: given keys, the table depends neither on the order of rows nor on the numbers of atoms and cells: cells
    of a stratum are ordered by a sum over their atoms' hashes, so that ties and sums of floats fall out alike.
    """
    codes, atom = np.unique(np.asarray(atoms, np.int64), return_inverse=True)
    names = [str(code) for code in codes.tolist()] if keys is None else list(keys)
    if len(names) != len(codes):
        raise ValueError(f"keys: {len(codes):,} wanted, one for each atom, but {len(names):,} given")
    hashes = atom_hashes(names, seed)
    order = np.argsort(hashes, kind="stable")
    place = np.empty(len(codes), np.int64)
    place[order] = np.arange(len(codes))
    position = place[atom.reshape(-1)]
    code_of_cell, cell = np.unique(np.asarray(cells, np.int64), return_inverse=True)
    width = max(1, len(code_of_cell))
    pairs, counts = np.unique(position * width + cell.reshape(-1), return_counts=True)
    signature = np.zeros(width, np.uint64)
    mixed = hashes[order][pairs // width] * (2 * counts.astype(np.uint64) + np.uint64(1))
    np.add.at(signature, pairs % width, mixed)
    cell_order = np.lexsort((signature[: len(code_of_cell)], code_of_cell % strata))
    new = np.empty(len(code_of_cell), np.int64)
    new[cell_order] = np.arange(len(code_of_cell))
    entry_atom, entry_cell = pairs // width, new[pairs % width]
    by_atom = np.lexsort((entry_cell, entry_atom))
    return AtomTable(
        position,
        np.bincount(position, minlength=len(codes)),
        np.searchsorted(entry_atom, np.arange(len(codes) + 1)),
        entry_cell[by_atom],
        counts[by_atom].astype(np.int64),
        code_of_cell[cell_order],
    )


def atom_hashes(keys: Sequence[str], seed: int) -> npt.NDArray[np.uint64]:
    """Hash names with the seed: a random order that depends on neither rows nor numbers.

    Returns
    -------
    ndarray of uint64, shape (len(keys),)
    """
    salt = seed.to_bytes(8, "little")
    digests = (hashlib.blake2b(key.encode(), digest_size=8, key=salt).digest() for key in keys)
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
