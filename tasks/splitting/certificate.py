"""Proof that splits match: beside random splits of the same atoms, by features that were not used to make them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.blocks import Blocks, described_columns
from tasks.splitting.few_atoms import are_few
from tasks.splitting.fresh import STREAM, draw_waves
from tasks.splitting.points import Points, descriptor_columns, label_columns
from tasks.splitting.random_splits import AtomSums, Contrast, Contrasts, random_contrasts
from tasks.splitting.sliced import Sliced, compare_slices

DRAWS = 1_000
"""Random splits: the smallest percentile that can be seen is .1 %."""

WAVES = 32
"""A bandwidth; half as many from `MANY_ROWS` on, where a feature costs a second a hundred."""

MANY_WAVES = 256
"""A bandwidth where all splits that exist are compared, of which the nearest ones differ by a few per cent."""

MANY_ROWS = 200_000

NEARER = 0.1
"""Squared distances that differ by less count as alike: other features would turn them round."""

BLOCK = 16_384
"""Rows at a time."""

MOST_CLASSES = 200
"""Classes whose shares are compared one by one."""

PAIRS = (("dev", "test"), ("dev", "target"), ("test", "target"))
"""What is compared. The target is all rows: rest, dev and test."""

CODES = {"dev": 1, "test": 2}


@dataclass(frozen=True)
class Match:
    """How near two splits are."""

    split_a: str
    split_b: str
    rows_a: int
    rows_b: int
    distance: float
    """Squared kernel distance of the joint distributions in fresh features, summed over three bandwidths."""
    percentile: float
    """Percent of random splits that are as near or nearer; at least 100 / (draws + 1), or 100 / draws where all splits
    that exist were compared."""
    reference: Floats
    """Shape (101,): the distances of random splits at their 0th, 1st, ..., 100th percentile."""
    energy_distance: float
    """In standardised columns, estimated along random directions."""
    energy_distance_random: float
    """Its median over random splits."""
    sliced_ks: float
    """The largest Kolmogorov-Smirnov distance along random directions."""
    sliced_ks_random: float
    largest_difference: float
    """The largest difference of means of a column (descriptor or missing indicator), in standard deviations."""
    largest_difference_random: float
    label_gap: float
    """Total variation of label shares; of several labels the largest difference of a rate; of numbers the difference
    of means in standard deviations."""
    label_gap_random: float
    nearer: float = 0.0
    """Percent of random splits that are nearer; less than `percentile` by those that are this one again."""


@dataclass(frozen=True)
class Certificate:
    """What a reader needs to judge a split by."""

    matches: tuple[Match, ...]
    draws: int
    """Random splits, or all that exist."""
    atoms: int
    limit: bool
    """Whether random splits were drawn from their normal limit, because atoms are very many."""
    nearer: int | None = None
    """Where all splits that exist were compared: how many of them are nearer by more than `NEARER`, all distances
    together, each as a multiple of its mean. None where random ones were drawn."""

    def as_near(self, match: Match) -> int:
        """Return how many of the splits compared with are as near, this one included where all were compared."""
        if self.nearer is not None:
            return round(match.percentile / 100 * self.draws)
        return round(match.percentile / 100 * (self.draws + 1)) - 1

    def match(self, split_a: str, split_b: str) -> Match:
        """Return the comparison of two splits.

        Raises
        ------
        KeyError
            When it was not made.
        """
        for match in self.matches:
            if (match.split_a, match.split_b) == (split_a, split_b):
                return match
        raise KeyError(f"{split_a} and {split_b} were not compared")


def certify(
    descriptors: npt.NDArray[np.floating],
    labels: npt.NDArray[np.generic],
    atoms: Codes,
    codes: npt.NDArray[np.integer],
    *,
    seed: int,
    draws: int = DRAWS,
    blocks: Blocks | None = None,
) -> Certificate:
    """Compare dev and test with each other and with the target, beside random splits of the same atoms and sizes.

    Parameters
    ----------
    descriptors : ndarray, shape (n, p)
        Of all target rows; NaN where missing.
    labels : ndarray, shape (n,) or (n, k)
        As for `match_splits`.
    atoms : ndarray of int64, shape (n,)
    codes : ndarray of int, shape (n,)
        0 rest, 1 dev, 2 test.
    seed : int
        Chooses features and random splits; may be the seed of the split itself.
    draws : int
    blocks : ndarray of int, shape (p,), optional
        As for `match_splits`.

    Notes
    -----
    Invariants: for a split that is itself random, percentiles are uniform; the distances compared are never those that
    `match_splits` made small. Where atoms are so few that random splits would repeat each other, all splits that exist
    are compared instead: with four atoms, one in three is the best there is.
    """
    rng = np.random.default_rng([seed, STREAM])
    line = np.asarray(codes, np.int64)
    found = described_columns(np.asarray(descriptors), blocks)
    named = label_columns(np.asarray(labels), found.spread, rng)
    points = np.concatenate([found.columns, named.columns], axis=1)
    # An embedding has no column that somebody could name, and none of variance 1.
    described = found.columns[:, : found.singles]
    each = WAVES if len(line) < MANY_ROWS else WAVES // 2
    if len(line) < MANY_ROWS // 10 and are_few(len(np.unique(atoms)), np.unique(line[line > 0])):
        each = MANY_WAVES
    waves = draw_waves(points.shape[1], each, rng, spread=found.spread + named.columns.shape[1])
    order = np.argsort(atoms, kind="stable")
    starts = np.flatnonzero(np.diff(np.asarray(atoms)[order], prepend=np.min(atoms, initial=0) - 1))
    shown = _label_table(np.asarray(labels), named.cell)
    width = np.cumsum([waves.features, described.shape[1], shown.shape[1]])
    values = np.empty((len(starts), width[-1]), np.float32)
    rows = np.diff(np.append(starts, len(line)))
    ends = np.cumsum(rows)
    cuts = np.searchsorted(ends, np.arange(0, len(line) + BLOCK, BLOCK))
    for first, last in pairwise(cuts.tolist()):
        if last > first:
            block = order[starts[first] : ends[last - 1]]
            features = np.concatenate([waves(points[block]), described[block], shown[block]], axis=1)
            values[first:last] = np.add.reduceat(features, starts[first:last] - starts[first])
    sums = AtomSums(values, rows, line[order[starts]])
    pairs = [pair for pair in PAIRS if all(name == "target" or (line == CODES[name]).any() for name in pair)]
    pairs = [pair for pair in pairs if not _all_of_target(pair, line)]
    contrasts = random_contrasts(sums, pairs, draws, rng)
    slices = compare_slices(points, np.asarray(atoms), line, pairs, rng)
    counted = np.ndim(labels) == 1 and np.asarray(labels).dtype.kind != "f"
    matches = tuple(
        _match(pair, line, contrast, width, sliced, counted=counted, every=contrasts.every)
        for pair, contrast, sliced in zip(pairs, contrasts.each, slices, strict=True)
    )
    nearer = _nearer(contrasts, int(width[0])) if contrasts.every else None
    draws = len(contrasts.each[0].random) if contrasts.every and contrasts.each else draws
    return Certificate(matches, draws, len(starts), contrasts.limit, nearer)


def plain_certificate(certificate: Certificate) -> dict[str, Any]:
    """Return a certificate as values that JSON can say."""
    plain = asdict(certificate)
    plain["matches"] = [{**match, "reference": match["reference"].tolist()} for match in plain["matches"]]
    return plain


def read_certificate(plain: Mapping[str, Any]) -> Certificate:
    """Return the certificate that `plain_certificate` wrote down."""
    matches = [Match(**{**match, "reference": np.array(match["reference"])}) for match in plain["matches"]]
    return Certificate(**{**plain, "matches": tuple(matches)})


def _nearer(contrasts: Contrasts, waves: int) -> int:
    """Count the splits that are nearer by more than `NEARER`, of all that exist, in all pairs together."""
    here, there = 0.0, np.zeros(1)
    for contrast in contrasts.each:
        far = (contrast.random[:, :waves] ** 2).sum(1)
        usual = max(float(far.mean()), 1e-15)
        here, there = here + float((contrast.seen[:waves] ** 2).sum()) / usual, there + far / usual
    return int((there < here * (1 - NEARER) - 1e-9).sum())


def _match(
    pair: tuple[str, str], line: Codes, contrast: Contrast, width: Codes, sliced: Sliced, *, counted: bool, every: bool
) -> Match:
    seen, random = contrast.seen, contrast.random
    wave, column = int(width[0]), int(width[1])
    far = (random[:, :wave] ** 2).sum(1)
    distance = float((seen[:wave] ** 2).sum())
    # What differs by rounding only is the same split.
    nearer = int((far <= distance * (1 + 1e-6) + 1e-15).sum())

    def steepest(means: Floats) -> Floats:
        return np.asarray(np.abs(means[:, wave:column]).max(1, initial=0.0), np.float64)

    def gap(means: Floats) -> Floats:
        away = np.abs(means[:, column:])
        return np.asarray(away.sum(1) / 2 if counted else away.max(1, initial=0.0), np.float64)

    rows = [len(line) if name == "target" else int((line == CODES[name]).sum()) for name in pair]
    return Match(
        pair[0],
        pair[1],
        rows[0],
        rows[1],
        distance,
        100 * max(1, nearer) / len(far) if every else 100 * (nearer + 1) / (len(far) + 1),
        np.quantile(far, np.linspace(0, 1, 101)),
        sliced.energy,
        sliced.energy_random,
        sliced.ks,
        sliced.ks_random,
        float(steepest(seen[None])[0]),
        float(np.median(steepest(random))),
        float(gap(seen[None])[0]),
        float(np.median(gap(random))),
        100 * float((far < distance * (1 - 1e-6) - 1e-15).mean()),
    )


def _all_of_target(pair: tuple[str, str], codes: Codes) -> bool:
    return pair[1] == "target" and bool((codes == CODES[pair[0]]).all())


def _label_table(labels: npt.NDArray[np.generic], cell: Codes) -> Points:
    """Return columns whose means are label shares, rates or means, shape (n, k)."""
    if labels.ndim == 2:
        values = labels.astype(np.float64)
        asked = np.isfinite(values)
        # A rate among those annotated differs as the sums about the common rate do.
        told = np.where(asked, values, 0).sum(0)
        rate = np.divide(told, asked.sum(0), out=np.zeros(len(told)), where=asked.any(0))
        share = np.maximum(asked.mean(0), 1e-12)
        return np.concatenate([np.where(asked, values - rate, 0.0) / share, asked], axis=1).astype(np.float32)
    if labels.dtype.kind == "f":
        return descriptor_columns(labels[:, None].astype(np.float64))
    # Of very many classes, the common ones and all others together: shares of single rows match nothing.
    count = np.bincount(cell)
    common = np.argsort(-count, kind="stable")[:MOST_CLASSES]
    place = np.full(len(count), len(common))
    place[common] = np.arange(len(common))
    return np.asarray(np.eye(len(common) + 1)[place[cell]], np.float32)
