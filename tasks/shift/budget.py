"""What the mismatch between training data and dev consists of: parts of families of descriptors that add up to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tasks.catalog.schema import AUGMENTED
from tasks.shift.drawn_sides import Side, between, draw_sides, sums_of, within
from tasks.shift.equal_labels import distance_with_equal_labels
from tasks.shift.families import Families, share_out
from tasks.shift.kernel import energy_distance
from tasks.shift.measurements import NAN, Effect, Measurement
from tasks.shift.sample import Floats, Sample
from tasks.shift.shapley import Shares
from tasks.shift.space import Space, fit_space

MARGIN = 0.02
"""Energy distance up to which two samples count as alike: what it is when every descriptor has moved by .18 standard
deviations, which is Cliff's delta .10 (of one normal descriptor .018, of many independent ones .022)."""

ROWS = 500
"""Rows of train, and of dev, that distances are shared out between, and as many times as many synthetic ones as there
are in all; the cost is quadratic."""

MOST_COPIES = 2
"""At most so many synthetic rows a row of train: of more, fewer rows of train are looked at."""

FLOOR_ROWS = 1_000
"""Rows a side of what should match: no distance of theirs is shared out."""

FEWEST_ATOMS = 5
"""Atoms a side from which draws of them tell how far an estimate may be off; of fewer, no interval is given."""

DRAWS = 399
"""Draws of atoms: beyond either end of an interval of 95 % lie ten."""


@dataclass(frozen=True)
class Samples:
    """What a budget is made of.

    Parameters
    ----------
    train, dev : Sample
    synthetic : Sample, optional
        Synthetic rows alone; they carry their parents' atoms.
    unseen : Sample, optional
        The part of dev that noise was not fitted to, which train is compared with, before and after synthesis. All of
        dev by default.
    train_dev, test : Sample, optional
        What should match train, and dev.
    """

    train: Sample
    dev: Sample
    synthetic: Sample | None = None
    unseen: Sample | None = None
    train_dev: Sample | None = None
    test: Sample | None = None


def mismatch_budget(samples: Samples, families: Families, *, seed: int, draws: int = DRAWS) -> Iterator[Measurement]:
    """Share the energy distance between train and dev out among families of descriptors, before and after synthesis.

    Parameters
    ----------
    samples : Samples
    families : Families
    seed : int
        Chooses rows and draws atoms.
    draws : int
        Of atoms, for the intervals.

    Yields
    ------
    Measurement
        Of (train, dev) and (train+synthetic, dev): `mismatch`, the whole; `mismatch_part` a family, named as the
        descriptor, which add up to it; `mismatch_content`, what is left of the whole if the families that are `apart`
        did not differ.
        `label_reweighted_distance` of (train, dev), where labels are classes: what is left of the whole when rows are
        chosen so that both sides have the same share of every label.
        `mismatch_closed` a family: its part before minus its part after synthesis, and without a family the wholes'.
        Of (train, train-dev) and (dev, test): `mismatch`, the floors. `mismatch_over_floor` of (train, dev): how much
        farther they are apart than a floor's splits, with the second of these as the descriptor.

    Notes
    -----
    All distances are taken in one space, which train and dev choose, so that they stand on one axis. The distance of
    each pair of rows is shared out (`tasks.shift.shapley`), and the energy distance is linear in distances: so the
    families' parts add up to it. A part is 0 where a family is alike on both sides, and may fall a little below.

    Intervals are percentiles of draws of whole atoms; samples that share atoms draw them in common, which makes
    differences between wholes those of a paired comparison. The floors' intervals are those of `energy_distance`.

    Invariants: parts add up to the whole; the order of rows within atoms and the names of descriptors do not matter.

    References
    ----------
    Szekely & Rizzo 2013; Shapley 1953; Covert, Lundberg & Lee 2020.
    """
    train, dev = samples.train, samples.dev if samples.unseen is None else samples.unseen
    if not len(train) or not len(dev):
        return
    rng = np.random.default_rng([seed, 0xB0D6])
    chosen = {**_same_shares(train, samples.synthetic, rng), "dev": dev.choose(rng, ROWS)}
    space = fit_space([chosen["train"], chosen["dev"]])
    if not space.width:
        return
    if min(len(np.unique(part.atoms)) for part in (chosen["train"], chosen["dev"])) < FEWEST_ATOMS:
        draws = 0
    shares, names = share_out(families, space, chosen["train"], chosen["dev"])
    sides = draw_sides([chosen[name] for name in chosen if name != "dev"], space, rng, draws)
    sides += draw_sides([chosen["dev"]], space, rng, draws)
    by_name = dict(zip(chosen, sides, strict=True))
    if min(side.count for side in sides) < 2:
        return
    found = _distances(shares, by_name)
    sizes = (len(train), len(dev))
    yield from _parts("train", found["train"], names, sizes, apart=bool(shares.without))
    yield from distance_with_equal_labels(train, dev, space, rng)
    yield from _floors(samples, space, by_name, found["train"][len(names)], rng, draws)
    if samples.synthetic is None or AUGMENTED not in found:
        return
    yield from _parts(
        AUGMENTED, found[AUGMENTED], names, (len(train) + len(samples.synthetic), len(dev)), apart=bool(shares.without)
    )
    closed = found["train"] - found[AUGMENTED]
    for at, name in enumerate([*names, None]):
        yield Measurement("mismatch_closed", AUGMENTED, "dev", name, _percentiles(closed[at], *sizes))


