"""One descriptor, two samples: order, distance and what is missing."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from tasks.shift.distances import distance_effect
from tasks.shift.intervals import Resamples, block_totals, resample
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Floats, Objects

BINS = 64
"""Bins of the distribution function in the bootstrap. The effect itself is exact; only its interval sees bins."""


@dataclass(frozen=True)
class NumericComparison:
    """What is known of one numeric descriptor in two samples."""

    cliffs_delta: Effect
    wasserstein: Effect
    missing_share_difference: Effect


@dataclass(frozen=True)
class CategoryComparison:
    """What is known of one categorical descriptor in two samples."""

    total_variation: Effect
    missing_share_difference: Effect


def compare_numeric(
    x: Floats, y: Floats, atoms_x: Codes, atoms_y: Codes, *, rng: np.random.Generator, confidence: float = 0.95
) -> NumericComparison:
    """Compare a numeric descriptor of two samples."""
    return numeric_with(x, y, atoms_x, atoms_y, resample(atoms_x, rng), resample(atoms_y, rng), confidence=confidence)


def numeric_with(
    x: Floats,
    y: Floats,
    atoms_x: Codes,
    atoms_y: Codes,
    draws_x: Resamples,
    draws_y: Resamples,
    *,
    confidence: float = 0.95,
) -> NumericComparison:
    """Do as `compare_numeric` with bootstrap draws that other descriptors share."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    here_x, here_y = ~np.isnan(x), ~np.isnan(y)
    missing = share_difference(~here_x, ~here_y, atoms_x, atoms_y, confidence=confidence)
    kept_x, kept_y = x[here_x], y[here_y]
    n_a, n_b = len(kept_x), len(kept_y)
    if not n_a or not n_b:
        nothing = Effect(NAN, n_a=n_a, n_b=n_b)
        return NumericComparison(nothing, nothing, missing)
    both = np.concatenate([kept_x, kept_y])
    order = np.argsort(both)
    sorted_values = both[order]
    fresh = np.concatenate([[True], sorted_values[1:] != sorted_values[:-1]])
    tie = np.cumsum(fresh) - 1
    rank = np.empty(len(both), np.int64)
    rank[order] = tie
    values = sorted_values[fresh]
    delta = _cliffs_delta(rank[:n_a], rank[n_a:], len(values), atoms_x[here_x], atoms_y[here_y], confidence)
    distance = _wasserstein(values, rank[:n_a], rank[n_a:], here_x, here_y, draws_x, draws_y, confidence)
    return NumericComparison(delta, distance, missing)


def _cliffs_delta(
    rank_x: Codes, rank_y: Codes, width: int, atoms_x: Codes, atoms_y: Codes, confidence: float
) -> Effect:
    n, m = len(rank_x), len(rank_y)
    count_x = np.bincount(rank_x, minlength=width)
    count_y = np.bincount(rank_y, minlength=width)
    below_x = (np.cumsum(count_x) - 0.5 * count_x) / n
    below_y = (np.cumsum(count_y) - 0.5 * count_y) / m
    wins_x, wins_y = below_y[rank_x], 1 - below_x[rank_y]
    auc = float(wins_x.mean())
    atoms, code = np.unique(np.concatenate([atoms_x, atoms_y]), return_inverse=True)
    code = code.reshape(-1)
    part_x = np.bincount(code[:n], weights=wins_x - auc, minlength=len(atoms)) / n
    part_y = np.bincount(code[n:], weights=wins_y - auc, minlength=len(atoms)) / m
    groups_x, groups_y = len(np.unique(code[:n])), len(np.unique(code[n:]))
    delta = 2 * auc - 1
    if min(groups_x, groups_y) < 2:
        return Effect(delta, -1.0, 1.0, NAN, n, m)
    stretch_x, stretch_y = groups_x / (groups_x - 1), groups_y / (groups_y - 1)
    variance_x, variance_y = stretch_x * float(part_x @ part_x), stretch_y * float(part_y @ part_y)
    variance = variance_x + variance_y + 2 * math.sqrt(stretch_x * stretch_y) * float(part_x @ part_y)
    fewest = min(groups_x, groups_y)
    shrunk = (fewest * auc + 0.5) / (fewest + 1)
    if variance <= 1e-12:
        variance = shrunk * (1 - shrunk) / fewest if abs(delta) > 1e-9 else 0.0
        freedom = float(fewest - 1)
    else:
        freedom = (variance_x + variance_y) ** 2 / (
            variance_x**2 / (groups_x - 1) + variance_y**2 / (groups_y - 1) + 1e-300
        )
    if variance == 0.0:
        return Effect(delta, delta, delta, 1.0, n, m)
    error = math.sqrt(max(variance, 1e-300))
    slope = shrunk * (1 - shrunk)
    logit = math.log(shrunk / (1 - shrunk))
    reach = float(stdtrit(freedom, 0.5 + confidence / 2)) * error / slope
    low, high = (2 / (1 + math.exp(-side)) - 1 for side in (max(logit - reach, -700), min(logit + reach, 700)))
    p_value = 2 * float(stdtr(freedom, -abs(auc - 0.5) / error))
    return Effect(delta, min(low, delta), max(high, delta), p_value, n, m)


