"""Transfer: whether to learn on the plentiful source first, and then on the target; advice from counts, and a trial."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.paired_errors import mean_loss
from tasks.diagnosis.proof import Rows, state_of
from tasks.shift.intervals import draw_weights
from tasks.shift.measurements import Effect
from tasks.task_space.head import RIDGE, Head, fit_head
from tasks.task_space.moments import Moments, sum_up

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
State: TypeAlias = Literal["advised", "not advised"]

TIMES = 5.0
"""So many times the labelled rows have to be elsewhere before a start from them is worth its trouble. On digits, speech
and loans with 7 to 30 times as many a target row teaches as much about the target as some ten of the source: with fewer
than that, what a source brings is soon learned from the target itself. A convention beside which the trial stands."""
FEWEST_TARGET = 16
"""Labelled target rows below which there is nothing to fine-tune with, and no fold to choose a strength by."""
STRENGTHS = tuple(4.0**step for step in range(-3, 6))
"""How strongly a fine-tuned head is held to where it starts, times the penalty of a head that starts from nothing."""
FOLDS = 5
DRAWS = 5
LANES = ("target only", "mixture", "transfer")
RULE = (
    "Transfer is worth trying where all of this holds: both tasks have the same input; there are far more labelled "
    f"records for the first, {TIMES:g} times as many or more; what is learned low down on the first can serve the "
    "second."
)


@dataclass(frozen=True)
class Advice:
    """What counts say.

    Parameters
    ----------
    state : {"advised", "not advised"}
    source, target : int
        Labelled records in train.
    reason : str
    rule : str
    """

    state: State
    source: int
    target: int
    reason: str
    rule: str = RULE


def advise_transfer(source: int, target: int, *, same_input: bool = True) -> Advice:
    """Say from counts whether transfer is worth trying.

    Parameters
    ----------
    source, target : int
        Labelled records of the plentiful task and of the scarce one that may be learned from.
    same_input : bool
        Whether both are pictures, both sounds, or both rows of the same columns.
    """
    times = source / target if target else float("inf")
    if not same_input:
        said: tuple[State, str] = (
            "not advised",
            "the inputs differ: what is learned on one does not serve the other",
        )
    elif not source:
        said = "not advised", "there is no labelled source to start from"
    elif target < FEWEST_TARGET:
        said = (
            "not advised",
            f"{target:,} labelled target records in train are too few to fine-tune with; {FEWEST_TARGET} at least, or "
            "train on the source and its synthetic records alone",
        )
    elif times < TIMES:
        said = (
            "not advised",
            f"the source has {times:.1f} times the labelled records of the target: the target teaches as much itself",
        )
    else:
        said = (
            "advised",
            f"the source has {source:,} labelled records, {times:,.0f} times the {target:,} of the target, and the "
            "same kind of input: pretrain on the source, fine-tune on the target",
        )
    return Advice(said[0], source, target, said[1])


@dataclass(frozen=True)
class Tried:
    """What the trial found.

    Parameters
    ----------
    errors : mapping
        Of each of `LANES`, on dev.
    against : mapping
        `target only` and `mixture` -> their error less that of transfer, paired; above 0 transfer is better.
    states : mapping
        The same in a word: see `tasks.diagnosis.proof.state_of`.
    strength : float
        The median strength that was chosen; 0 starts from nothing, see `STRENGTHS`.
    """

    errors: dict[str, Effect]
    against: dict[str, Effect]
    states: dict[str, str]
    strength: float


def try_transfer(train: Rows, own: NDArray[np.bool_], weights: Floats, dev: Rows, *, seed: int) -> Tried:
    """Pretrain a linear head on the source, fine-tune it on the target, and compare it on dev.

    Parameters
    ----------
    train : Rows
        Features that nothing has been fitted to, of real rows.
    own : ndarray of bool, shape (n,)
        Rows of the target.
    weights : ndarray of float64, shape (n,)
        What each row counts in the mixture.
    dev : Rows
    seed : int
        Draws atoms of both domains, with replacement.

    Returns
    -------
    Tried

    Raises
    ------
    ValueError
        With fewer than `FEWEST_TARGET` labelled target rows, or no labelled source rows.

    Notes
    -----
    Fine-tuning is the source's head and a correction: a ridge regression, on target rows, of what that head leaves. The
    strength of the ridge says how near it stays; it is chosen by cross-validation over atoms of the target in train,
    and the head of the target alone chooses its own the same way, so that neither has a better tuned model.
    Invariants: all three learn from the same draws; dev teaches nothing; held infinitely strongly, transfer is the
    source's head moved by a constant.

    References
    ----------
    Chelba & Acero (2006), adaptation of a maximum entropy model by a prior at the source's weights; Evgeniou & Pontil
    (2004), regularised multi-task learning.
    """
    labelled = train.targets.known
    if int((labelled & own).sum()) < FEWEST_TARGET or not (labelled & ~own).any():
        raise ValueError(
            f"transfer needs labelled source rows and {FEWEST_TARGET} labelled target rows in train, not "
            f"{int((labelled & ~own).sum())} and {int((labelled & own).sum())}"
        )
    code = np.unique(train.atoms, return_inverse=True)[1].reshape(-1)
    rng = np.random.default_rng([seed, 0x7F5])
    ours = np.zeros(int(code.max()) + 1, bool)
    ours[code[own]] = True
    drawn = np.ones((DRAWS, len(ours)))
    for part in (ours, ~ours):
        drawn[:, part] = draw_weights(int(part.sum()), rng, DRAWS)
    losses: dict[str, list[Floats]] = {lane: [] for lane in LANES}
    chosen = []
    for counts in drawn[:, code] * labelled:
        for lane, head, strength in _heads(train, own, weights, counts, code, rng):
            losses[lane].append(dev.targets.losses(head.scores(dev.features)))
            if lane == "transfer":
                chosen.append(strength)
    found = {lane: np.array(parts) for lane, parts in losses.items()}
    rates, taught = train.targets.kind != "number", int((labelled & own).sum())
    errors = {lane: mean_loss(found[lane], dev.atoms, taught=taught, rates=rates) for lane in LANES}
    against = {
        lane: mean_loss(found[lane] - found["transfer"], dev.atoms, taught=taught, rates=rates) for lane in LANES[:2]
    }
    return Tried(errors, against, {lane: state_of(gain) for lane, gain in against.items()}, float(np.median(chosen)))


def _heads(
    train: Rows, own: NDArray[np.bool_], weights: Floats, counts: Floats, code: Codes, rng: np.random.Generator
) -> list[tuple[str, Head, float]]:
    values = train.targets.values
    rows, theirs = np.flatnonzero(own & (counts > 0)), np.flatnonzero(~own & (counts > 0))
    of_source = sum_up(train.features[theirs], values[theirs], counts[theirs])
    start = fit_head(of_source)
    whole = np.concatenate([theirs, rows])
    total = counts * weights
    worth = float(total[whole].sum()) ** 2 / max(float((total[whole] ** 2 / np.maximum(counts[whole], 1)).sum()), 1e-12)
    mixed = sum_up(train.features[whole], values[whole], total[whole] * (worth / total[whole].sum()))
    nothing = Head(of_source.mean, np.zeros_like(start.weights), np.zeros(values.shape[1]))
    atoms = np.unique(code[rows], return_inverse=True)[1].reshape(-1)
    fold = (rng.permutation(int(atoms.max()) + 1) % FOLDS)[atoms]
    (alone, strength_alone), (tuned, strength) = _tuned([nothing, start], train, rows, counts, fold)
    return [("target only", alone, strength_alone), ("mixture", fit_head(mixed), 1.0), ("transfer", tuned, strength)]


def _tuned(starts: Sequence[Head], train: Rows, rows: Codes, counts: Floats, fold: Codes) -> list[tuple[Head, float]]:
    """Correct heads on target rows, each as strongly as rows that were held out ask for.

    What heads leave stands side by side, so that one decomposition of the features serves them all.
    """
    features, values = train.features[rows], train.targets.values[rows]
    left, counted = np.column_stack([values - start.scores(features) for start in starts]), counts[rows]
    parts = [sum_up(features[fold == k], left[fold == k], counted[fold == k]) for k in range(FOLDS)]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    missed = np.zeros((len(STRENGTHS), len(starts)))
    for k, part in enumerate(parts):
        out = fold == k
        if not out.any() or not (whole.rows - part.rows) > 1:
            continue
        for place, head in enumerate(_corrections(whole - part)):
            off = counted[out] @ np.nan_to_num((left[out] - head.scores(features[out])) ** 2)
            missed[place] += off.reshape(len(starts), -1).sum(axis=1)
    found, width, corrections = [], values.shape[1], _corrections(whole)
    for place, start in enumerate(starts):
        best = int(missed[:, place].argmin())
        own = slice(place * width, (place + 1) * width)
        correction = corrections[best]
        # Scores add up: (x - m) @ w + o of both, written around the correction's mean.
        offset = correction.offset[own] + start.offset + (correction.mean - start.mean) @ start.weights
        found.append((Head(correction.mean, start.weights + correction.weights[:, own], offset), STRENGTHS[best]))
    return found


def _corrections(moments: Moments) -> list[Head]:
    """Return ridge regressions of every strength: one decomposition serves all."""
    covariance = moments.covariance
    spread = np.sqrt(np.maximum(np.diag(covariance), 0))
    spread = np.maximum(spread, 0.01 * spread.mean())
    spread[spread == 0] = 1.0
    values, base = np.linalg.eigh(covariance / spread[:, None] / spread)
    turned = base.T @ (moments.cross / spread[:, None])
    penalty = RIDGE * len(covariance) / moments.rows
    return [
        Head(
            moments.mean,
            (base @ (turned / (np.maximum(values, 0) + penalty * strength)[:, None])) / spread[:, None],
            moments.target_mean,
        )
        for strength in STRENGTHS
    ]
