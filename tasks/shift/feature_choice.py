"""Which features two samples are compared by: what varies in the pooled rows, whoever they belong to."""

from itertools import combinations

import numpy as np
from scipy.special import ndtri

from tasks.shift.columns import Columns
from tasks.shift.features import BANDWIDTHS, WAVES, Features
from tasks.shift.numbers import Numbers
from tasks.shift.sample import Codes, Flags, Points
from tasks.shift.univariate import lump

MOST_LEVELS = 31
"""Categories beyond the most frequent ones count as one."""

MOST_PAIRS = 528
"""All pairs of up to 33 numbers; of more numbers, so many pairs chosen at random. Waves see the others too."""


def make_features(columns: Columns, found: Numbers, rows: int, rng: np.random.Generator) -> Features:
    """Choose the features of two samples' common columns.

    Parameters
    ----------
    columns : Columns
    found : Numbers
        The numbers, sorted.
    rows : int
        n + m.
    rng : numpy.random.Generator
        Draws frequencies, and pairs where there are too many.

    Notes
    -----
    Invariants: swapping rows between the samples changes no row's features; monotone transformations of the numbers and
    names of the categories play no part.

    References
    ----------
    Neyman 1937 for polynomials of ranks (smooth test); Rahimi & Recht 2007 for waves, which stand for Gaussian kernels
    of these bandwidths (Gretton et al. 2012).
    """
    numbers = tuple(name for name, distinct in found.distinct.items() if distinct > 1)
    ranks = found.ranks
    holes: dict[str, Flags] = {name: np.isnan(ranks[:, at]) for at, name in enumerate(found.distinct)}
    if len(numbers) < len(found.distinct):
        ranks = ranks[:, [at for at, distinct in enumerate(found.distinct.values()) if distinct > 1]]
    kinds: dict[str, tuple[Codes, int]] = {}
    for name, (x, y) in columns.words.items():
        pooled = np.concatenate([x, y])
        holes[name] = pooled < 0
        codes, width = lump(pooled, int(pooled.max(initial=-1)) + 1, MOST_LEVELS)
        if width > 1:
            kinds[name] = (codes, width)
    gappy = tuple(name for name, hole in holes.items() if 0 < np.count_nonzero(hole) < rows)
    pairs = np.array(list(combinations(range(len(numbers)), 2)), np.int64).reshape(-1, 2)
    if len(pairs) > MOST_PAIRS:
        pairs = pairs[np.sort(rng.choice(len(pairs), MOST_PAIRS, replace=False))]
    widths = tuple(width for _, width in kinds.values())
    return Features(
        ranks,
        np.asarray(ndtri(ranks), np.float32),
        np.column_stack([holes[name] for name in gappy]) if gappy else np.zeros((rows, 0), np.bool_),
        np.column_stack([codes for codes, _ in kinds.values()]).astype(np.int32) if kinds else _none(rows),
        widths,
        numbers,
        gappy,
        tuple(kinds),
        pairs.T,
        _frequencies(len(numbers), [codes for codes, _ in kinds.values()], widths, rng),
    )


def _none(rows: int) -> Codes:
    return np.zeros((rows, 0), np.int64)


def _frequencies(numbers: int, codes: list[Codes], widths: tuple[int, ...], rng: np.random.Generator) -> Points:
    """Draw normal frequencies; two rows of different category are as far apart as two unlike numbers."""
    lengths = [np.ones(numbers)]
    for code, width in zip(codes, widths, strict=True):
        shares = np.bincount(code[code >= 0], minlength=width) / max(1, len(code))
        lengths.append(np.full(width, 1 / np.sqrt(max(1e-3, 1 - float(shares @ shares)))))
    scale = np.concatenate(lengths)
    descriptors = max(1, numbers + len(widths))
    drawn = rng.normal(size=(len(scale), WAVES)) * scale[:, None] / np.sqrt(descriptors)
    return np.asarray(np.concatenate([drawn / band for band in BANDWIDTHS], axis=1), np.float32)
