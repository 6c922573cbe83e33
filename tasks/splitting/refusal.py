"""Refuse sizes that the target cannot fill, with the remedy."""

import numpy as np

from tasks.errors import SplitError
from tasks.splitting.atom_table import Codes

NUMBERS = {"dev": 1, "test": 2}
"""What a drawing calls the splits; 0 is the rest."""


def refuse(lacks: Codes, atoms: Codes, where: str) -> None:
    """Refuse what cannot be drawn.

    Parameters
    ----------
    lacks : ndarray of int64, shape (2,)
        Rows that dev and test still want.
    atoms : ndarray of int64, shape (n,)
        Atom codes of the rows that may be drawn, numbered from 0.
    where : str
        What the rows come from: `input 'app'`.

    Raises
    ------
    SplitError
        When more rows are wanted than there are, or fewer atoms than splits are left.
    """
    left, several = len(atoms), int(np.count_nonzero(np.bincount(atoms)))
    groups = several
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
                f"{several:,} group, which splits cannot share, and none is left{before}. Rows of one "
                f"group, equal rows and look-alikes stay together: add target data that differs, or name smaller "
                f"groups."
            )
        if want:
            left, groups, before = left - want, groups - 1, f" after {name}"
