"""How well drawn splits keep what was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_table import Codes
from tasks.splitting.stratified import NUMBERS


@dataclass(frozen=True)
class SplitReport:
    """Sizes and label shares of the rest, dev and test."""

    rows: dict[str, int]
    atoms: dict[str, int]
    deviation: dict[str, int]
    """Rows that dev and test have above (or, negative, below) what was wanted."""
    label_gap: dict[str, float]
    """Total variation between a split's label shares and the target's."""
    thin: dict[int, int]
    """Label code -> its atoms, for labels with fewer atoms than there are splits: they cannot be everywhere."""


def report_splits(labels: Codes, atoms: Codes, drawn: npt.NDArray[np.int8], sizes: Mapping[str, int]) -> SplitReport:
    """Compare drawn splits with the sizes wanted and with the target's label shares.

    Parameters
    ----------
    labels, atoms : ndarray of int64, shape (n,)
        As for `draw_splits`; rows without label (-1) do not count in shares.
    drawn : ndarray of int8, shape (n,)
        0 rest, 1 dev, 2 test.
    sizes : mapping of "dev" and "test" to int
    """
    labels = np.asarray(labels, np.int64)
    known = labels >= 0
    width = int(labels.max(initial=0)) + 1
    shares = np.bincount(labels[known], minlength=width) / max(1, int(known.sum()))
    rows, groups, gap = {}, {}, {}
    for name, number in {"rest": 0, **NUMBERS}.items():
        here = drawn == number
        rows[name], groups[name] = int(here.sum()), len(np.unique(atoms[here]))
        counts = np.bincount(labels[here & known], minlength=width)
        gap[name] = float(np.abs(counts / counts.sum() - shares).sum() / 2) if counts.sum() else float("nan")
    parts = 1 + sum(1 for want in sizes.values() if want)
    pairs = np.unique(np.column_stack([labels[known], atoms[known]]), axis=0)
    codes, holders = np.unique(pairs[:, 0], return_counts=True)
    thin = {code: count for code, count in zip(codes.tolist(), holders.tolist(), strict=True) if count < parts}
    deviation = {name: rows[name] - want for name, want in sizes.items()}
    return SplitReport(rows, groups, deviation, gap, thin)
