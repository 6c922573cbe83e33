"""What only synthetic data does wrong: it misses parts of the target, crowds in others, or gives itself away."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
import pyarrow as pa

from tasks.catalog.schema import AUGMENTED
from tasks.shift.coverage import ROWS, expected_coverage, reach
from tasks.shift.detectable import tell_apart
from tasks.shift.embedding import lent_rows
from tasks.shift.measurements import Effect, Measurement
from tasks.shift.sample import Codes, Flags, Points, Sample
from tasks.shift.space import fit_space
from tasks.shift.split_rows import atom_codes, rows_by_split
from tasks.shift.task import coordinates_of, vectors_of

MADE = "synthetic"
"""What synthetic records are called where they are measured without the rest of train."""

FEWEST_TEST = 50
"""Rows of test from which it is the floor; of fewer everything else would have to be cut to as few."""


@dataclass(frozen=True)
class Sides:
    """What synthetic records are held against.

    Parameters
    ----------
    source, made : Sample
        Source records in train, and synthetic ones.
    dev : Sample
        The part of dev that no noise was fitted to.
    test : Sample, optional
        The floor; without it, what independent records would reach.
    """

    source: Sample
    made: Sample
    dev: Sample
    test: Sample | None = None


def measure_traps(sides: Sides, *, seed: int, leave_out: Collection[str] = ()) -> Iterator[Measurement]:
    """Measure synthetic records against dev, in descriptors.

    Parameters
    ----------
    sides : Sides
    seed : int
    leave_out : collection of str
        Descriptors that noise never changes: the file's, and those that define the domain.

    Yields
    ------
    Measurement
        coverage and density (of source, synthetic and test, against dev), coverage_floor: see `of_points`.
        detectable (synthetic against source and dev, source against dev): 2 AUC - 1 of a classifier.
        detectable_excess: by how much easier synthetic records are to tell from dev than source records are.
    """
    rng = np.random.default_rng([seed, 0x7A9])
    few = {name: _only(side, leave_out).choose(rng, ROWS) for name, side in _named(sides).items()}
    space = fit_space([few["dev"]])
    points = {name: space.points(side) for name, side in few.items()}
    yield from of_points(points, {name: side.atoms for name, side in few.items()}, rng=rng)
    told = {}
    for a, b in ((MADE, "train"), (MADE, "dev"), ("train", "dev")):
        told[a, b] = tell_apart(few[a], few[b], rng=rng)
        yield Measurement("detectable", a, b, None, told[a, b])
    yield Measurement("detectable_excess", MADE, "dev", None, _difference(told[MADE, "dev"], told["train", "dev"]))


def measure_task_traps(
    table: pa.Table, source: Flags, *, seed: int, fitted_to: pa.Array | None = None
) -> Iterator[Measurement]:
    """Measure synthetic records against dev, in the task space.

    Parameters
    ----------
    table : pa.Table
        record_id, split, synthetic, atom, and coordinates `e0`, `e1` and so on.
    source : ndarray of bool, shape (n,)
        Rows of the source: of train only these are what synthetic records were made of.
    seed : int
    fitted_to : pa.Array, optional
        Records of dev that the noise was fitted to: they do not count.

    Yields
    ------
    Measurement
        task_coverage, task_density and task_coverage_floor, as `of_points` has them. No rows where the space has no
        coordinates or nothing synthetic is in it.
    """
    names, splits = coordinates_of(table), rows_by_split(table)
    if not names or not {AUGMENTED, "train", "dev"} <= splits.keys():
        return
    rows = {
        "train": splits["train"] & source,
        MADE: table["synthetic"].to_numpy(),
        "dev": splits["dev"] & ~lent_rows(table, fitted_to),
    }
    if "test" in splits:
        rows["test"] = splits["test"]
    values, atoms = vectors_of(table, names).astype(np.float32), atom_codes(table)
    points = {name: values[chosen] for name, chosen in rows.items()}
    of_atoms = {name: atoms[chosen] for name, chosen in rows.items()}
    yield from of_points(points, of_atoms, rng=np.random.default_rng([seed, 0x7AA]), prefix="task_")


def of_points(
    points: Mapping[str, Points], atoms: Mapping[str, Codes], *, rng: np.random.Generator, prefix: str = ""
) -> Iterator[Measurement]:
    """Measure coverage and density of dev, each side with as many rows, so that they can be compared.

    Yields
    ------
    Measurement
        coverage, density: of dev, by train, synthetic and test. coverage_floor of synthetic and dev: what test covers,
        or independent records of dev's own law where there is no test.
    """
    against = {name: part for name, part in points.items() if name != "dev"}
    if len(against.get("test", ())) < FEWEST_TEST:
        against.pop("test", None)
    most = min(ROWS, len(points["dev"]), *(len(part) for part in against.values()))
    chosen = {name: np.sort(rng.choice(len(points[name]), most, replace=False)) for name in ("dev", *against)}
    dev = points["dev"][chosen["dev"]]
    independent = (len(np.unique(atoms[name][chosen[name]])) for name in ("dev", MADE))
    floor = Effect(expected_coverage(*independent), n_a=most, n_b=most)
    for name, part in against.items():
        found = reach(dev, part[chosen[name]], atoms["dev"][chosen["dev"]], atoms[name][chosen[name]], rng=rng)
        yield Measurement(f"{prefix}coverage", name, "dev", None, found.coverage)
        yield Measurement(f"{prefix}density", name, "dev", None, found.density)
        if name == "test":
            floor = found.coverage
    yield Measurement(f"{prefix}coverage_floor", MADE, "dev", None, floor)


def _named(sides: Sides) -> dict[str, Sample]:
    named = {"train": sides.source, MADE: sides.made, "dev": sides.dev}
    return named if sides.test is None else named | {"test": sides.test}


def _only(sample: Sample, leave_out: Collection[str]) -> Sample:
    return replace(
        sample,
        numeric={name: column for name, column in sample.numeric.items() if name not in leave_out},
        categories={name: column for name, column in sample.categories.items() if name not in leave_out},
    )


def _difference(a: Effect, b: Effect) -> Effect:
    """Return a minus b with an interval that is a little too wide: both share dev, and so some of their luck."""
    found = a.effect - b.effect
    low = found - hypot(a.effect - a.ci_low, b.ci_high - b.effect)
    high = found + hypot(a.ci_high - a.effect, b.effect - b.ci_low)
    return Effect(found, low, high, n_a=a.n_a, n_b=a.n_b)
