"""Errors on dev of models trained on several draws of the same rows: means, differences, and their intervals."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from tasks.shift.measurements import NAN, Effect

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def mean_loss(losses: Floats, atoms: Codes, *, taught: int, rates: bool = True, confidence: float = 0.95) -> Effect:
    """Average losses, or differences of losses, with an interval over atoms of dev and over draws of training atoms.

    Parameters
    ----------
    losses : ndarray of float64, shape (draws, n)
        A row a model; NaN where dev has no label.
    atoms : ndarray of int64, shape (n,)
        Atoms of the rows of dev.
    taught : int
        Rows that the models were trained on; told along.
    rates : bool
        Losses are 0 or 1, or shares: then one more atom is counted as if it had differed, so that a few rows without a
        difference are no proof that there is none (Agresti & Min 2005).
    confidence : float

    Returns
    -------
    Effect
        n_a: rows that were taught, n_b: rows of dev. Without interval where dev has fewer than two atoms.

    Notes
    -----
    Two variances add up: of the mean over dev, by atoms (Liang & Zeger 1986), and of the mean over draws. Student's t
    with Satterthwaite's degrees of freedom. Invariants: neither the order of rows nor that of draws matters.
    """
    known = np.isfinite(losses).all(axis=0)
    values, n = losses[:, known], int(known.sum())
    if not n or not len(values):
        return Effect(NAN, n_a=taught, n_b=n)
    by_row = values.mean(axis=0)
    effect = float(by_row.mean())
    code = np.unique(atoms[known], return_inverse=True)[1].reshape(-1)
    units = int(code.max()) + 1
    if units < 2:
        return Effect(effect, n_a=taught, n_b=n)
    sums = np.bincount(code, weights=by_row - effect)
    of_dev = float((sums**2).sum()) * units / (units - 1) / n**2 + (1 / units**2 if rates else 0.0)
    draws = len(values)
    of_draws = float(values.mean(axis=1).var(ddof=1)) / draws if draws > 1 else 0.0
    spread = of_dev**2 / (units - 1) + (of_draws**2 / (draws - 1) if draws > 1 else 0.0)
    freedom = (of_dev + of_draws) ** 2 / spread if spread else float(units - 1)
    half = float(stdtrit(freedom, 0.5 + confidence / 2)) * math.sqrt(of_dev + of_draws)
    return Effect(effect, effect - half, effect + half, NAN, taught, n)
