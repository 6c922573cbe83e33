"""Columns of one embedding count together: 32 of them must neither drown the other descriptors nor be drowned."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tasks.splitting.points import REACH, TAIL, Points, descriptor_columns

Blocks: TypeAlias = npt.NDArray[np.integer]
"""For each column of a matrix of descriptors, 0 where it stands for itself, or the number of its embedding, from 1."""


@dataclass(frozen=True)
class Described:
    """Descriptors as coordinates.

    Parameters
    ----------
    columns : ndarray of float32, shape (n, q)
        Finite; single ones of variance 1 first, then the embeddings'.
    singles : int
        How many are single ones.
    spread : int
        What the variances of all columns add up to, about.
    """

    columns: Points
    singles: int
    spread: int


def described_columns(descriptors: npt.NDArray[np.floating], blocks: Blocks | None) -> Described:
    """Standardise descriptors, single ones each and embeddings as a whole.

    Parameters
    ----------
    descriptors : ndarray, shape (n, p)
        NaN where missing; of an embedding a row is missing as a whole.
    blocks : ndarray of int, shape (at most p,), optional
        Which columns belong to which embedding; those that it does not reach stand for themselves.

    Returns
    -------
    Described

    Notes
    -----
    Invariants: distances inside an embedding keep their proportions; all embeddings together contribute as much to the
    squared distance between two rows as all single descriptors do, on average, however many columns either has.
    """
    values = np.asarray(descriptors)
    belongs = np.zeros(values.shape[1], np.int64)
    if blocks is not None:
        belongs[: len(blocks)] = blocks
    single = descriptor_columns(values[:, belongs == 0])
    numbers = np.unique(belongs[belongs > 0]).tolist()
    if not numbers:
        return Described(single, single.shape[1], single.shape[1])
    weight = max(1, single.shape[1])
    missing, moved = [], []
    for number in numbers:
        own = values[:, belongs == number]
        known = np.asarray(np.isfinite(own).all(axis=1))
        missing.append(descriptor_columns(np.where(known, 0.0, np.nan)[:, None]))
        moved.append(_as_one(own, known, weight / len(numbers)))
    single = np.concatenate([single, *missing], axis=1)
    return Described(np.concatenate([single, *moved], axis=1), single.shape[1], single.shape[1] + weight)


def _as_one(values: npt.NDArray[np.floating], known: npt.NDArray[np.bool_], variance: float) -> Points:
    """Centre an embedding, and scale it so that the variances of its columns add up as wanted; missing rows are 0."""
    own = values[known].astype(np.float64)
    points = np.zeros(values.shape, np.float32)
    if not len(own):
        return points
    own -= np.median(own, axis=0)
    far = np.sqrt(np.einsum("nk,nk->n", own, own))
    # As for single descriptors: one wild row must not make all others equal.
    reach = REACH * float(np.quantile(far, 1 - TAIL, method="lower"))
    if reach > 0:
        own *= np.minimum(1.0, reach / np.maximum(far, 1e-300))[:, None]
    own -= own.mean(axis=0)
    total = float(own.var(axis=0).sum())
    if total > 1e-18:
        points[known] = own * np.sqrt(variance / total)
    return points
