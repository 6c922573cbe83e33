"""Values of two samples in one order, so that everything that compares them sorts only once."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tasks.shift.sample import Codes, Flags, Floats


@dataclass(frozen=True)
class Ranked:
    """The values of two samples, sorted together.

    Parameters
    ----------
    values : ndarray, shape (k,)
        Distinct values of both samples, ascending; infinities are the least and the greatest.
    rank_x, rank_y : ndarray of int64
        Places in `values` of the values that are there.
    here_x, here_y : ndarray of bool, shape (n,), (m,)
        Which rows have a value.
    """

    values: Floats
    rank_x: Codes
    rank_y: Codes
    here_x: Flags
    here_y: Flags

    @classmethod
    def of(cls, x: Floats, y: Floats) -> Self:
        """Sort the values of two samples; NaN is missing."""
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        here_x, here_y = ~np.isnan(x), ~np.isnan(y)
        both = np.concatenate([x[here_x], y[here_y]])
        order = np.argsort(both)
        ascending = both[order]
        fresh = np.empty(len(both), np.bool_)
        fresh[:1] = True
        np.not_equal(ascending[1:], ascending[:-1], out=fresh[1:])
        rank = np.empty(len(both), np.int64)
        rank[order] = np.cumsum(fresh) - 1
        n = int(here_x.sum())
        return cls(ascending[fresh], rank[:n], rank[n:], here_x, here_y)

    def midranks(self) -> Floats:
        """Return each row's place among all values as a share in (0, 1), ties in the middle; NaN where missing.

        Returns
        -------
        ndarray, shape (n + m,)
            Rows of x, then of y. Which row belongs to which sample plays no part.
        """
        rank = np.concatenate([self.rank_x, self.rank_y])
        counts = np.bincount(rank, minlength=len(self.values))
        place = (np.cumsum(counts) - counts / 2) / max(1, len(rank))
        shares = np.full(len(self.here_x) + len(self.here_y), np.nan)
        shares[np.concatenate([self.here_x, self.here_y])] = place[rank]
        return shares
