"""Labels of two samples: their shares, and labels that only one of them has."""

from collections.abc import Iterator

import numpy as np

from tasks.shift.distances import scatter_of_shares
from tasks.shift.intervals import Pairing, block_totals, pair_up, share_at_least
from tasks.shift.measurements import NAN, Effect, Measurement
from tasks.shift.sample import Codes, Objects
from tasks.shift.univariate import compare_categories, encode


def label_share_tv(
    a: Objects,
    b: Objects,
    atoms_a: Codes,
    atoms_b: Codes,
    *,
    rng: np.random.Generator,
    pairing: Pairing | None = None,
    confidence: float = 0.95,
) -> Effect:
    """Measure the total variation between two samples' label shares; rows without label do not count.

    Parameters
    ----------
    a, b : ndarray, shape (n,), (m,)
        Labels; None where a row has none.
    atoms_a, atoms_b, rng, pairing, confidence
        As for `tasks.shift.univariate.compare_numeric`.
    """
    found = compare_categories(a, b, atoms_a, atoms_b, rng=rng, pairing=pairing, confidence=confidence)
    return found.total_variation


def label_chi_squared(
    a: Objects,
    b: Objects,
    atoms_a: Codes,
    atoms_b: Codes,
    *,
    rng: np.random.Generator,
    pairing: Pairing | None = None,
) -> Effect:
    """Test whether two samples have the same label shares, by Pearson's statistic with p by atoms.

    Returns
    -------
    Effect
        Cramer's V in [0, 1], without interval. The p-value refers the statistic to how much whole atoms scatter, which
        the chi-squared distribution leaves out (Rao & Scott 1981).

    Notes
    -----
    Invariant: the statistic behind V agrees with `scipy.stats.chi2_contingency`.
    """
    pairing = pairing or pair_up(atoms_a, atoms_b, rng)
    codes, width = encode(np.concatenate([np.asarray(a, object), np.asarray(b, object)]))
    here_a, here_b = codes[: len(a)] >= 0, codes[len(a) :] >= 0
    n, m = int(here_a.sum()), int(here_b.sum())
    if not n or not m:
        return Effect(NAN, n_a=n, n_b=m)
    counts_a = block_totals(codes[: len(a)][here_a], pairing.draws_x, width, here_a)
    counts_b = block_totals(codes[len(a) :][here_b], pairing.draws_y, width, here_b)
    pooled = (counts_a.sum(0, dtype=np.float64) + counts_b.sum(0, dtype=np.float64)) / (n + m)
    gap = counts_a.sum(0, dtype=np.float64) / n - counts_b.sum(0, dtype=np.float64) / m
    effect = float(np.sqrt(n * m / (n + m) ** 2 * (gap**2 / pooled).sum()))
    noise = scatter_of_shares(counts_a, counts_b, pairing)
    if noise is None:
        return Effect(effect, n_a=n, n_b=m)
    blocks = [int(np.count_nonzero(counts.any(axis=1))) for counts in (counts_a, counts_b)]
    p_value = share_at_least(float((gap**2 / pooled).sum()), np.asarray((noise**2 / pooled).sum(1)), *blocks)
    return Effect(effect, p_value=p_value, n_a=n, n_b=m)


def label_counts(labels: Objects) -> dict[str, int]:
    """Count the rows of each label, most frequent first; rows without label do not count."""
    codes, width = encode(np.asarray(labels, object))
    known = codes >= 0
    counts = np.bincount(codes[known], minlength=width)
    names = dict(zip(codes[known].tolist(), np.asarray(labels, object)[known].tolist(), strict=True))
    rows = [(str(names[code]), int(counts[code])) for code in range(width)]
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def count_labels(split: str, labels: Objects) -> Iterator[Measurement]:
    """Yield a row `label_count` a label."""
    for label, count in label_counts(labels).items():
        yield Measurement("label_count", split, None, label, Effect(float(count), n_a=len(labels)))


def labels_unseen(a: Objects, b: Objects) -> tuple[Effect, list[str]]:
    """Count the labels of b that a lacks, and name them in order."""
    missing = sorted(label_counts(b).keys() - label_counts(a).keys())
    return Effect(float(len(missing)), n_a=len(a), n_b=len(b)), missing