def _same_shares(train: Sample, synthetic: Sample | None, rng: np.random.Generator) -> dict[str, Sample]:
    """Choose rows of train and their synthetic ones, in the proportion in which there are any."""
    if synthetic is None or not len(synthetic):
        return {"train": train.choose(rng, ROWS)}
    ratio = len(synthetic) / len(train)
    most = max(2, round(ROWS * min(1.0, MOST_COPIES / ratio)))
    few = train.choose(rng, most)
    own = np.flatnonzero(np.isin(synthetic.atoms, few.atoms))
    if len(np.unique(synthetic.atoms[own])) < 2:
        return {"train": few}
    wanted = max(2, round(ratio * len(few)))
    # Rows of the same atoms, so that draws take both at once; of large atoms there are more than are wanted.
    return {"train": few, "synthetic": synthetic.take(own).choose(rng, wanted)}


def _distances(shares: Shares, sides: Mapping[str, Side]) -> dict[str, Floats]:
    """Return name -> the energy distance to dev in each share and draw, shape (shares, draws)."""
    pairs = [("dev", "dev"), ("train", "train"), ("train", "dev")]
    if "synthetic" in sides:
        pairs += [("train", "synthetic"), ("synthetic", "synthetic"), ("synthetic", "dev")]
    sums = sums_of(shares, {pair: (sides[pair[0]], sides[pair[1]]) for pair in pairs})
    own = within({("dev", "dev"): sums["dev", "dev"]}, {"dev": sides["dev"]})

    def distance(parts: Sequence[str]) -> Floats:
        taken = {name: sides[name] for name in parts}
        across = between({name: sums[name, "dev"] for name in parts}, taken, sides["dev"])
        inside = within({pair: found for pair, found in sums.items() if {*pair} <= {*parts}}, taken)
        return np.asarray(2 * across - inside - own, np.float64)

    found = {"train": distance(["train"])}
    if "synthetic" in sides:
        found[AUGMENTED] = distance(["train", "synthetic"])
    return found


def _parts(
    a: str, found: Floats, names: Sequence[str], sizes: tuple[int, int], *, apart: bool
) -> Iterator[Measurement]:
    yield Measurement("mismatch", a, "dev", None, _percentiles(found[len(names)], *sizes))
    for at, name in enumerate(names):
        yield Measurement("mismatch_part", a, "dev", name, _percentiles(found[at], *sizes))
    if apart:
        yield Measurement("mismatch_content", a, "dev", None, _percentiles(found[-1], *sizes))


def _floors(
    samples: Samples, space: Space, sides: Mapping[str, Side], whole: Floats, rng: np.random.Generator, draws: int
) -> Iterator[Measurement]:
    """Measure what should match in the same space, and how much farther train is from dev than that."""
    everything = Shares((tuple(range(space.width)),), (0.0,))
    for a, sample, b, other in (
        ("train", samples.train, "train-dev", samples.train_dev),
        ("dev", samples.dev, "test", samples.test),
    ):
        if other is None or not len(other):
            continue
        x, y = sample.choose(rng, FLOOR_ROWS), other.choose(rng, FLOOR_ROWS)
        effect = energy_distance(space.points(x), space.points(y), x.atoms, y.atoms, rng=rng)
        yield Measurement("mismatch", a, b, None, replace(effect, n_a=len(sample), n_b=len(other)))
        side = draw_sides([y.choose(rng, ROWS)], space, rng, draws)[0]
        if side.count < 2:
            continue
        named = {a: sides[a], b: side}
        sums = sums_of(everything, {pair: (named[pair[0]], named[pair[1]]) for pair in ((a, b), (a, a), (b, b))})
        floor = 2 * between({a: sums[a, b]}, {a: sides[a]}, side)
        floor -= within({(a, a): sums[a, a]}, {a: sides[a]}) + within({(b, b): sums[b, b]}, {b: side})
        over = _percentiles(whole - floor[0], len(samples.train), len(samples.dev))
        yield Measurement("mismatch_over_floor", "train", "dev", b, over)


def _percentiles(draws: Floats, n: int, m: int, confidence: float = 0.95) -> Effect:
    """Return the first draw, which is how things are, with the interval of the others."""
    effect, others = float(draws[0]), draws[1:][np.isfinite(draws[1:])]
    if not np.isfinite(effect) or not len(others):
        return Effect(effect, n_a=n, n_b=m)
    low, high = np.quantile(others, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Effect(effect, min(effect, float(low)), max(effect, float(high)), NAN, n, m)
