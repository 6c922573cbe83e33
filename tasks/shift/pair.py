"""Two splits compared, as rows of the measurements table."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from tasks.shift.compare import Comparison, compare_samples
from tasks.shift.intervals import pair_up
from tasks.shift.label_pair import compare_labels
from tasks.shift.measurements import NAN, Effect, Measurement
from tasks.shift.multiplicity import adjust
from tasks.shift.sample import Codes, Floats, Objects, Sample

Name = TypeVar("Name", str, str | None)
DEFINING = "defining_"
"""Starts the statistics of descriptors that define the domain: expected to differ, they are no part of the others."""

ROWS = 4_000
"""Rows a side up to which nothing is left out."""

TIMES = 16
"""Beyond `ROWS`, at most so many times the rows of the smaller side: all others together would make intervals 3 %
narrower, for it is the smaller side that they depend on."""


@dataclass(frozen=True)
class Pair:
    """Two splits compared.

    Parameters
    ----------
    rows : list of Measurement
    found : Comparison
        Of the chosen rows.
    rows_a, rows_b : ndarray of int64
        Which rows of the samples were chosen: those that `found` scores.
    """

    rows: list[Measurement]
    found: Comparison
    rows_a: Codes
    rows_b: Codes


def compare_splits(
    name_a: str,
    sample_a: Sample,
    name_b: str,
    sample_b: Sample,
    *,
    seed: int,
    defining: Collection[str] = (),
    apart: Collection[str] = (),
) -> Pair:
    """Compare two splits descriptor by descriptor, jointly, by a classifier, and in their labels.

    Parameters
    ----------
    name_a, name_b : str
        The splits' names; they choose the random numbers together with the seed.
    sample_a, sample_b : Sample
        Descriptors that only one of them has are not compared.
    seed : int
    defining : collection of str
        Descriptors that the samples' domains were told apart by. Their statistics have names of their own, which begin
        with `DEFINING`.

    apart : collection of str
        Descriptors that say nothing of what a record shows, or that differ by definition: where they vary, a second
        classifier does without them.

    Returns
    -------
    Pair
        Its rows are those of `comparison_rows`, and what `compare_labels` finds when both samples have labels;
        domain_classifier_content, the classifier's effect without `apart`.

    Notes
    -----
    Invariants: the order of descriptors does not matter; the same seed gives the same bytes.
    """
    rng = np.random.default_rng([seed, _number(name_a), _number(name_b)])
    most = max(ROWS, TIMES * min(len(sample_a), len(sample_b)))
    chosen = [_choose(len(sample), most, rng) for sample in (sample_a, sample_b)]
    a, b = sample_a.take(chosen[0]), sample_b.take(chosen[1])
    x, y = frame_of(a, b), frame_of(b, a)
    found = compare_samples(x, y, atoms_x=a.atoms, atoms_y=b.atoms, seed=int(rng.integers(2**63)))
    rows = [*comparison_rows(found, name_a, name_b, defining=defining)]
    left_out = [name for name in x.columns if name in apart and len(pd.unique(pd.concat([x[name], y[name]]))) > 1]
    if left_out:
        few = (x.drop(columns=left_out), y.drop(columns=left_out))
        content = compare_samples(*few, atoms_x=a.atoms, atoms_y=b.atoms, seed=int(rng.integers(2**63)))
        rows.append(Measurement("domain_classifier_content", name_a, name_b, None, content.classifier))
    labels = compare_labels(sample_a, sample_b, rng=rng, pairing=pair_up(sample_a.atoms, sample_b.atoms, rng))
    for statistic, effects in labels.items():
        rows += [Measurement(statistic, name_a, name_b, label, effect) for label, effect in _adjusted(effects)]
    return Pair(rows, found, *chosen)


def frame_of(sample: Sample, other: Sample) -> pd.DataFrame:
    """Return the descriptors that both samples have, in the order of their names."""
    columns: dict[str, Floats | Objects] = {}
    columns |= {name: sample.numeric[name] for name in sample.numeric.keys() & other.numeric.keys()}
    columns |= {name: sample.categories[name] for name in sample.categories.keys() & other.categories.keys()}
    return pd.DataFrame({name: columns[name] for name in sorted(columns)}, index=range(len(sample)))


def comparison_rows(
    found: Comparison, a: str | None, b: str | None, *, defining: Collection[str] = ()
) -> Iterator[Measurement]:
    """Return a comparison as measurements.

    Parameters
    ----------
    found : Comparison
    a, b : str or None
        What the samples are called.
    defining : collection of str
        As for `compare_splits`.

    Yields
    ------
    Measurement
        cliffs_delta (a over b) and wasserstein for each numeric descriptor, total_variation for each categorical one,
        missing_share_difference (a minus b) for both, with p-values adjusted over all of them; energy_distance;
        domain_classifier.
    """
    rows = list(_of_descriptors(found))
    for apart in (False, True):
        part = [(statistic, name, effect) for statistic, name, effect in rows if (name in defining) is apart]
        p_values = adjust([effect.p_value for _, _, effect in part]).tolist()
        for (statistic, name, effect), p_value in zip(part, p_values, strict=True):
            named = DEFINING + statistic if apart else statistic
            yield Measurement(named, a, b, name, effect.with_p(p_value))
    yield Measurement("energy_distance", a, b, None, found.joint)
    yield Measurement("domain_classifier", a, b, None, found.classifier)


def _of_descriptors(found: Comparison) -> Iterator[tuple[str, str, Effect]]:
    table = found.descriptors.to_pylist()
    gaps = {row["descriptor"] for row in table if row["statistic"] == "missing_share_difference"}
    sizes = (found.joint.n_a, found.joint.n_b)
    for row in sorted(table, key=lambda row: (row["descriptor"], row["statistic"])):
        if row["statistic"] == "none":
            continue
        yield row["statistic"], row["descriptor"], _effect(row, row["n_x"], row["n_y"])
    for name in sorted({row["descriptor"] for row in table if row["statistic"] != "none"} - gaps):
        # No cell of it is empty on either side, or all are: nothing to test, and nothing to adjust others for.
        certain = 0.0 if all(sizes) else NAN
        yield "missing_share_difference", name, Effect(certain, certain, certain, NAN, *sizes)


def _effect(row: Mapping[str, Any], n_a: int, n_b: int) -> Effect:
    effect, low, high, p_value = (_or_nan(row[name]) for name in ("effect", "ci_low", "ci_high", "p_value"))
    return Effect(effect, low, high, p_value, n_a, n_b)


def _or_nan(value: float | None) -> float:
    return NAN if value is None else value


def _adjusted(effects: Mapping[Name, Effect]) -> Iterator[tuple[Name, Effect]]:
    p_values = adjust([effect.p_value for effect in effects.values()])
    for (name, effect), p_value in zip(effects.items(), p_values.tolist(), strict=True):
        yield name, effect.with_p(p_value)


def _choose(rows: int, most: int, rng: np.random.Generator) -> Codes:
    return np.arange(rows) if rows <= most else np.sort(rng.choice(rows, most, replace=False))


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")
