"""One part of a pool that stands for the whole: big atoms first, then atoms of one size, then single rows."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_products import product_coordinates
from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.landmarks import fit_energy_map
from tasks.splitting.one_of_each import Choice, Field, choose_one_of_each
from tasks.splitting.one_of_two import choose_one_of_two
from tasks.splitting.points import Points
from tasks.splitting.quotas import fit_totals, quotas, whole_rows
from tasks.splitting.uneven import Few, choose_few
from tasks.splitting.windows import Windows, cut_windows

Flags = npt.NDArray[np.bool_]

LANDMARKS = 128
LANDMARKS_OF_MANY = 64
MANY = 200_000
"""Coordinates for single rows: near ones are compared exactly, so that these have only what is far to see."""

LANDMARKS_OF_ATOMS = 256
"""Coordinates for sums over atoms, which are compared by them alone."""

EVEN = 64
"""Atoms of one size that there must be for windows of near ones; of fewer, combinations are searched."""

FEWEST = 1_024
"""Atoms of several rows that are searched in any case: windows hold what is near, a search finds what adds up."""

ROWS_OF_PRODUCTS = 32_768
"""Rows up to which a few atoms are compared by all pairs of their rows: a second's work for 20,000."""

NOTHING = 1e-9
"""Weights below this are rounding."""

MOST_LABELS = 64
"""Labels that atoms' counts are kept of, each; of more, sums in so many random directions."""

BLOCK = 16_384
"""Rows at a time."""


@dataclass(frozen=True)
class Pool:
    """Rows in canonical order.

    Parameters
    ----------
    points : ndarray of float32, shape (n, q)
    cell : ndarray of int64, shape (n,)
        Labels as cells whose counts are kept.
    atom : ndarray of int64, shape (n,)
        Ascending.
    starts : ndarray of int64, shape (g + 1,)
    present : ndarray of bool, shape (g,), optional
        The atoms that the part is to stand for; all by default.
    """

    points: Points
    cell: Codes
    atom: Codes
    starts: Codes
    present: Flags | None = None

    def only(self, present: Flags) -> "Pool":
        """Return the pool in which no other atoms count."""
        return replace(self, present=present)


def draw_part(pool: Pool, free: Flags, held: Flags, wanted: int, rng: np.random.Generator) -> Flags:
    """Draw atoms so that, with those held, they have the distribution of everything present.

    Parameters
    ----------
    pool : Pool
    free : ndarray of bool, shape (g,)
        Atoms that may be drawn.
    held : ndarray of bool, shape (g,)
        Atoms that are in the part already.
    wanted : int
        Rows to be drawn.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of bool, shape (g,)
        Atoms that are drawn.
    """
    rows = np.diff(pool.starts)
    there = int(rows[free].sum())
    if wanted <= 0 or wanted >= there:
        return free & (wanted > 0)
    return _Draw(pool, free, held, wanted, rng).run()


