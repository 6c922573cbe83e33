"""Train-dev: a holdout that stands for the training mixture."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tasks.errors import SplitError
from tasks.splitting.stratified import Codes, draw_splits


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
        Of every record that is for training: source and target alike. A label code -1 means none.
    rows : int
        Rows wanted.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where a record is held out. Atoms are whole.

    Raises
    ------
    SplitError
        When no training data would be left.
    """
    if rows >= len(labels):
        raise SplitError(
            f"splits.train_dev: {rows:,} rows wanted, but dev and test leave {len(labels):,} rows for training. "
            f"Lower splits.train_dev well below {len(labels):,} or add source data."
        )
    cells = (labels - labels.min(initial=0)) * (int(domains.max(initial=0)) + 1) + domains
    return np.asarray(draw_splits(cells, atoms, {"dev": rows}, seed=seed, keys=keys) == 1)
