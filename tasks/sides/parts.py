"""What the distance between two sides consists of: parts of families of descriptors, or of columns."""

import numpy as np
import pandas as pd

from tasks.descriptors.descriptor import CONTAINER
from tasks.shift.budget import Samples, mismatch_budget
from tasks.shift.columns import Columns, read_columns
from tasks.shift.families import Families
from tasks.shift.measurements import Measurement
from tasks.shift.sample import Codes, Sample
from tasks.sides.side import Side

LOOKED_AT = 4_000
"""Rows a side that the rows of the distance are chosen from: columns of words are slow to read as a whole."""


def distance_parts(a: Side, b: Side, *, seed: int) -> tuple[Measurement, ...]:
    """Share the energy distance between two sides out among families of descriptors, or among columns.

    Parameters
    ----------
    a, b : Side
    seed : int
        Chooses rows and draws atoms.

    Returns
    -------
    tuple of Measurement
        See `tasks.shift.budget.mismatch_budget`, where A is train and B is dev; empty where there is nothing to share.
    """
    rng = np.random.default_rng([seed, 0xA2])
    a, b = a.chosen(LOOKED_AT, rng), b.chosen(LOOKED_AT, rng)
    columns = read_columns(a.table, b.table)
    tied = atom_codes(a, b)
    x, y = (_sample(columns, side, tied[side]) for side in (0, 1))
    notes = {**b.notes, **a.notes} if a.kind != "tabular" else {}
    families = Families({name: note.family for name, note in notes.items()}, None, (CONTAINER,))
    return tuple(mismatch_budget(Samples(x, y), families, seed=seed))


def _sample(columns: Columns, side: int, atoms: Codes) -> Sample:
    words = {}
    for name, sides in columns.words.items():
        codes = sides[side]
        words[name] = codes.astype(str).astype(object)
        words[name][codes < 0] = None
    return Sample({name: sides[side] for name, sides in columns.numbers.items()}, words, atoms=atoms)


def atom_codes(a: Side, b: Side) -> tuple[Codes, Codes]:
    """Code atoms: the same name on both sides is the same, and a row without any is its own."""
    named = [
        np.full(side.rows, None, object) if side.atoms is None else side.atoms.to_pandas().to_numpy(object)
        for side in (a, b)
    ]
    codes = pd.factorize(np.concatenate(named))[0].astype(np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return codes[: a.rows], codes[a.rows :]