class _Draw:
    """The state of one draw: which atoms are in so far, and what share of the others is expected to be."""

    def __init__(self, pool: Pool, free: Flags, held: Flags, wanted: int, rng: np.random.Generator) -> None:
        self.pool, self.rng, self.wanted = pool, rng, wanted
        self.rows = np.diff(pool.starts)
        self.present = np.ones(len(self.rows), bool) if pool.present is None else pool.present
        self.free, self.drawn = free, np.zeros(len(free), bool)
        self.fixed = held.astype(np.float64)
        counted, placed, drawable = self.present[pool.atom], held[pool.atom], free[pool.atom]
        cells = int(pool.cell.max(initial=-1)) + 1
        of_pool = np.bincount(pool.cell[drawable], minlength=cells)
        sides = (counted & ~placed & ~drawable, counted & placed)
        of_held = [np.bincount(pool.cell[side], minlength=cells) for side in sides]
        total = wanted + int(self.rows[held].sum())
        # Rows of each cell that the part still lacks, and the share of the pool's that they are.
        self.quota = quotas(of_pool, np.array([total]), np.array(of_held))[1]
        self.share = np.divide(self.quota, of_pool, out=np.zeros(cells), where=of_pool > 0)
        self.overall = total / max(1, int(self.rows[self.present].sum()))
        self.several = self.rows > 1
        heavy = bool((self.several & free).any())
        landmarks = LANDMARKS_OF_ATOMS if heavy else LANDMARKS if len(counted) < MANY else LANDMARKS_OF_MANY
        self.map = fit_energy_map(pool.points if counted.all() else pool.points[counted], landmarks, rng)
        self.labels = label_coordinates(pool, cells, rng) if heavy else np.zeros((cells, 0), np.float32)

    def run(self) -> Flags:
        heavy, single = self.free & self.several, self.free & ~self.several
        number = np.bincount(self.rows[heavy], minlength=2)
        even = heavy & (number[np.minimum(self.rows, len(number) - 1)] >= EVEN) & (heavy.sum() > FEWEST)
        few = heavy & ~even
        part = self.wanted / int(self.rows[self.free].sum())
        if few.any():
            self._draw_few(np.flatnonzero(few), part, exactly=not single.any() and not even.any())
        if even.any():
            self._draw_even(np.flatnonzero(even), part, fill=not single.any())
        if single.any():
            self._draw_single(np.flatnonzero(single))
        return self.drawn

    def _draw_few(self, atoms: Codes, part: float, *, exactly: bool) -> None:
        sums, start = self._products(atoms)
        wanted = self.wanted if exactly else round(part * int(self.rows[atoms].sum()))
        chosen = choose_few(Few(sums, self.rows[atoms], part, start), wanted, exactly=exactly, rng=self.rng)
        self.drawn[atoms[chosen]] = True
        self.free = self.free.copy()
        self.free[atoms] = False

    def _products(self, atoms: Codes) -> tuple[Floats, Floats]:
        """Return coordinates of sums over the rows of a few atoms, (len(atoms), d), and of what they make up for."""
        of_atom = self._expected() - self.overall * self.present
        own = self._rows(atoms)
        weight = of_atom[self.pool.atom]
        weight[np.abs(weight) <= NOTHING] = 0
        others = np.flatnonzero((weight != 0) & ~np.isin(self.pool.atom, atoms))
        if len(atoms) > FEWEST or len(own) + len(others) > ROWS_OF_PRODUCTS:
            return self._sums(atoms).astype(np.float64), self._deviation(self._expected())
        rows = np.concatenate([own, others])
        starts = np.concatenate([[0], np.cumsum(self.rows[atoms])])
        sums, start = product_coordinates(self.pool.points[rows], starts, weight[rows])
        named = self.labels[self.pool.cell[rows]].astype(np.float64)
        return (
            np.column_stack([sums, np.add.reduceat(named[: starts[-1]], starts[:-1])]),
            np.concatenate([start, weight[rows] @ named]),
        )

    def _rows(self, atoms: Codes) -> Codes:
        """Return the rows of some atoms, atom by atom."""
        lengths = self.rows[atoms]
        begins = np.cumsum(lengths) - lengths
        return np.repeat(self.pool.starts[atoms] - begins, lengths) + np.arange(lengths.sum())

    def _draw_even(self, atoms: Codes, part: float, *, fill: bool) -> None:
        sizes, kind = np.unique(self.rows[atoms], return_inverse=True)
        number = np.bincount(kind.reshape(-1))
        got = int(self.rows[self.drawn].sum())
        left = self.wanted - got
        carry = left - part * int(self.rows[self.free].sum())
        wanted = _by_size(sizes, number, part, carry if fill else 0.0, fill=fill)
        sums = self._sums(atoms)
        windows = cut_windows(sums, kind.reshape(-1).astype(np.int64), wanted, self.rng)
        expected = self._expected()
        expected[atoms] = windows.expected
        field = Field(sums, lambda places: sums[places], exact=False)
        self._take(atoms, windows, self._choose(windows, field, expected).chosen)

    def _draw_single(self, atoms: Codes) -> None:
        row = self.pool.starts[atoms]
        cell = self.pool.cell[row]
        available = np.bincount(cell, minlength=len(self.quota))
        in_atoms = np.bincount(self.pool.cell[self.drawn[self.pool.atom]], minlength=len(self.quota))
        total = np.clip(self.wanted - int(self.rows[self.drawn].sum()), 0, len(atoms))
        asked = np.maximum(0.0, self.quota - in_atoms)[None, :]
        parts = fit_totals(asked, np.array([float(total)]), available.astype(np.float64))
        wanted = whole_rows(parts, np.array([total]), available)[0]
        windows = cut_windows(self.pool.points[row], cell, wanted, self.rng)
        expected = self._expected()
        expected[atoms] = windows.expected
        points = self.pool.points[row]
        field = Field(points, lambda places: self._coordinates(row[places]), exact=True)
        self._take(atoms, windows, self._choose(windows, field, expected).chosen)

    def _choose(self, windows: Windows, field: Field, expected: Floats) -> Choice:
        choose = choose_one_of_two if windows.paired else choose_one_of_each
        return choose(windows, field, self._deviation(expected), self.rng)

    def _take(self, atoms: Codes, windows: Windows, chosen: Codes) -> None:
        inside = windows.base.copy()
        inside[chosen] = ~inside[chosen]
        self.drawn[atoms[inside]] = True
        self.free = self.free.copy()
        self.free[atoms] = False

    def _expected(self) -> Floats:
        """Return the share of each atom that is or will be in the part, shape (g,)."""
        of_rows = self.share[self.pool.cell]
        mean = np.add.reduceat(of_rows, self.pool.starts[:-1]) / self.rows
        return np.where(self.free, mean, np.maximum(self.fixed, self.drawn))

    def _deviation(self, expected: Floats) -> Floats:
        """Return the sum of coordinates over the expected part, less its share of everything, shape (d,)."""
        weight = (expected - self.overall * self.present)[self.pool.atom]
        rows = np.flatnonzero(np.abs(weight) > NOTHING)
        total = np.zeros(self.map.dimensions + self.labels.shape[1])
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            total += weight[block] @ self._coordinates(block)
        return total

    def _coordinates(self, rows: Codes) -> Points:
        near = self.map(self.pool.points[rows])
        if not self.labels.shape[1]:
            return near
        return np.concatenate([near, self.labels[self.pool.cell[rows]]], axis=1)

    def _sums(self, atoms: Codes) -> Points:
        """Return sums of coordinates over the rows of some atoms, shape (len(atoms), d)."""
        out = np.empty((len(atoms), self.map.dimensions + self.labels.shape[1]), np.float32)
        ends = np.cumsum(self.rows[atoms])
        blocks = np.searchsorted(ends, np.arange(0, ends[-1] + BLOCK, BLOCK))
        for first, last in pairwise(blocks.tolist()):
            own = atoms[first:last]
            if not len(own):
                continue
            begins = np.cumsum(self.rows[own]) - self.rows[own]
            out[first:last] = np.add.reduceat(self._coordinates(self._rows(own)), begins)
        return out


