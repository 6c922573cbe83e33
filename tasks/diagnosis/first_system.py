"""The first system: a baseline on what is published, and one without its synthetic records, judged split by split."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.baseline import Baseline
from tasks.diagnosis.mixture import SOURCE, SYNTHETIC, TARGET, VARIED, Mixture
from tasks.diagnosis.paired_errors import mean_loss
from tasks.diagnosis.proof import Learner, Rows
from tasks.shift.intervals import draw_weights
from tasks.shift.measurements import Effect

Floats = NDArray[np.float64]

MADE = (SYNTHETIC, VARIED)
PUBLISHED, REAL = "published", "without synthetic"
DRAWS = 5
"""Models a mixture, each of a bootstrap draw of the training atoms: the seeds of a model that has one answer."""


@dataclass(frozen=True)
class System:
    """What was learned, with and without the synthetic records.

    Parameters
    ----------
    scores : mapping of str to mapping of str to ndarray
        Mixture -> split -> what the model of all rows answers, shape (n, q).
    errors : mapping of str to mapping of str to Effect
        Mixture -> split -> the mean error of models of several draws.
    gains : mapping of str to Effect
        Split -> error without the synthetic records less that with them, paired; empty where there are none.
    """

    scores: Mapping[str, Mapping[str, Floats]]
    errors: Mapping[str, Mapping[str, Effect]]
    gains: Mapping[str, Effect]


def mixtures_of(train: Rows, totals: Floats) -> dict[str, Mixture]:
    """Return how much each origin counts with the synthetic rows and without them.

    Parameters
    ----------
    train : Rows
    totals : ndarray of float64, shape (origins,)
        The published weight of all rows of train by origin, which `train` may hold fewer of.

    Notes
    -----
    Without the synthetic rows each domain keeps its share: its own rows take what theirs had.
    """
    shares = totals / max(float(totals.sum()), 1e-12)
    found = {PUBLISHED: Mixture(*shares.tolist())}
    if np.isin(train.origin, MADE).any():
        real = np.zeros(len(shares))
        for own, made in ((SOURCE, SYNTHETIC), (TARGET, VARIED)):
            real[own] = shares[own] + shares[made] if np.any(train.origin == own) else 0.0
        found[REAL] = Mixture(*(real / max(float(real.sum()), 1e-12)).tolist())
    return found


def build_first(
    train: Rows,
    weights: Floats,
    totals: Floats,
    judged: Mapping[str, Rows],
    counted: Mapping[str, NDArray[np.bool_]],
    *,
    seed: int,
    learner: Learner,
) -> System:
    """Train and judge.

    Parameters
    ----------
    train : Rows
    weights : ndarray of float64, shape (n,)
        What each row of it counts beside others of its origin.
    totals : ndarray of float64, shape (origins,)
        See `mixtures_of`.
    judged : mapping of str to Rows
        Split -> rows; of train, rows that were taught.
    counted : mapping of str to ndarray of bool, shape (n,)
        Split -> which of them errors are counted on.
    seed : int
        Draws training atoms.
    learner : callable

    Returns
    -------
    System

    Notes
    -----
    Invariants: both mixtures learn from the same draws and are judged on the same rows; copies go with their parents;
    nothing is learned from what is judged but train.
    """
    mixtures = mixtures_of(train, totals)

    def models(counts: Floats) -> list[Baseline]:
        return learner(train.features, train.targets, train.origin, counts * weights, [*mixtures.values()])

    whole = dict(zip(mixtures, models(np.ones(len(weights))), strict=True))
    scores = {
        lane: {split: model.predict(rows.features) for split, rows in judged.items()} for lane, model in whole.items()
    }
    rng = np.random.default_rng([seed, 0xF15])
    code = np.unique(train.atoms, return_inverse=True)[1].reshape(-1)
    losses: dict[tuple[str, str], list[Floats]] = {(lane, split): [] for lane in mixtures for split in judged}
    for drawn in draw_weights(int(code.max()) + 1, rng, DRAWS):
        for lane, model in zip(mixtures, models(np.asarray(drawn, np.float64)[code]), strict=True):
            for split, rows in judged.items():
                losses[lane, split].append(rows.targets.losses(model.predict(rows.features)))
    rates, taught = train.targets.kind != "number", int((~np.isin(train.origin, MADE)).sum())

    def judge(values: Floats, split: str) -> Effect:
        own = counted[split]
        return mean_loss(values[:, own], judged[split].atoms[own], taught=taught, rates=rates)

    errors = {
        lane: {split: _not_below_0(judge(np.array(losses[lane, split]), split)) for split in judged}
        for lane in mixtures
    }
    gains = {}
    if REAL in mixtures:
        for split in judged:
            gain = judge(np.array(losses[REAL, split]) - np.array(losses[PUBLISHED, split]), split)
            gains[split] = (
                replace(gain, ci_low=max(-1.0, gain.ci_low), ci_high=min(1.0, gain.ci_high)) if rates else gain
            )
    return System(scores, errors, gains)


def probabilities(scores: Floats) -> Floats:
    """Read scores of classes as probabilities: what lies outside of 0 and 1 is cut, and each row adds up to 1."""
    kept = np.clip(scores, 1e-3, 1.0)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def _not_below_0(error: Effect) -> Effect:
    return replace(error, ci_low=max(0.0, error.ci_low)) if error.ci_low < 0 else error
