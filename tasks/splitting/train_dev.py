"""Train-dev: a holdout that stands for the training mixture."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tasks.errors import SplitError
from tasks.splitting.atom_table import Codes
from tasks.splitting.stratified import draw_parts


def draw_train_dev(
    labels: Codes,
    domains: Codes,
    atoms: Codes,
    rows: int,
    *,
    seed: int,
    keys: Sequence[str] | None = None,
) -> npt.NDArray[np.bool_]:
    """Hold out rows of the training mixture with its shares of domain and label.

    Parameters
    ----------
    labels, domains, atoms : ndarray of int64, shape (n,)
        Of every record that is for training, source and target alike. A label code -1 means none; domain codes are not
        negative.
    rows : int
        Rows wanted.
    seed : int
        Chooses the order of atoms.
    keys : sequence of str, length atoms, optional
        A stable name for each distinct atom code in ascending order.

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
    Invariants: those of `draw_splits`. When target rows join the training data, their share joins train-dev: measured
    against it, variance is what train misses of its own mixture, and data mismatch what dev has beyond it.
    """
    n, groups = len(labels), len(np.unique(atoms))
    if rows >= n or groups < 2:
        raise SplitError(
            f"splits.train_dev: {rows:,} rows wanted, but dev and test leave {n:,} rows in {groups:,} groups for "
            f"training, and some must stay there. Lower splits.train_dev well below {n:,} or add source data of other "
            f"groups."
        )
    several = int(np.max(domains, initial=0)) + 1
    cells = (np.asarray(labels, np.int64) + 1) * several + domains
    nothing = np.empty(0, np.int64)
    drawn = draw_parts(
        cells, np.asarray(atoms, np.int64), np.array([rows]), [nothing, nothing], seed=seed, keys=keys, strata=several
    )
    return np.asarray(drawn == 1)
