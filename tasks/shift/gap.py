"""How much of the way from the training data to the target the synthetic data goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tasks.shift.block_distances import MOST_ROWS, Blocks, distances, mean_between, mean_within, sorted_blocks
from tasks.shift.intervals import MOST_BLOCKS, RESAMPLES, draw_weights, merge_atoms
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Floats, Points, Sample
from tasks.shift.space import fit_space


class Coordinates(Protocol):
    """A space in which samples have places."""

    @property
    def width(self) -> int:
        """The number of coordinates."""

    def points(self, sample: Sample) -> Points:
        """Return the sample's coordinates."""


def gap_closed(
    train: Sample,
    with_synthetic: Sample,
    dev: Sample,
    *,
    seed: int,
    floor: tuple[Sample, Sample] | None = None,
    rows: int = MOST_ROWS,
    draws: int = RESAMPLES,
    confidence: float = 0.95,
    fit: Callable[[Sequence[Sample]], Coordinates] = fit_space,
) -> Effect:
    """Measure 1 - (D(train + synthetic, dev) - floor) / (D(train, dev) - floor), D the energy distance.

    Parameters
    ----------
    train, with_synthetic, dev : Sample
        `with_synthetic` holds the training rows and the synthetic ones; a synthetic row carries its parent's atom.
    seed : int
        Chooses rows and draws atoms.
    floor : pair of Sample, optional
        Two samples that should match, such as dev and test. Without them the floor is 0, which an unbiased distance is
        on average between samples of one distribution.
    rows : int
        At most so many rows a sample, chosen at random; twice as many of `with_synthetic`.
    fit : callable
        Chooses the space that distances are measured in, from train and dev.

    Returns
    -------
    Effect
        1: closed; 0: nothing gained; below 0: farther away than before. NaN when train is no farther from dev than the
        floor; without interval when that cannot be ruled out, for a share of nothing is nothing.

    Notes
    -----
    Atoms are drawn in common: a draw that takes a training atom twice takes its synthetic rows twice, so the interval
    is that of a paired comparison. Coordinates come from train and dev; synthetic rows do not move the yardstick.
    """
    n, m = len(with_synthetic), len(dev)
    rng = np.random.default_rng([seed, 0x6A9])
    parts = {id(part): part for part in (train, with_synthetic, dev, *(floor or ()))}
    if min(len(part) for part in parts.values()) == 0:
        return Effect(NAN, n_a=n, n_b=m)
    chosen = {key: part.choose(rng, rows) for key, part in parts.items()}
    chosen |= zip((id(train), id(with_synthetic)), _same_atoms(train, with_synthetic, rng, rows), strict=True)
    space = fit([chosen[id(train)], chosen[id(dev)]])
    drawn: dict[int, _Drawn] = {}
    for together in ([id(train), id(with_synthetic)], *([key] for key in parts)):
        new = [key for key in together if key not in drawn]
        drawn.update(zip(new, _draw([chosen[key] for key in new], space, rng, draws), strict=True))
    if not space.width or min(side.blocks.count for side in drawn.values()) < 2:
        return Effect(NAN, n_a=n, n_b=m)
    within = {
        key: mean_within(distances(side.blocks, side.blocks), side.blocks, side.weights) for key, side in drawn.items()
    }

    def distance(a: Sample, b: Sample) -> Floats:
        x, y = drawn[id(a)], drawn[id(b)]
        between = mean_between(distances(x.blocks, y.blocks), x.blocks, y.blocks, x.weights, y.weights)
        return 2 * between - within[id(a)] - within[id(b)]

    base = distance(*floor) if floor else 0.0
    far, near = distance(train, dev) - base, distance(with_synthetic, dev) - base
    if not far[0] > 0:
        return Effect(NAN, n_a=n, n_b=m)
    effect = float(1 - near[0] / far[0])
    tail = (1 - confidence) / 2
    known = far > 0
    if known[1:].mean() < 1 - tail:
        return Effect(effect, n_a=n, n_b=m)
    low, high = np.quantile((1 - near[known] / far[known])[1:], [tail, 1 - tail])
    return Effect(effect, min(effect, float(low)), max(effect, float(high)), NAN, n, m)


def _same_atoms(train: Sample, with_synthetic: Sample, rng: np.random.Generator, rows: int) -> tuple[Sample, Sample]:
    """Choose the rows of the same atoms on both sides, at most `rows` of train, so that they differ in nothing else."""
    atoms, code = np.unique(np.concatenate([train.atoms, with_synthetic.atoms]), return_inverse=True)
    counts = np.bincount(code.reshape(-1)[: len(train)], minlength=len(atoms))
    order = rng.permutation(len(atoms))
    kept = atoms[order[np.cumsum(counts[order]) <= rows]]
    if len(kept) < min(len(atoms), MOST_BLOCKS):
        # A few large atoms: all of them, and some rows of each, tell more than all rows of some.
        return train.choose(rng, rows), with_synthetic.choose(rng, 2 * rows)
    chosen, more = (sample.take(np.flatnonzero(np.isin(sample.atoms, kept))) for sample in (train, with_synthetic))
    return chosen, more.choose(rng, 2 * rows)


@dataclass(frozen=True)
class _Drawn:
    """Rows in blocks, and how often each draw takes each block; the first draw is the sample itself."""

    blocks: Blocks
    weights: Floats


def _draw(samples: Sequence[Sample], space: Coordinates, rng: np.random.Generator, draws: int) -> list[_Drawn]:
    if not samples:
        return []
    block = merge_atoms(np.concatenate([sample.atoms for sample in samples]), rng)
    count = int(block.max()) + 1
    weights = np.column_stack([np.ones(count), draw_weights(count, rng, draws).T])
    ends = np.cumsum([len(sample) for sample in samples])[:-1]
    return [
        _Drawn(sorted_blocks(space.points(sample), part), weights[np.unique(part)])
        for sample, part in zip(samples, np.split(block, ends), strict=True)
    ]
