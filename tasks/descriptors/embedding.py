"""Embeddings as descriptors: a few columns that are as far apart as the vectors were."""

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tasks.errors import InputError, some

COLUMNS = 32
"""Columns that an embedding is brought to. A squared distance then keeps its size to a standard deviation of
sqrt(2 / 32) = 25 %, and 40,000 records take 5 MB instead of the 123 MB of 768 columns."""

DRAWN_FROM = "matchset embedding, {width} numbers"
"""The projection is drawn from a digest of this alone: never from data, so that no fit can look at test, nor from the
configuration's seed, so that versions of a data set stay comparable, nor by a library, whose next version might draw
other numbers."""

LARGEST = 1e30
"""Beyond it squares leave single precision: such numbers come from an overflow."""


def project(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Bring vectors to at most `COLUMNS` columns by a random projection that is always the same.

    Parameters
    ----------
    vectors : ndarray, shape (n, d)
        NaN where missing.

    Returns
    -------
    ndarray of float32, shape (n, min(d, COLUMNS))
        The vectors themselves where they are that narrow. A row with any missing number is missing as a whole.

    Notes
    -----
    Invariants: a row's columns depend on that row and on d alone; squared distances are kept on average.

    References
    ----------
    Achlioptas 2003, Database-friendly random projections: Johnson-Lindenstrauss with binary coins.
    """
    values = np.asarray(vectors, np.float64)
    known = np.asarray(~np.isnan(values).any(axis=1))
    wide = values.shape[1]
    if wide > COLUMNS:
        # In double precision: the last bits depend on how many rows are multiplied at a time, single ones do not.
        values = np.where(known[:, None], values, 0.0) @ _signs(wide)
    return np.where(known[:, None], values, np.nan).astype(np.float32)


@cache
def _signs(wide: int) -> NDArray[np.float64]:
    """Return random signs, (wide, COLUMNS), scaled so that a vector keeps its length on average."""
    drawn = hashlib.shake_256(DRAWN_FROM.format(width=wide).encode()).digest(wide * COLUMNS // 8)
    bits = np.unpackbits(np.frombuffer(drawn, np.uint8)).reshape(wide, COLUMNS)
    return np.asarray((1.0 - 2.0 * bits) / np.sqrt(COLUMNS), np.float64)


def insist_on_finite(vectors: NDArray[np.floating], ids: Sequence[str], *, where: str) -> None:
    """Refuse infinite numbers: they come from an overflow, which nobody shall take for a missing value.

    Raises
    ------
    InputError
        Naming records.
    """
    wild = np.asarray((np.abs(vectors) > LARGEST).any(axis=1))
    if wild.any():
        found = [ids[row] for row in np.flatnonzero(wild).tolist()]
        raise InputError(
            f"{where}: infinite numbers, or larger than {LARGEST:g}, for {len(found):,} records: {some(found)}. "
            f"Compute in single or double precision; where there is no vector, give NaN."
        )
