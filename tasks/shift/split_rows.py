"""Which rows of a table are which split; training data counts twice: as it is, and with its synthetic rows."""

import numpy as np
import pyarrow as pa

from tasks.catalog.schema import AUGMENTED, SPLITS
from tasks.shift.sample import Codes, Flags


def rows_by_split(records: pa.Table, known: Flags | None = None) -> dict[str, Flags]:
    """Tell the rows of each split.

    Parameters
    ----------
    records : pa.Table, n rows
        Columns split and synthetic.
    known : ndarray of bool, shape (n,), optional
        Rows that count; all by default.

    Returns
    -------
    dict of str to ndarray of bool, shape (n,)
        Splits that have rows, train first, of real records only; `train+synthetic`, where a synthetic one counts,
        comes second.
    """
    synthetic, splits = records["synthetic"].to_numpy(), records["split"].to_numpy()
    counts = np.ones(len(splits), bool) if known is None else known
    real = {split: (splits == split) & ~synthetic & counts for split in SPLITS}
    augmented = {AUGMENTED: (splits == "train") & counts} if (synthetic & counts).any() else {}
    found = {"train": real["train"], **augmented, **real}
    return {split: rows for split, rows in found.items() if rows.any()}


def atom_codes(records: pa.Table) -> Codes:
    """Return each row's atom as a number that means the same in every split."""
    return np.asarray(records["atom"].combine_chunks().dictionary_encode().indices, np.int64)
