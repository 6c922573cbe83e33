"""A linear discriminant of two samples: learnt from units' sums, so that hundreds of deals can be learnt at once."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tasks.shift.features import Features
from tasks.shift.sample import Codes, Points

LEARNT_FROM = 10_000
"""Rows that the features' correlations are estimated from; means are of all rows."""

WORTH_LEARNING = 2.0
"""Squared difference, in units of its error, that a feature must exceed to be learnt from (Akaike's bound); what is
beyond is shrunk by as much (Breiman's garrote). Otherwise one telling feature drowns among hundreds of others."""

ATOMS_A_PAIR = 8
"""Products of two numbers are learnt from when there are so many atoms for each: with fewer they drown the rest."""


@dataclass(frozen=True)
class Correlations:
    """How the features of all rows hang together, whoever they belong to.

    Parameters
    ----------
    covariance : ndarray of float32, shape (features, features)
    factor : (ndarray of float32, bool)
        Cholesky factor of the covariance and the ridge.
    """

    covariance: Points
    factor: tuple[Points, bool]


def learnt_features(features: Features, atoms: int) -> Codes:
    """Choose the features that so many atoms can teach."""
    groups = features.groups
    names = ["location", "shape", "gaps", "levels"]
    if features.pairs.shape[1] * ATOMS_A_PAIR <= atoms:
        names.append("pairs")
    return np.concatenate([np.arange(groups[name].start, groups[name].stop) for name in names])


def correlations(features: Features, kept: Codes, rng: np.random.Generator, *, ridge: float) -> Correlations:
    """Estimate the correlations of some features from some rows."""
    rows = len(features.ranks)
    chosen = np.arange(rows) if rows <= LEARNT_FROM else np.sort(rng.choice(rows, LEARNT_FROM, replace=False))
    X = features.rows(chosen, waves=False)[kept]
    X -= X.mean(axis=1, keepdims=True)
    covariance = np.asarray(X @ X.T, np.float64) / len(chosen)
    plain = np.asarray(covariance, np.float32)
    variance = np.diag(covariance)
    # What hardly varies in the rows chosen gets the penalty of what does.
    np.fill_diagonal(covariance, variance + ridge * np.maximum(variance, 1e-3))
    lower, half = cho_factor(covariance, lower=True)
    return Correlations(plain, (np.asarray(lower, np.float32), half))


def learn(sums: Points, taught: Points, found: Correlations, shift: Points | None = None) -> Points:
    """Learn from units to tell the sides apart, deal by deal.

    Parameters
    ----------
    sums : ndarray of float32, shape (units, features)
    taught : ndarray of float32, shape (units, 1 + draws)
        Each unit's part in a difference of means.
    found : Correlations
    shift : ndarray of float32, shape (features, 1), optional
        By which x's rows lie higher than their sums say.

    Returns
    -------
    ndarray of float32, shape (features, 1 + draws)
        The features' weights.
    """
    difference = sums.T @ taught
    if shift is not None:
        difference += shift
    scatter = np.einsum("gq,gq->q", sums, sums)[:, None] * np.mean(taught**2, axis=0)
    difference *= worth(difference**2 / np.maximum(scatter, 1e-30))
    learnt: Points = cho_solve(found.factor, difference)
    return learnt


def worth(squares: Points) -> Points:
    """Return how much of each difference is kept, given its square in units of its error."""
    return np.maximum(0, 1 - WORTH_LEARNING / np.maximum(squares, 1e-6))
