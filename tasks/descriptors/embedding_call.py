"""Calling a user's function on a batch: what comes back is checked, and what goes wrong is told by record."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.embedding import insist_on_finite
from tasks.errors import InputError

SAMPLE = 8
"""Records that a function is tried with first: twice together, and the first of them alone."""

ALONE = 1e-3
"""How far a vector may move, relative to its largest number, when its record comes alone: sums in another order move
it by 1e-6, a layer that was left in training mode by a tenth."""

MOST_NUMBERS = 65_536

Batch = Any
"""Decoded records: a list of pixels or of (samples, rate), or a table of rows."""


def call_function(function: Callable[..., Any], batch: Batch, ids: Sequence[str], *, where: str) -> NDArray[np.float64]:
    """Embed a batch.

    Parameters
    ----------
    function : callable
        Takes the batch and returns n vectors of d numbers.
    batch : list, length n, or pa.Table, n rows
    ids : sequence of str, length n
    where : str
        What names the function in the configuration.

    Returns
    -------
    ndarray of float64, shape (n, d)
        NaN where the function says so.

    Raises
    ------
    InputError
        When the function raises, naming the record; when it returns something else than n vectors; for infinite
        numbers.
    """
    try:
        given = function(batch)
    except (Exception, SystemExit) as error:  # a user's code may raise anything
        raise InputError(_blamed(function, batch, ids, error, where)) from error
    try:
        vectors = np.asarray(given, np.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{where}: expected an array of {len(ids):,} vectors, found {type(given).__name__}, which is none "
            f"({_told(error)}). Return a NumPy array of shape (n, d)."
        ) from error
    if vectors.ndim != 2 or len(vectors) != len(ids) or not 1 <= vectors.shape[1] <= MOST_NUMBERS:
        raise InputError(
            f"{where}: expected shape ({len(ids):,}, d) for a batch of {len(ids):,} records, d from 1 to "
            f"{MOST_NUMBERS:,}, found {vectors.shape}. Return one vector a record, in the batch's order."
        )
    insist_on_finite(vectors, ids, where=where)
    return vectors


def insist_on_repeatable(function: Callable[..., Any], batch: Batch, ids: Sequence[str], *, where: str) -> None:
    """Refuse a function that gives other vectors for the same records: nothing made with it could be made again.

    Parameters
    ----------
    function : callable
    batch : list or pa.Table
        A few records, at most `SAMPLE`.
    ids : sequence of str
    where : str

    Raises
    ------
    InputError
        When a second call differs in any bit, or when a record's vector depends on its company.
    """
    first, second = (call_function(function, batch, ids, where=where) for _ in range(2))
    if first.shape != second.shape or not np.array_equal(first, second, equal_nan=True):
        raise InputError(
            f"{where}: called twice with the same {len(ids):,} records it gave other vectors. A build goes on where it "
            f"stopped, and gives the same bytes again, only if the function does: seed it, switch off dropout "
            f"(model.eval()) and choose deterministic operations."
        )
    alone = call_function(function, batch[:1], ids[:1], where=where)
    if alone.shape[1] != first.shape[1]:
        raise InputError(
            f"{where}: {first.shape[1]:,} numbers a record in company, {alone.shape[1]:,} for a record alone. "
            f"Return as many for every record."
        )
    reach = ALONE * float(np.nanmax(np.abs(first[:1]), initial=0.0))
    if not np.allclose(alone, first[:1], rtol=0.0, atol=max(reach, 1e-12), equal_nan=True):
        raise InputError(
            f"{where}: the vector of {ids[0]!r} depends on the other records of its batch. Normalise nothing over a "
            f"batch; a model belongs into evaluation mode (model.eval())."
        )


def _blamed(function: Callable[..., Any], batch: Batch, ids: Sequence[str], error: BaseException, where: str) -> str:
    """Find the record that a function fails on, by calling it with one at a time."""
    culprit = f"a batch of {len(ids):,} records, from {ids[0]!r} to {ids[-1]!r}, but on none of them alone"
    for row, record_id in enumerate(ids):
        try:
            function(batch[row : row + 1])
        except (Exception, SystemExit) as alone:  # as above
            culprit, error = f"record {record_id!r}", alone
            break
    return (
        f"{where}: {type(error).__name__} on {culprit}: {_told(error) or 'no message'}. Mend the function; for a "
        f"record that has no vector let it return NaN, which counts as missing."
    )


def _told(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
