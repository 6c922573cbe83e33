"""How much of the gap others would close: nothing, the generic policy, the policy of the build, the target itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.catalog.schema import AUGMENTED
from tasks.shift.gap import gap_closed
from tasks.shift.measurements import Effect, Measurement
from tasks.shift.sample import Sample
from tasks.shift.space import fit_space
from tasks.shift.split_rows import atom_codes

ROWS = 1_000
"""Rows of dev and of test that distances are taken to: lines are judged by eye, and the cost is quadratic."""

DRAWS = 400
"""Of atoms, for each interval: ends are known to a tenth of the interval."""

FEWEST_TEST = 50
"""Rows of test from which it stands for the target; of fewer, half of dev does."""

NOTHING, CEILING = "none", "ceiling"


@dataclass(frozen=True)
class Lines:
    """Some rows of train, and copies of them by several policies.

    Parameters
    ----------
    path : Path
        A table with `line` (the policy, or `none` for the rows themselves), `atom`, and descriptors.
    copies : int
        Copies that a policy makes of these rows.
    """

    path: Path
    copies: int


def gap_lines(lines: Lines, dev: Sample, test: Sample | None, *, seed: int) -> Iterator[Measurement]:
    """Measure the gap that each of several ways of adding records closes, all on the same rows of train.

    Parameters
    ----------
    lines : Lines
    dev : Sample
        Without what noise was fitted to.
    test : Sample, optional
        Further target records, to stand for the best that synthesis could make. Without them half of dev's atoms do,
        and the other half judges.
    seed : int

    Yields
    ------
    Measurement
        gap_line: the policy, or `none` (0 by definition), or `ceiling` stands in `descriptor`. The ceiling adds as many
        target records as there are copies: source records stay in train, so that it lies below 1. No rows where
        nothing was copied.

    Notes
    -----
    One space, fitted to train and dev, serves all lines, so that they differ by the added records alone.
    """
    train, made = _read(lines.path, apart_from=[dev, *([] if test is None else [test])])
    if not lines.copies or not len(train) or not len(dev):
        return
    space = fit_space([train, dev])
    floor = None if test is None else (dev, test)

    def closed(some: Sample, added: Sample, against: Sample, floor: tuple[Sample, Sample] | None) -> Effect:
        both = _joined(some, added)
        return gap_closed(some, both, against, seed=seed, floor=floor, rows=ROWS, draws=DRAWS, fit=lambda _: space)

    yield Measurement("gap_line", AUGMENTED, "dev", NOTHING, Effect(0.0, 0.0, 0.0, n_a=len(train), n_b=len(dev)))
    for name, copies in made.items():
        yield Measurement("gap_line", AUGMENTED, "dev", name, closed(train, copies, dev, floor))
    rng = np.random.default_rng([seed, 0x6A7])
    more = test
    if more is None or len(more) < FEWEST_TEST:
        more, dev = _halves(dev, rng)
        floor = None
    added = min(lines.copies, len(more))
    if added and len(dev):
        some = train.choose(rng, max(1, round(len(train) * added / lines.copies)))
        yield Measurement("gap_line", AUGMENTED, "dev", CEILING, closed(some, more.choose(rng, added), dev, floor))


def _read(path: Path, apart_from: list[Sample]) -> tuple[Sample, dict[str, Sample]]:
    """Return the rows of train and their copies by policy; their atoms have codes that no other sample has."""
    table = pq.read_table(path)
    first = 1 + max(int(sample.atoms.max(initial=-1)) for sample in apart_from)
    codes, names = atom_codes(table) + first, table["line"].to_numpy()
    # Distances ask nothing of labels.
    table = table.drop_columns(["line", "atom"]).append_column("label", pa.nulls(table.num_rows, pa.string()))
    parts = {
        name: Sample.from_table(table.filter(pa.array(names == name)), codes[names == name])
        for name in dict.fromkeys(names.tolist())
    }
    train = parts.pop(NOTHING)
    return train, parts


def _joined(a: Sample, b: Sample) -> Sample:
    """Put two samples together, without their labels."""
    return Sample(
        {name: np.concatenate([column, b.numeric[name]]) for name, column in a.numeric.items()},
        {name: np.concatenate([column, b.categories[name]]) for name, column in a.categories.items()},
        atoms=np.concatenate([a.atoms, b.atoms]),
    )


def _halves(dev: Sample, rng: np.random.Generator) -> tuple[Sample, Sample]:
    names, code = np.unique(dev.atoms, return_inverse=True)
    first = (rng.permutation(len(names)) % 2 == 0)[code.reshape(-1)]
    return dev.take(np.flatnonzero(first)), dev.take(np.flatnonzero(~first))
