"""What is left of a distance once both samples have the same share of every label."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tasks.shift.kernel import energy_distance
from tasks.shift.measurements import Measurement
from tasks.shift.sample import Sample
from tasks.shift.space import Space

MOST_ROWS = 1_000
"""Rows a side that are chosen."""


def distance_with_equal_labels(
    train: Sample, dev: Sample, space: Space, rng: np.random.Generator
) -> Iterator[Measurement]:
    """Measure how far train is from dev when rows are chosen so that both have the mean of their label shares."""
    if train.labels is None or dev.labels is None:
        return
    labels = [side.astype(object) for side in (train.labels, dev.labels)]
    known = [{name for name in side.tolist() if isinstance(name, str)} for side in labels]
    common = sorted(known[0] & known[1])
    if not common:
        return
    rows = [[np.flatnonzero(side == name) for name in common] for side in labels]
    counts = np.array([[len(part) for part in side] for side in rows], np.float64)
    shares = (counts / counts.sum(1, keepdims=True)).mean(0)
    few = []
    for side, sample, count in zip(rows, (train, dev), counts, strict=True):
        most = min(MOST_ROWS, float((count / shares).min()))
        parts = [rng.permutation(part)[: round(share * most)] for part, share in zip(side, shares, strict=True)]
        few.append(sample.take(np.sort(np.concatenate(parts))))
    a, b = few
    found = energy_distance(space.points(a), space.points(b), a.atoms, b.atoms, rng=rng)
    yield Measurement("label_reweighted_distance", "train", "dev", None, replace(found, n_a=len(train), n_b=len(dev)))