def _wasserstein(
    values: Floats,
    rank_x: Codes,
    rank_y: Codes,
    here_x: Objects,
    here_y: Objects,
    draws_x: Resamples,
    draws_y: Resamples,
    confidence: float,
) -> Effect:
    n, m = len(rank_x), len(rank_y)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Effect(0.0 if len(values) == 1 else NAN, n_a=n, n_b=m)
    places = np.clip(values, finite[0], finite[-1])
    spread = _pooled_sd(places, rank_x, rank_y)
    if spread == 0.0:
        return Effect(0.0, 0.0, 0.0, 1.0, n, m)
    share_x = np.bincount(rank_x, minlength=len(values)) / n
    share_y = np.bincount(rank_y, minlength=len(values)) / m
    gap = np.cumsum(share_x - share_y)[:-1]
    effect = float(np.abs(gap) @ np.diff(places)) / spread
    cut = np.minimum(BINS - 1, (BINS * (np.cumsum(share_x + share_y) - 1e-12) / 2).astype(np.int64))
    bin_of = np.unique(cut, return_inverse=True)[1].reshape(-1)
    width = int(bin_of[-1]) + 1
    mass = share_x + share_y
    centre = np.bincount(bin_of, weights=mass * places) / np.bincount(bin_of, weights=mass)
    steps = np.diff(centre) / spread
    counts_x = block_totals(bin_of[rank_x], draws_x, width, here_x)
    counts_y = block_totals(bin_of[rank_y], draws_y, width, here_y)
    return distance_effect(effect, counts_x, counts_y, draws_x, draws_y, steps, confidence, n, m)


def _pooled_sd(places: Floats, rank_x: Codes, rank_y: Codes) -> float:
    sides = [places[rank_x], places[rank_y]]
    variances = [0.0 if side.min() == side.max() else float(side.var()) for side in sides]
    if not any(variances):
        return abs(float(sides[0][0] - sides[1][0])) / 2
    return math.sqrt(sum(variances) / 2)


def compare_categories(
    x: Objects, y: Objects, atoms_x: Codes, atoms_y: Codes, *, rng: np.random.Generator, confidence: float = 0.95
) -> CategoryComparison:
    """Compare a categorical descriptor of two samples."""
    return categories_with(
        x, y, atoms_x, atoms_y, resample(atoms_x, rng), resample(atoms_y, rng), confidence=confidence
    )


def categories_with(
    x: Objects,
    y: Objects,
    atoms_x: Codes,
    atoms_y: Codes,
    draws_x: Resamples,
    draws_y: Resamples,
    *,
    confidence: float = 0.95,
) -> CategoryComparison:
    """Do as `compare_categories` with bootstrap draws that other descriptors share."""
    codes, width = encode(np.concatenate([np.asarray(x, object), np.asarray(y, object)]))
    code_x, code_y = codes[: len(x)], codes[len(x) :]
    here_x, here_y = code_x >= 0, code_y >= 0
    missing = share_difference(~here_x, ~here_y, atoms_x, atoms_y, confidence=confidence)
    n, m = int(here_x.sum()), int(here_y.sum())
    if not n or not m:
        return CategoryComparison(Effect(NAN, n_a=n, n_b=m), missing)
    share_x = np.bincount(code_x[here_x], minlength=width) / n
    share_y = np.bincount(code_y[here_y], minlength=width) / m
    effect = float(np.abs(share_x - share_y).sum()) / 2
    counts_x = block_totals(code_x[here_x], draws_x, width, here_x)
    counts_y = block_totals(code_y[here_y], draws_y, width, here_y)
    found = distance_effect(effect, counts_x, counts_y, draws_x, draws_y, None, confidence, n, m)
    return CategoryComparison(found, missing)


def encode(values: Objects) -> tuple[Codes, int]:
    """Number the distinct values from 0; missing ones (None, NaN) get -1.

    Returns
    -------
    codes : ndarray of int64, shape (n,)
    distinct : int
    """
    known: dict[object, int] = {}
    codes = np.empty(len(values), np.int64)
    for place, value in enumerate(values.tolist()):
        gone = value is None or (isinstance(value, float) and math.isnan(value))
        codes[place] = -1 if gone else known.setdefault(value, len(known))
    return codes, len(known)


def share_difference(
    yes_x: Objects, yes_y: Objects, atoms_x: Codes, atoms_y: Codes, *, confidence: float = 0.95
) -> Effect:
    """Compare the share of rows for which something holds, with the atoms' design effect."""
    n, m = len(yes_x), len(yes_y)
    if not n or not m:
        return Effect(NAN, n_a=n, n_b=m)
    share_x, low_x, high_x, variance_x, groups_x = _share(yes_x, atoms_x, confidence)
    share_y, low_y, high_y, variance_y, groups_y = _share(yes_y, atoms_y, confidence)
    effect = share_x - share_y
    low = effect - math.hypot(share_x - low_x, high_y - share_y)
    high = effect + math.hypot(high_x - share_x, share_y - low_y)
    if effect == 0.0 and variance_x + variance_y == 0.0:
        return Effect(effect, low, high, 1.0, n, m)
    if min(groups_x, groups_y) < 2:
        return Effect(effect, low, high, NAN, n, m)
    error = math.sqrt(max(variance_x + variance_y, 1e-12))
    p_value = 2 * float(stdtr(min(groups_x, groups_y) - 1, -abs(effect) / error))
    return Effect(effect, low, high, p_value, n, m)


def _share(yes: Objects, atoms: Codes, confidence: float) -> tuple[float, float, float, float, int]:
    distinct, code = np.unique(atoms, return_inverse=True)
    groups, n = len(distinct), len(yes)
    share = float(np.mean(yes))
    part = np.bincount(code.reshape(-1), weights=yes - share, minlength=groups) / n
    variance = float(part @ part) * groups / max(1, groups - 1)
    worth = share * (1 - share) / variance if variance > 0 else float(groups)
    z = float(stdtrit(max(1, groups - 1), 0.5 + confidence / 2))
    middle = (share + z * z / (2 * worth)) / (1 + z * z / worth)
    reach = z / (1 + z * z / worth) * math.sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth))
    return share, max(0.0, middle - reach), min(1.0, middle + reach), variance, groups
