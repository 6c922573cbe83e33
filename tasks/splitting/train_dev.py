"""Train-dev: a holdout that stands for the training mixture."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tasks.errors import SplitError
from tasks.splitting.atom_table import Codes
from tasks.splitting.blocks import Blocks
from tasks.splitting.label_strata import label_strata
from tasks.splitting.matched import match_splits


def draw_train_dev(
    descriptors: npt.NDArray[np.floating],
    labels: npt.NDArray[np.generic],
    domains: Codes,
    atoms: Codes,
    rows: int,
    *,
    seed: int,
    keys: Sequence[str] | None = None,
    held: npt.NDArray[np.integer] | None = None,
    blocks: Blocks | None = None,
) -> npt.NDArray[np.bool_]:
    """Hold out rows of the training mixture with its joint distribution of domain, label and descriptors.

    Parameters
    ----------
    descriptors : ndarray of float, shape (n, p)
        Of every record that is for training, source and target alike; NaN where missing.
    labels : ndarray, shape (n,) or (n, k)
        As for `match_splits`.
    domains, atoms : ndarray of int64, shape (n,)
        Domain codes are not negative.
    rows : int
        Rows wanted, those held included.
    seed : int
        Other seeds give other holdouts.
    keys : sequence of str, length atoms, optional
        A stable name for each distinct atom code in ascending order.
    held : ndarray of int, shape (n,), optional
        What earlier versions have decided: 0 train, 1 train-dev; -1 where nothing is.
    blocks : ndarray of int, shape (p,), optional
        Which columns belong to which embedding, as for `match_splits`.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where a record is held out.

    Raises
    ------
    SplitError
        When no training data would be left.

    Notes
    -----
    Invariants: those of `match_splits`. When target rows join the training data, their share joins train-dev: measured
    against it, variance is what train misses of its own mixture, and data mismatch what dev has beyond it.
    """
    n, groups = len(labels), len(np.unique(atoms))
    if rows >= n or groups < 2:
        raise SplitError(
            f"splits.train_dev: {rows:,} rows wanted, but dev and test leave {n:,} rows in {groups:,} groups for "
            f"training, and some must stay there. Lower splits.train_dev well below {n:,} or add source data of other "
            f"groups."
        )
    strata, told = label_strata(np.asarray(labels), seed)
    cells = domains * (int(np.max(strata, initial=-1)) + 2) + strata + 1
    drawn = match_splits(
        np.column_stack([descriptors, domains, told]),
        cells,
        atoms,
        {"dev": rows},
        seed=seed,
        keys=keys,
        held=held,
        strata=domains,
        blocks=blocks,
    )
    return np.asarray(drawn == 1)
