"""Embeddings as descriptors: a few columns that are as far apart as the vectors were."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.errors import InputError, some

COLUMNS = 32
"""Columns that an embedding is brought to. A squared distance then keeps its size to a standard deviation of
sqrt(2 / 32) = 25 %, and 40,000 records take 5 MB instead of the 123 MB of 768 columns."""

STREAM = 0xE3B
"""The projection is drawn from this and the width alone: never from data, so that no fit can look at test, nor from the
configuration's seed, so that versions of a data set stay comparable."""

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
    Johnson & Lindenstrauss 1984; Dasgupta & Gupta 2003, An elementary proof of a theorem of Johnson and Lindenstrauss.
    """
    values = np.asarray(vectors, np.float64)
    known = np.asarray(~np.isnan(values).any(axis=1))
    wide = values.shape[1]
    if wide > COLUMNS:
        directions = np.random.default_rng([STREAM, wide]).standard_normal((wide, COLUMNS)) / np.sqrt(COLUMNS)
        # In double precision: the last bits depend on how many rows are multiplied at a time, single ones do not.
        values = np.where(known[:, None], values, 0.0) @ directions
    return np.where(known[:, None], values, np.nan).astype(np.float32)


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
