"""The proof: a baseline's error on dev with and without the synthetic records, paired."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.baseline import Baseline, fit_linear
from tasks.diagnosis.mixture import SYNTHETIC, TARGET, VARIED, Mixture, mix
from tasks.diagnosis.paired_errors import mean_loss
from tasks.diagnosis.shares import ShareTried, choose_share, shares_to_try, usual_share
from tasks.shift.intervals import draw_weights
from tasks.shift.measurements import NAN, Effect
from tasks.task_space.folds import FOLDS
from tasks.task_space.targets import Targets

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

State: TypeAlias = Literal["helps", "hurts", "nothing", "undecided", "untried"]
Learner: TypeAlias = Callable[
    [NDArray[np.floating], Targets, Codes, Floats, Sequence[Mixture]],
    list[Baseline],
]
"""`tasks.diagnosis.baseline.fit_linear` or another function that is called like it."""

DRAWS = 5
"""Models a mixture, each trained on a bootstrap draw of the training atoms. Features are fixed and the linear model has
one answer, so drawing rows is the only chance there is."""

MARGIN = 0.01
"""A gain that is surely below one point is none: an error of 10 % that reads 9 is inside the interval of a dev of 3,000
rows, and no reason to train on twice as many records. Of a number to predict: one hundredth of its variance."""

FEWEST_TAUGHT = 50
"""Labelled training rows below which nothing is claimed: a model would know them by heart."""


NOTHING = Effect(NAN)


@dataclass(frozen=True)
class Rows:
    """Rows as the baseline sees them.

    Parameters
    ----------
    features : ndarray, shape (n, p)
    targets : Targets
    atoms : ndarray of int64, shape (n,)
        Codes that mean the same in train and dev; a synthetic row has its parent's.
    origin : ndarray of int64, shape (n,)
        Places in `tasks.diagnosis.mixture.ORIGINS`.
    """

    features: NDArray[np.floating]
    targets: Targets
    atoms: Codes
    origin: Codes

    def take(self, rows: NDArray[np.integer]) -> "Rows":
        """Return some rows."""
        targets = Targets(self.targets.kind, self.targets.values[rows])
        return Rows(self.features[rows], targets, self.atoms[rows], self.origin[rows])


@dataclass(frozen=True)
class Proof:
    """What the baseline's errors on dev say.

    Parameters
    ----------
    state : {"helps", "hurts", "nothing", "undecided", "untried"}
        "nothing": what is gained is surely below `MARGIN`; "untried": there was nothing to compare, or too little.
    gain : Effect
        Error on dev without the synthetic records less that with them; above 0 they help.
    errors : mapping of str to Effect
        `real`: trained on real records; `real+synthetic`; `ceiling`: with most of dev in train besides, each row of dev
        judged by a model that has not seen its atom.
    shares : mapping of bool to sequence of ShareTried
        With synthetic records (if there are any, else without) -> what each share of the target was tried to do; empty
        where none stands in train.
    """

    state: State
    gain: Effect
    errors: Mapping[str, Effect]
    shares: Mapping[bool, Sequence[ShareTried]]
    varied: Effect = NOTHING
    """Error on dev without the varied target records less that with them, in which the target has the same share of the
    weight; NaN where there are none."""

    @property
    def useless(self) -> bool:
        """Whether the synthetic records surely do not help: whoever may leave them out does."""
        return self.state in ("hurts", "nothing")

    @property
    def vary(self) -> bool:
        """Whether varied target records are worth having, as far as anybody can tell."""
        return state_of(self.varied) not in ("hurts", "nothing")


def prove(train: Rows, dev: Rows, published: Mapping[str, int], *, seed: int, learner: Learner = fit_linear) -> Proof:
    """Train baselines with and without the synthetic rows, for several weights of the target, and compare them on dev.

    Parameters
    ----------
    train, dev : Rows
        Dev without what the noise was fitted to.
    published : mapping of str to int
        Rows of train by origin; `train` may hold fewer of some than of others. Varied ones are tried at the usual
        share, beside the synthetic ones if there are any; all else is tried without them.
    seed : int
        Draws training atoms.
    learner : callable

    Returns
    -------
    Proof

    Notes
    -----
    Invariants: both sides of a comparison learn from the same draws of atoms and are judged on the same rows of dev;
    copies go with their parents; dev's labels teach nothing but the ceiling.
    """
    known = np.flatnonzero(train.targets.known)
    train, dev = train.take(known), dev.take(np.flatnonzero(dev.targets.known))
    real = int(np.isin(train.origin, (SYNTHETIC, VARIED), invert=True).sum())
    if train.targets.kind == "none" or real < FEWEST_TAUGHT or not len(dev.atoms):
        return Proof("untried", Effect(NAN, n_a=real, n_b=len(dev.atoms)), {}, {})
    rows = {False: {**published, "synthetic": 0, "varied": 0}}
    if np.any(train.origin == SYNTHETIC) and published.get("synthetic", 0):
        rows[True] = {**published, "varied": 0}
    # Each share costs a solution a draw: of two variants they are tried on the one that is likelier published.
    tried = {synthetic: shares_to_try(counts) for synthetic, counts in rows.items()}
    if True in rows:
        tried[False] = [usual_share(rows[False])]
    mixtures = {
        (share, synthetic): mix(counts, target=share)
        for synthetic, counts in rows.items()
        for share in tried[synthetic]
    }
    likelier, varied = True in rows, published.get("varied", 0) if np.any(train.origin == VARIED) else 0
    more = [mix({**rows[likelier], "varied": varied}, target=usual_share(rows[likelier]))] if varied else []
    rng = np.random.default_rng([seed, 0x9F0])
    tries: list[list[Floats]] = []
    for counts in _draws(train, rng):
        models = learner(train.features, train.targets, train.origin, counts, [*mixtures.values(), *more])
        tries.append([dev.targets.losses(model.predict(dev.features)) for model in models])
    each = np.array(tries).swapaxes(0, 1)
    found = dict(zip(mixtures, each[: len(mixtures)], strict=True))
    rates = train.targets.kind != "number"

    def judged(values: Floats, synthetic: bool) -> Effect:
        return mean_loss(values, dev.atoms, taught=len(known) if synthetic else real, rates=rates)

    usual = {synthetic: found[usual_share(counts), synthetic] for synthetic, counts in rows.items()}
    errors = {"real": _not_below_0(judged(usual[False], False))}
    gain = of_varied = Effect(NAN, n_a=real, n_b=len(dev.atoms))
    if more:
        of_varied = judged(usual[likelier] - each[-1], likelier)
    if True in usual:
        errors["real+synthetic"] = _not_below_0(judged(usual[True], True))
        gain = judged(usual[False] - usual[True], True)
    errors["ceiling"] = _not_below_0(judged(_ceiling(train, dev, learner, seed), False))
    shares = {
        synthetic: choose_share(
            {share: found[share, synthetic] for share in tried[synthetic]},
            counts,
            judge=partial(judged, synthetic=synthetic),
        )
        for synthetic, counts in rows.items()
        if len(tried[synthetic]) > 1
    }
    return Proof(state_of(gain), gain, errors, shares, of_varied)


def state_of(gain: Effect, margin: float = MARGIN) -> State:
    """Say what an interval of the gain supports."""
    if not np.isfinite(gain.effect):
        return "untried"
    if not np.isfinite(gain.ci_low) or not np.isfinite(gain.ci_high):
        return "undecided"
    if gain.ci_low > 0:
        return "helps"
    if gain.ci_high < 0:
        return "hurts"
    return "nothing" if gain.ci_high < margin else "undecided"


def _not_below_0(error: Effect) -> Effect:
    return replace(error, ci_low=max(0.0, error.ci_low)) if error.ci_low < 0 else error


def _draws(train: Rows, rng: np.random.Generator) -> Floats:
    """Draw atoms with replacement, those of the target and the others apart: how often each row counts, (DRAWS, n)."""
    names, code = np.unique(train.atoms, return_inverse=True)
    own = np.zeros(len(names), bool)
    own[code[train.origin == TARGET]] = True
    drawn = np.zeros((DRAWS, len(names)))
    for part in (own, ~own):
        drawn[:, part] = draw_weights(int(part.sum()), rng, DRAWS)
    return np.asarray(drawn[:, code], np.float64)


def _ceiling(train: Rows, dev: Rows, learner: Learner, seed: int) -> Floats:
    """Judge each row of dev by a model that learned from real training rows and the rest of dev, (1, n)."""
    names, code = np.unique(dev.atoms, return_inverse=True)
    seats = np.random.default_rng([seed, 0xCE1]).permutation(np.arange(len(names)) % FOLDS)
    fold = seats[code.reshape(-1)]
    real = train.take(np.flatnonzero(np.isin(train.origin, (SYNTHETIC, VARIED), invert=True)))
    targets = Targets(dev.targets.kind, np.concatenate([real.targets.values, dev.targets.values]))
    features = np.concatenate([real.features, dev.features])
    origin = np.concatenate([real.origin, np.full(len(dev.atoms), TARGET)])
    losses = np.full((1, len(dev.atoms)), np.nan)
    for held in np.unique(fold).tolist():
        out = fold == held
        counts = np.concatenate([np.ones(len(real.atoms)), (~out).astype(float)])
        if out.all():
            continue
        rows = {"source": int((real.origin != TARGET).sum()), "target": int((origin == TARGET).sum() - out.sum())}
        mixture = mix(rows, target=usual_share(rows))
        (model,) = learner(features, targets, origin, counts, [mixture])
        losses[0, out] = dev.take(np.flatnonzero(out)).targets.losses(model.predict(dev.features[out]))
    return losses
