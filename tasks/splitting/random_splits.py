"""What random splits of the same atoms and sizes would show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.few_atoms import SLACK, are_few, fitting
from tasks.splitting.points import Points

MOST_ATOMS = 8_192
"""Up to so many atoms are dealt anew for each random split; sums over more of them are normal for all that matters."""

MOST_SPLITS = 10_000
"""Where no more splits exist, all are compared instead of random ones, which would repeat each other."""

AT_ONCE = 50
"""Random splits at a time."""

SPLITS = {"dev": 1, "test": 2}


@dataclass(frozen=True)
class AtomSums:
    """Sums over the rows of each atom: values (g, d), rows (g,), and the split that the atom is in (g,)."""

    values: Points
    rows: Codes
    code: Codes


@dataclass(frozen=True)
class Contrast:
    """Differences of means: of the split at hand, shape (d,), and of random ones, shape (draws, d)."""

    seen: Floats
    random: Floats


@dataclass(frozen=True)
class Contrasts:
    """One for each pair of splits."""

    each: tuple[Contrast, ...]
    limit: bool
    """Whether random splits were drawn from their normal limit."""
    every: bool
    """Whether they are all splits that exist, this one included, instead of random ones."""


def random_contrasts(
    sums: AtomSums, pairs: Sequence[tuple[str, str]], draws: int, rng: np.random.Generator
) -> Contrasts:
    """Compare means of splits, and of random splits of the same sizes.

    Parameters
    ----------
    sums : AtomSums
    pairs : sequence of two names
        "dev", "test" or "target", which is all atoms.
    draws : int
    rng : numpy.random.Generator

    Notes
    -----
    A random split takes atoms in random order: dev until it has its rows or nearly so, then test. Where atoms are so
    few that at most `MOST_SPLITS` splits have as many rows (within 2 %), it is all of them instead. Beyond `MOST_ATOMS`
    the difference is drawn from a normal law with the covariance of sampling without replacement.

    References
    ----------
    Hájek 1960, Limiting distributions in simple random sampling from a finite population.
    """
    total = sums.values.sum(0, dtype=np.float64)
    mean = total / sums.rows.sum()
    centred = sums.values - (sums.rows[:, None] * mean).astype(np.float32)
    inside = {name: (sums.code == code).astype(np.float64) for name, code in SPLITS.items()}
    seen = {name: flags @ centred / max(1.0, flags @ sums.rows) for name, flags in inside.items()}
    seen["target"] = np.zeros(len(mean))
    wanted = {name: int(flags @ sums.rows) for name, flags in inside.items()}
    if len(sums.rows) > MOST_ATOMS:
        each = [_from_limit(centred, sums, pair, wanted, seen, draws, rng) for pair in pairs]
        return Contrasts(tuple(each), limit=True, every=False)
    every = every_split(sums.rows, wanted["dev"], wanted["test"])
    draws = draws if every is None else len(every)
    random = {name: np.zeros((draws, len(mean))) for name in (*SPLITS, "target")}
    for first in range(0, draws, AT_ONCE):
        block = slice(first, min(draws, first + AT_ONCE))
        lines = every[block] if every is not None else deal(sums.rows, wanted["dev"], wanted["test"], AT_ONCE, rng)
        lines = lines[: block.stop - block.start]
        for name, code in SPLITS.items():
            flags = (lines == code).astype(np.float32)
            random[name][block] = (flags @ centred) / np.maximum(1, flags @ sums.rows)[:, None]
    return Contrasts(
        tuple(Contrast(seen[a] - seen[b], random[a] - random[b]) for a, b in pairs), False, every is not None
    )


def every_split(rows: Codes, dev: int, test: int) -> Codes | None:
    """List all splits of so many rows, within `SLACK`, shape (c, g), or return None where they are too many."""
    wanted = np.array([dev, test], np.int64)
    if len(rows) < 2 or not wanted.any() or not are_few(len(rows), wanted):
        return None
    found = fitting(rows, wanted, SLACK, exactly=False)
    return found if len(found) <= MOST_SPLITS else None


def deal(rows: Codes, dev: int, test: int, draws: int, rng: np.random.Generator) -> Codes:
    """Return random splits, shape (draws, g): 0 rest, 1 dev, 2 test."""
    order = rng.random((draws, len(rows)), np.float32).argsort(1)
    middle = np.cumsum(rows[order], axis=1) - rows[order] / 2
    lines = np.where(middle < dev, 1, np.where(middle < dev + test, 2, 0))
    out = np.empty_like(lines)
    np.put_along_axis(out, order, lines, 1)
    return out


def _from_limit(
    centred: Points,
    sums: AtomSums,
    pair: tuple[str, str],
    wanted: dict[str, int],
    seen: dict[str, Floats],
    draws: int,
    rng: np.random.Generator,
) -> Contrast:
    g = len(sums.rows)
    covariance = (centred.T @ centred).astype(np.float64) / (g - 1)
    strength, directions = np.linalg.eigh(covariance)
    root = directions * np.sqrt(np.maximum(0.0, strength))
    mean_rows = float(sums.rows.mean())
    # Expected numbers of atoms; means of two disjoint samples vary as 1/a + 1/b, against the whole as 1/a - 1/g.
    a, b = (g if name == "target" else max(1.0, wanted[name] / mean_rows) for name in pair)
    spread = 1 / a - 1 / g if pair[1] == "target" else 1 / a + 1 / b
    random = rng.standard_normal((draws, len(strength))) @ root.T * (np.sqrt(max(0.0, spread)) / mean_rows)
    return Contrast(seen[pair[0]] - seen[pair[1]], random)
