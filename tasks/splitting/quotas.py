"""How many rows of each cell a split should have, in whole rows."""

import numpy as np

from tasks.splitting.atom_table import Codes, Floats

GOLDEN = 0.6180339887498949
"""Multiples of it, without their whole part, are spread evenly over (0, 1)."""


def quotas(pool: Codes, wanted: Codes, held: Codes) -> Floats:
    """Share out the pool's rows so that every split, with what it holds already, has the shares of everything.

    Parameters
    ----------
    pool : ndarray, shape (cells,)
        Rows of each cell that are to be drawn.
    wanted : ndarray, shape (splits,)
        Rows that each split shall have in the end; the last entries of the pool go to no split.
    held : ndarray, shape (splits + 1, cells)
        Rows that splits hold already; the first line is what is in no split.

    Returns
    -------
    ndarray, shape (splits + 1, cells)
        Rows to be drawn, not whole; the first line is what is left. No entry is negative; splits' lines add up to
        what they lack.
    """
    everything = pool + held.sum(0)
    shares = everything / max(1, everything.sum())
    lacking = np.maximum(0, wanted - held[1:].sum(1))
    asked = np.maximum(0.0, wanted[:, None] * shares - held[1:])
    asked = fit_totals(asked, lacking.astype(np.float64), pool.astype(np.float64))
    return np.vstack([np.maximum(0.0, pool - asked.sum(0)), asked])


def fit_totals(asked: Floats, totals: Floats, available: Floats) -> Floats:
    """Scale what is asked for to the lines' totals without taking more of a cell than there is.

    Parameters
    ----------
    asked : ndarray, shape (splits, cells)
        Not negative.
    totals : ndarray, shape (splits,)
        What each line shall add up to; together at most `available.sum()`.
    available : ndarray, shape (cells,)

    Returns
    -------
    ndarray, shape (splits, cells)
    """
    given = np.zeros_like(asked)
    asked = asked.copy()
    for _ in range(50):
        short = totals - given.sum(1)
        left = np.maximum(0.0, available - given.sum(0))
        if short.max(initial=0.0) < 1e-9 or left.sum() < 1e-9:
            break
        # What is asked for beyond the cells that have run out; where nothing more is asked for, whatever is left.
        open_asked = np.where(left > 1e-9, asked, 0.0)
        weights = np.where(open_asked.sum(1, keepdims=True) > 1e-12, open_asked, left[None, :])
        sums = weights.sum(1, keepdims=True)
        step = np.divide(weights * short[:, None], sums, out=np.zeros_like(weights), where=sums > 0)
        taken = step.sum(0)
        step *= np.minimum(1.0, np.divide(left, taken, out=np.ones_like(taken), where=taken > 0))
        given += step
    return given


def whole_rows(parts: Floats, totals: Codes, available: Codes) -> Codes:
    """Round to whole rows: lines add up to `totals`, cells never exceed what is available.

    Notes
    -----
    A cell gets one of the rows that rounding down leaves as often as its remainder says: by systematic sampling along
    the cells, which are in random order within their stratum, so that strata are met too. Were the largest remainders
    served first, a split of 200 rows of 2,000 labels would hold the commonest 200 only.

    References
    ----------
    Madow 1949, On the theory of systematic sampling, II.
    """
    whole = np.floor(parts + 1e-9).astype(np.int64)
    left = available - whole.sum(0)
    for line, total in enumerate(totals.tolist()):
        # Lines start at different places: they would otherwise all ask for the same cells.
        start = (line + 1) * GOLDEN % 1
        while (short := total - int(whole[line].sum())) > 0 and left.max(initial=0) > 0:
            remainder = np.where(left > 0, np.maximum(parts[line] - whole[line], 0.0), 0.0)
            chance = remainder * short / remainder.sum() if remainder.sum() > 1e-9 else np.zeros(len(remainder))
            reached = np.floor(np.cumsum(np.minimum(1.0, chance)) + start)
            more = np.diff(reached, prepend=0.0) > 0
            if not more.any():  # nothing is asked for any more: whatever is left
                more[np.argsort(-left, kind="stable")[:short]] = True
            more &= left > 0
            whole[line] += more
            left -= more
    return whole
