"""Few enough rows for distances between all pairs, in coordinates that mean something."""

from dataclasses import dataclass

import numpy as np

from tasks.shift.block_distances import MOST_ROWS
from tasks.shift.columns import Columns
from tasks.shift.intervals import Pairing
from tasks.shift.kernel import energy_distance
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Objects, Sample
from tasks.shift.space import Space, fit_space


@dataclass(frozen=True)
class FewRows:
    """Where the coordinates of rows come from.

    Parameters
    ----------
    columns : Columns
    pairing : Pairing
    space : Space
        Fitted to rows of both sides.
    """

    columns: Columns
    pairing: Pairing
    space: Space

    def distance(
        self, rows_x: Codes, rows_y: Codes, rng: np.random.Generator, most: int = MOST_ROWS, batches: int = 1
    ) -> Effect:
        """Measure the energy distance between some rows of x and of y.

        Parameters
        ----------
        most, batches : int
            At most so many batches of so many rows a side, chosen at random.
        """
        if not self.space.width:
            return Effect(NAN, n_a=len(rows_x), n_b=len(rows_y))
        few = [choose(rows, most * batches, rng) for rows in (rows_x, rows_y)]
        x, y = (sample_of(self.columns, self.pairing, side, rows) for side, rows in enumerate(few))
        points = self.space.points(x), self.space.points(y)
        found = energy_distance(*points, x.atoms, y.atoms, rng=rng, rows=most, batches=batches)
        return Effect(found.effect, found.ci_low, found.ci_high, found.p_value, len(rows_x), len(rows_y))


def few_rows(columns: Columns, pairing: Pairing, rng: np.random.Generator) -> FewRows:
    """Fit coordinates to at most `MOST_ROWS` rows a side."""
    sizes = (len(pairing.code_x), len(pairing.code_y))
    chosen = [choose(np.arange(size), MOST_ROWS, rng) for size in sizes]
    samples = [sample_of(columns, pairing, side, rows) for side, rows in enumerate(chosen)]
    return FewRows(columns, pairing, fit_space(samples))


def choose(rows: Codes, most: int, rng: np.random.Generator) -> Codes:
    """Choose at most so many rows at random, in their order."""
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def sample_of(columns: Columns, pairing: Pairing, side: int, rows: Codes) -> Sample:
    """Return some rows of one side."""
    words = {name: _named(sides[side][rows]) for name, sides in columns.words.items()}
    atoms = (pairing.code_x, pairing.code_y)[side][rows]
    return Sample({name: sides[side][rows] for name, sides in columns.numbers.items()}, words, None, atoms)


def _named(codes: Codes) -> Objects:
    names = codes.astype(object)
    names[codes < 0] = None
    return names