def label_coordinates(pool: Pool, cells: int, rng: np.random.Generator) -> Points:
    """Return coordinates for the labels of atoms' rows, besides what labels are among the points; shape (cells, k)."""
    # Two labels are as far apart as two rows are on average, besides what their points differ by.
    far = np.sqrt(np.sqrt(2.0 * max(1, pool.points.shape[1])))
    if cells <= MOST_LABELS:
        return np.asarray(far * np.eye(cells), np.float32)
    codes = rng.standard_normal((cells, MOST_LABELS)) / np.sqrt(MOST_LABELS)
    return np.asarray(far * codes, np.float32)


def _by_size(sizes: Codes, number: Codes, part: float, carry: float, *, fill: bool) -> Codes:
    """Return how many atoms of each size lead to the rows wanted: big ones first, each making up for those before."""
    wanted = np.zeros(len(sizes), np.int64)
    for place in np.argsort(-sizes).tolist():
        rows = part * int(number[place]) * int(sizes[place]) + carry
        wanted[place] = int(np.clip(round(rows / int(sizes[place])), 0, number[place]))
        carry = rows - float(wanted[place] * sizes[place])
    short = round(carry)
    if fill and short:
        # One atom more of one size and one less of another.
        more, less = np.meshgrid(np.arange(len(sizes)), np.arange(len(sizes)), indexing="ij")
        fits = (sizes[more] - sizes[less] == short) & (wanted[more] < number[more]) & (wanted[less] > 0)
        if fits.any():
            best = np.argmax(np.where(fits, np.minimum(number[more], number[less]), -1))
            wanted[more.reshape(-1)[best]] += 1
            wanted[less.reshape(-1)[best]] -= 1
    return wanted
