"""Two halves of one split: what is learned on the one can be verified on the other."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasks.catalog.labels import label_array
from tasks.errors import PolicyError
from tasks.splitting.described import descriptor_matrix
from tasks.splitting.label_strata import with_ranks
from tasks.splitting.matched import match_splits


def first_half(records: pa.Table, *, seed: int, fewest: int) -> npt.NDArray[np.bool_]:
    """Choose half of a split's records: atoms whole, with the split's labels and descriptors.

    Parameters
    ----------
    records : pa.Table, n rows
        Columns `atom`, `label` (null where a record has none) or one a label, and descriptors.
    seed : int
    fewest : int
        Rows that either half must have.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for the records of the half to learn on.

    Raises
    ------
    PolicyError
        When a half has fewer rows than that: with few records, or with most of them in one atom.

    Notes
    -----
    Invariants: no atom is on both sides; neither the order of rows nor the names of labels matter; the same seed
    chooses the same half.
    """
    names, atoms = np.unique(np.asarray(records["atom"].to_pylist(), str), return_inverse=True)
    rows = records.num_rows
    drawn = np.zeros(rows, np.int8)
    if len(names) > 1:
        drawn = match_splits(
            descriptor_matrix(records),
            with_ranks(label_array(records)),
            atoms,
            {"dev": rows // 2},
            seed=seed,
            keys=names.tolist(),
        )
    chosen = np.asarray(drawn == 1)
    small = min(int(chosen.sum()), rows - int(chosen.sum()))
    if small < fewest:
        raise PolicyError(
            f"synthesis.policy: fitted: no target record is in train, so half of dev would be fitted to and the "
            f"other half verify it; but the {rows:,} rows of dev in {len(names):,} groups do not give {fewest} rows "
            f"to each. Enlarge splits.dev, leave target records to train, or set synthesis.policy to default."
        )
    return chosen
