"""Whether a classifier tells two samples apart, and nothing else about them."""

import numpy as np

from tasks.shift.columns import read_columns
from tasks.shift.domain_classifier import classify_domains
from tasks.shift.feature_choice import make_features
from tasks.shift.intervals import pair_up
from tasks.shift.measurements import Effect
from tasks.shift.numbers import compare_numbers
from tasks.shift.pair import frame_of
from tasks.shift.sample import Sample
from tasks.shift.units import deal, make_units

DEALS = 99
"""Deals of atoms for a p-value that nobody adjusts; the interval takes its width from them too."""


def tell_apart(a: Sample, b: Sample, *, rng: np.random.Generator) -> Effect:
    """Measure how well a classifier tells two samples apart by what both are described by.

    Parameters
    ----------
    a, b : Sample
        Atoms are left out as a whole, so that a copy never helps to tell its parent.
    rng : numpy.random.Generator

    Returns
    -------
    Effect
        2 AUC - 1, see `tasks.shift.domain_classifier.classify_domains`.
    """
    columns = read_columns(frame_of(a, b), frame_of(b, a))
    pairing = pair_up(a.atoms, b.atoms, rng)
    units = make_units(pairing.code_x, pairing.code_y, rng)
    rows = len(units.of_row)
    features = make_features(columns, compare_numbers(columns.numbers, rows, pairing), rows, rng)
    sizes = np.bincount(units.of_row, minlength=len(units.in_x)).astype(np.float64)
    sums = features.sums(units.of_row, len(sizes))
    sums -= np.outer(sizes / max(1.0, float(sizes.sum())), sums.sum(0))
    dealt = deal(units.in_x, rng, DEALS, units.fold)
    return classify_domains(features, sums, sizes, units, dealt, pairing, rng).effect
