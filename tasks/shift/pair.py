"""Everything that is measured between two splits."""

import hashlib

import numpy as np
import pyarrow as pa

from tasks.shift.intervals import resample
from tasks.shift.kernel import energy_distance
from tasks.shift.label_shift import label_share_tv
from tasks.shift.measurements import Effect, Measurement, measurements_table
from tasks.shift.multiplicity import adjust
from tasks.shift.sample import Sample
from tasks.shift.space import fit_space
from tasks.shift.univariate import categories_with, numeric_with


def measure_pair(name_a: str, sample_a: Sample, name_b: str, sample_b: Sample, *, seed: int) -> pa.Table:
    """Measure two splits against each other, descriptor by descriptor and jointly.

    Returns
    -------
    pa.Table
        Rows of `MEASUREMENTS`: cliffs_delta, wasserstein, total_variation and missing_share_difference a descriptor
        (p-values adjusted over the descriptors), label_share_tv and energy_distance.
    """
    rng = np.random.default_rng([seed, _number(name_a), _number(name_b)])
    draws_a, draws_b = resample(sample_a.atoms, rng), resample(sample_b.atoms, rng)
    found: dict[str, dict[str, Effect]] = {
        "cliffs_delta": {},
        "wasserstein": {},
        "total_variation": {},
        "missing_share_difference": {},
    }
    for name in sorted(sample_a.numeric.keys() & sample_b.numeric.keys()):
        numbers = numeric_with(
            sample_a.numeric[name], sample_b.numeric[name], sample_a.atoms, sample_b.atoms, draws_a, draws_b
        )
        found["cliffs_delta"][name] = numbers.cliffs_delta
        found["wasserstein"][name] = numbers.wasserstein
        found["missing_share_difference"][name] = numbers.missing_share_difference
    for name in sorted(sample_a.categories.keys() & sample_b.categories.keys()):
        words = categories_with(
            sample_a.categories[name], sample_b.categories[name], sample_a.atoms, sample_b.atoms, draws_a, draws_b
        )
        found["total_variation"][name] = words.total_variation
        found["missing_share_difference"][name] = words.missing_share_difference
    rows = []
    for statistic, effects in found.items():
        adjusted = adjust([effect.p_value for effect in effects.values()])
        for (name, effect), p_value in zip(effects.items(), adjusted.tolist(), strict=True):
            rows.append(Measurement(statistic, name_a, name_b, name, effect.with_p(p_value)))
    if sample_a.labels is not None and sample_b.labels is not None:
        shares = label_share_tv(sample_a.labels, sample_b.labels, sample_a.atoms, sample_b.atoms, rng=rng)
        rows.append(Measurement("label_share_tv", name_a, name_b, None, shares))
    space = fit_space([sample_a, sample_b])
    joint = energy_distance(space.points(sample_a), space.points(sample_b), sample_a.atoms, sample_b.atoms, rng=rng)
    rows.append(Measurement("energy_distance", name_a, name_b, None, joint))
    return measurements_table(rows)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")
