"""The error of a model if the labels of dev and test were right: from a small sample that somebody checked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tasks.diagnosis.sheet import Drawn, draw_strata
from tasks.diagnosis.weighted_shares import Share, weighted_share

Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]

CORRECT, WRONG = "correct", "wrong"


@dataclass(frozen=True)
class Corrected:
    """What an audit says of one split.

    Parameters
    ----------
    split : str
    given : float
        The error by the labels as they are.
    error : Share
        The error if every label were right.
    mislabelled : Share
        Of all records those whose label is wrong.
    looked, unsure : int
        Records that were checked, and those among them of which nobody could tell.
    """

    split: str
    given: float
    error: Share
    mislabelled: Share
    looked: int
    unsure: int


def draw_audit(split: Sequence[str], wrong: Flags, *, rows: int, rng: np.random.Generator) -> Drawn:
    """Draw records of dev and test to check, wrong answers and correct ones alike.

    Parameters
    ----------
    split : sequence of str, n
    wrong : ndarray of bool, shape (n,)
        Where the model's answer is not the label.
    rows : int
        Records for each split: half of them wrong answers where there are so many, the rest correct ones.
    rng : numpy.random.Generator

    Returns
    -------
    Drawn
        Strata are called `dev, correct`, `dev, wrong` and so on.

    Notes
    -----
    Wrong answers hold most of the label errors, so that half of the sample goes there; correct ones hold the others,
    and an error that is looked for among wrong answers alone falls whatever the model (Northcutt et al. 2021b).
    """
    splits = sorted(set(split))
    names = tuple(f"{name}, {kind}" for name in splits for kind in (CORRECT, WRONG))
    place = {name: 2 * at for at, name in enumerate(splits)}
    stratum = np.array([place[name] for name in split], np.int64) + np.asarray(wrong, np.int64)
    sizes = np.bincount(stratum, minlength=len(names))
    wanted = np.zeros(len(names), np.int64)
    for at in range(0, len(names), 2):
        wanted[at + 1] = min(int(sizes[at + 1]), max(rows // 2, rows - int(sizes[at])))
        wanted[at] = min(int(sizes[at]), rows - int(wanted[at + 1]))
    return draw_strata(stratum, names, wanted, rng)


def correct_error(
    split: str,
    strata: Sequence[str],
    population: Mapping[str, int],
    still_wrong: Sequence[bool | None],
    mislabelled: Sequence[bool | None],
    atoms: Sequence[str],
    *,
    confidence: float = 0.95,
) -> Corrected:
    """Estimate a split's error if its labels were right.

    Parameters
    ----------
    split : str
    strata : sequence of str, n
        The stratum of each record that was checked.
    population : mapping of str to int
        Stratum -> records that it was drawn from.
    still_wrong, mislabelled : sequence of bool or None, n
        Whether the model's answer is wrong by the right label, and whether the label was wrong; None where the one who
        checked cannot tell: such records are taken to be as the others of their stratum.
    atoms : sequence of str, n
    confidence : float

    Returns
    -------
    Corrected

    Notes
    -----
    Horvitz & Thompson 1952 over strata. The strata's intervals (Wilson's, by atoms) are put together by the method of
    variance estimates recovery (Zou & Donner 2008), which stays honest where a stratum shows no error at all; how many
    answers of the split are wrong by chance is added. Invariant: where no label is wrong, the error is the given one.
    """
    rows = {name: count for name, count in population.items() if name.startswith(f"{split}, ")}
    total = sum(rows.values())
    given = rows.get(f"{split}, {WRONG}", 0) / total if total else math.nan
    known = [answer is not None for answer in still_wrong]
    parts = []
    for flags in (still_wrong, mislabelled):
        shares = {}
        for name in rows:
            at = [i for i, stratum in enumerate(strata) if stratum == name and known[i]]
            code = np.unique(np.asarray([atoms[i] for i in at], str), return_inverse=True)[1].reshape(-1)
            holds = np.array([float(bool(flags[i])) for i in at])
            shares[name] = weighted_share(holds, np.ones(len(at)), code, confidence=confidence)
        parts.append(_sum_up(shares, rows, confidence))
    looked = sum(stratum in rows for stratum in strata)
    unsure = sum(stratum in rows and not sure for stratum, sure in zip(strata, known, strict=True))
    return Corrected(split, given, parts[0], parts[1], looked, unsure)


def _sum_up(shares: Mapping[str, Share], rows: Mapping[str, int], confidence: float) -> Share:
    total = sum(rows.values())
    needed = [name for name, count in rows.items() if count]
    n = sum(share.n for share in shares.values())
    if not needed or any(not shares[name].n for name in needed):
        return Share(math.nan, math.nan, math.nan, n, 0.0)
    part = {name: rows[name] / total for name in needed}
    found = sum(part[name] * shares[name].share for name in needed)
    z = float(ndtri(0.5 + confidence / 2))
    mixture = z * z * sum(part[name] * (shares[name].share - found) ** 2 for name in needed) / total
    below = math.sqrt(sum((part[name] * (shares[name].share - shares[name].low)) ** 2 for name in needed) + mixture)
    above = math.sqrt(sum((part[name] * (shares[name].high - shares[name].share)) ** 2 for name in needed) + mixture)
    return Share(found, max(0.0, found - below), min(1.0, found + above), n, float(n))
