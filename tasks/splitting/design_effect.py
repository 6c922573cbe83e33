"""What rows are worth that come in atoms."""

import numpy as np
import numpy.typing as npt

ICC = 0.10
"""How alike errors inside one atom are, before any model has been judged. Rates by speaker, writer or device mostly
show .05 to .2, near-duplicates close to 1 but in atoms of two or three. Once predictions exist,
`intraclass_correlation` measures it."""


def design_effect(atom_rows: npt.ArrayLike, icc: float = ICC) -> float:
    """Return by how much atoms lower the worth of a row: 1 + (m (1 + cv^2) - 1) ICC.

    Parameters
    ----------
    atom_rows : array_like, shape (g,)
        Rows of each atom; m is their mean, cv their coefficient of variation. Zeros do not count.
    icc : float
        Correlation of errors within an atom, in [0, 1].

    Returns
    -------
    float
        1 for atoms of one row.

    References
    ----------
    Kish 1965; Eldridge, Ashby & Kerry 2006 for unequal sizes.
    """
    rows = np.asarray(atom_rows, np.float64)
    if not rows.sum():
        return 1.0
    return 1 + (float((rows**2).sum() / rows.sum()) - 1) * icc


def intraclass_correlation(errors: npt.ArrayLike, atoms: npt.ArrayLike) -> float:
    """Estimate how alike errors inside an atom are, by one-way analysis of variance.

    Parameters
    ----------
    errors : array_like, shape (n,)
        1 where the model was wrong, else 0; any number will do.
    atoms : array_like, shape (n,)
        Atom codes.

    Returns
    -------
    float
        In [0, 1]; NaN when every atom has one row, or there is one atom.

    References
    ----------
    Donner & Koval 1980.
    """
    values = np.asarray(errors, np.float64)
    code = np.unique(np.asarray(atoms), return_inverse=True)[1].reshape(-1)
    rows = np.bincount(code).astype(np.float64)
    n, groups = len(values), len(rows)
    if groups < 2 or groups == n:
        return float("nan")
    means = np.bincount(code, weights=values) / rows
    between = float(rows @ (means - values.mean()) ** 2) / (groups - 1)
    within = float(((values - means[code]) ** 2).sum()) / (n - groups)
    typical = (n - float((rows**2).sum()) / n) / (groups - 1)
    spread = between + (typical - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else float("nan")
