"""How many rows of a table agree by chance: people may share all of a form's few answers and not be one person."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.dependence import log_shares, numbered

MOST_EXPLAINED = 0.5
"""Agreeing rows count as duplicates where chance explains at most this share of them: more likely than not."""
COLUMNS_PAIRED = 8
"""Columns of which all pairs are looked at; cost grows with the square."""
FEWEST = 20
"""Rows on which an estimate by pairs of columns must rest."""


def column_hashes(codes: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash each cell with its column: (n, p) int64 -> (n, p) uint64; a row's hash is the sum over its columns."""
    salts = (np.arange(codes.shape[1], dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = codes.view(np.uint64) + salts
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def partners(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Count, for each row, the other rows with the same hash: (n,) -> (n,)."""
    codes = numbered(hashes)
    return np.bincount(codes)[codes] - 1


def explained_by_chance(codes: NDArray[np.int64]) -> tuple[NDArray[np.bool_], float]:
    """Tell which rows agree with others no more often than chance makes rows agree.

    Parameters
    ----------
    codes : (n, p) int64
        Cells of a table; a label, where there is one, is a column as well.

    Returns
    -------
    by_chance : (n,) bool
        Whether agreement of this row with others is to be put down to chance.
    expected : float
        Number of agreeing (unordered) pairs that chance makes, over all rows.

    Notes
    -----
    Rows are sorted into strata by how common their values are: estimate 1 below, in decades. In each stratum the
    agreeing rows are compared with the largest of three estimates of chance agreement:

    1. columns dependent along a tree: n times the product of the value's shares, each given one other column;
    2. one column independent of the others: rows that agree in all columns but j, times the odds of the value in j;
    3. two columns independent of each other, given the others: of the rows that agree in all but j and k,
       (differ in j only) x (differ in k only) / (differ in both), as in capture and recapture.

    True duplicates agree in every column, so they add to none of the three; each of the three falls short where its
    columns depend on each other, hence the largest.

    References
    ----------
    Chow, Liu, Approximating discrete probability distributions with dependence trees, IEEE Trans. IT 14(3), 1968.
    Sekar, Deming, On a method of estimating birth and death rates and the extent of registration, JASA 44, 1949.
    """
    n, p = codes.shape
    hashes = column_hashes(codes)
    whole = hashes.sum(axis=1, dtype=np.uint64)
    agreeing = partners(whole)
    if not agreeing.any():
        return np.zeros(n, dtype=bool), 0.0
    shares = np.column_stack([(partners(hashes[:, j]) + 1) / n for j in range(p)])
    along_tree = n * np.exp(log_shares(codes))
    strata = np.clip(np.floor(np.log10(along_tree)), -12, 12).astype(np.int64) + 12

    def total(rows: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        return np.bincount(strata, weights=rows, minlength=25).astype(np.float64)

    estimates = [total(along_tree)]
    but_one = np.column_stack([partners(whole - hashes[:, j]) - agreeing for j in range(p)])
    odds = np.divide(shares, 1 - shares, out=np.zeros_like(shares), where=shares < 1)
    estimates += [total(but_one[:, j] * odds[:, j]) for j in range(p)]
    busiest = np.argsort(-but_one.sum(axis=0), kind="stable")[:COLUMNS_PAIRED]
    for j, k in combinations(np.sort(busiest).tolist(), 2):
        both = partners(whole - hashes[:, j] - hashes[:, k]) - but_one[:, j] - but_one[:, k] - agreeing
        only_j, only_k, neither = total(but_one[:, j]), total(but_one[:, k]), total(both)
        enough = np.minimum(np.minimum(only_j, only_k), neither) >= FEWEST
        estimates.append(np.divide(only_j * only_k, neither, out=np.zeros(25), where=enough))
    expected = np.max(estimates, axis=0)
    found = total(agreeing)
    return (expected > MOST_EXPLAINED * found)[strata], float(np.minimum(expected, found).sum() / 2)
