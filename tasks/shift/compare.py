"""Two samples compared: jointly, by a classifier, descriptor by descriptor, and with labels put aside."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from tasks.errors import InputError
from tasks.shift.by_label import LabelComparison, compare_by_label
from tasks.shift.columns import Data, read_codes, read_columns
from tasks.shift.contrasts import Contrasts, contrast
from tasks.shift.descriptor_table import MARGIN, compare_descriptors
from tasks.shift.domain_classifier import classify_domains
from tasks.shift.feature_choice import make_features
from tasks.shift.few_rows import few_rows
from tasks.shift.intervals import pair_up
from tasks.shift.joint_test import joint_p
from tasks.shift.measurements import Effect
from tasks.shift.numbers import compare_numbers
from tasks.shift.rotations import rotate
from tasks.shift.sample import Codes, Floats, Points
from tasks.shift.units import Units, deal, make_units

BATCHES = 8
"""Batches of 2,000 rows a side that the joint distance is measured between; each costs .04 s."""


@dataclass(frozen=True)
class Comparison:
    """What is known of the difference between two samples; NaN stands for what the rows cannot tell.

    Parameters
    ----------
    joint : Effect
        Energy distance in standardised columns (0 on average for one law); p-value of `tasks.shift.joint_test`.
    classifier : Effect
        2 AUC - 1 of a classifier of the samples, cross-fitted by atoms.
    descriptors : pa.Table
        A row a descriptor and statistic; see `tasks.shift.descriptor_table.compare_descriptors`.
    labels : LabelComparison or None
        None when no labels were given.
    scores_x, scores_y : ndarray of float32, shape (n,), (m,)
        How much like y each row looks to a classifier that has not seen its atom: its rank among the rows of both
        samples, from 0 to 1. NaN where no classifier could be made.
    telling : pa.Table
        By which descriptors the classifier tells the samples apart: descriptor, share (they add up to 1), the most
        telling first. Without rows where it tells nothing apart.
    """

    joint: Effect
    classifier: Effect
    descriptors: pa.Table
    labels: LabelComparison | None
    scores_x: Points
    scores_y: Points
    telling: pa.Table


def compare_samples(
    x: Data,
    y: Data,
    *,
    atoms_x: npt.ArrayLike | pd.Series | pa.ChunkedArray | None = None,
    atoms_y: npt.ArrayLike | pd.Series | pa.ChunkedArray | None = None,
    labels_x: npt.ArrayLike | pd.Series | pa.ChunkedArray | None = None,
    labels_y: npt.ArrayLike | pd.Series | pa.ChunkedArray | None = None,
    seed: int,
    margin: float = MARGIN,
) -> Comparison:
    """Compare two samples in everything that their columns show.

    Parameters
    ----------
    x, y : pandas.DataFrame, pyarrow.Table or ndarray, shape (n, p), (m, p)
        Numbers, dates, truth values and words. A column that only one of them has, or that is of different kind, is a
        row of `descriptors` with a note, and plays no other part.
    atoms_x, atoms_y : array, shape (n,), (m,), optional
        Which rows belong together; the same name on both sides is the same atom. Every row its own by default; a row
        without atom is one too.
    labels_x, labels_y : array, shape (n,), (m,), optional
        Classes; None where a row has none.
    seed : int
        Deals atoms and chooses rows and frequencies.
    margin : float
        Cliff's delta, total variation or difference of shares up to which a difference does not matter.

    Returns
    -------
    Comparison
        Sides with one atom, without rows or without a common column leave NaN and "undecided".

    Raises
    ------
    InputError
        When a sample cannot be read as a table, or atoms or labels do not fit its rows.

    Notes
    -----
    Invariants: monotone transformations of numbers and names of categories do not change the p-value of a descriptor;
    the same seed gives the same numbers.

    Cost: grows with rows times columns; 500,000 rows and 20 columns on both sides are in `benchmarks/README.md`.
    Distances are taken between at most 16,000 rows a side, so that the interval of `joint` does not shrink beyond that;
    p-values, the classifier and the table are of all rows.

    References
    ----------
    Szekely & Rizzo 2013; Gretton et al. 2012; Lopez-Paz & Oquab 2017; Benjamini & Hochberg 1995. Rows of one atom are
    no independent witnesses: Chwialkowski, Sejdinovic & Gretton 2014.
    """
    if (labels_x is None) != (labels_y is None):
        raise InputError("labels_x and labels_y: both wanted, or neither; found one.")
    columns = read_columns(x, y)
    codes = _atoms(atoms_x, atoms_y, len(x), len(y))
    rng = np.random.default_rng(seed)
    pairing = pair_up(*codes, rng)
    units = make_units(pairing.code_x, pairing.code_y, rng)
    numbers = compare_numbers(columns.numbers, len(units.of_row), pairing)
    features = make_features(columns, numbers, len(units.of_row), rng)
    sizes = np.bincount(units.of_row, minlength=len(units.in_x)).astype(np.float64)
    sums = features.sums(units.of_row, len(sizes))
    sums -= np.outer(sizes / max(1.0, float(sizes.sum())), sums.sum(0))
    found = _contrasts(sums, sizes, units, rng)
    few = few_rows(columns, pairing, rng)
    joint = few.distance(np.arange(len(x)), np.arange(len(y)), rng, batches=BATCHES)
    told = classify_domains(features, sums, sizes, units, deal(units.in_x, rng, fold=units.fold), pairing, rng)
    return Comparison(
        replace(joint, p_value=max(joint_p(features, each, units.x, units.y) for each in found)),
        told.effect,
        compare_descriptors(columns, numbers, features, found, units, pairing, margin=margin),
        None
        if labels_x is None or labels_y is None
        else compare_by_label(
            read_codes(labels_x, len(x), "labels_x"),
            read_codes(labels_y, len(y), "labels_y"),
            features,
            units,
            pairing,
            few,
            rng,
            margin=margin,
        ),
        told.y_like[: len(x)],
        told.y_like[len(x) :],
        told.telling,
    )


def _contrasts(sums: Floats, sizes: Floats, units: Units, rng: np.random.Generator) -> list[Contrasts]:
    """Contrast by deals, and, where the sides' units are unlike, by rotations: the larger p-value counts."""
    found = [contrast(sums, sizes, deal(units.in_x, rng))]
    if units.unlike and min(units.x, units.y) > 1:
        found.append(rotate(sums, sizes, units.in_x, found[0], rng.spawn(1)[0]))
    return found


def _atoms(
    x: npt.ArrayLike | pd.Series | pa.ChunkedArray | None,
    y: npt.ArrayLike | pd.Series | pa.ChunkedArray | None,
    n: int,
    m: int,
) -> tuple[Codes, Codes]:
    if x is None and y is None:
        return np.arange(n), n + np.arange(m)
    sides = [
        np.full(rows, None, object) if given is None else read_codes(given, rows, name)
        for given, rows, name in ((x, n, "atoms_x"), (y, m, "atoms_y"))
    ]
    codes = pd.factorize(np.concatenate(sides))[0].astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return codes[:n], codes[n:]
