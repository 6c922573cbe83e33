"""Systematic label errors told from random ones: whether suspects come together in one label, device or input."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from tasks.shift.multiplicity import adjust

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

LEVEL = 0.01
"""False discoveries among what is called systematic: somebody will relabel a device's records because of it."""
LEAST = 5
"""Suspects that come together: fewer are looked at one by one."""
TIMES = 2.0
"""How many times as many as elsewhere; hard writers have more suspects than easy ones, and are no error."""


@dataclass(frozen=True)
class Together:
    """Suspects that come together.

    Parameters
    ----------
    where : mapping of str to str
        Such as {"group": "w07", "label": "7"}.
    instead : str
        The label that most of them seem to have.
    suspects, records : int
        In that place.
    expected : float
        Suspects that there would be if they fell anywhere.
    adjusted : float
        P-value over all places that were looked at.
    """

    where: Mapping[str, str]
    instead: str
    suspects: int
    records: int
    expected: float
    adjusted: float


def find_together(
    suspect: Flags,
    labels: Sequence[str],
    suggested: Sequence[str],
    places: Mapping[str, Sequence[str | None]],
    *,
    level: float = LEVEL,
) -> tuple[Together, ...]:
    """Find where label errors are systematic.

    Parameters
    ----------
    suspect : ndarray of bool, shape (n,)
        Suspects of a model, or label errors that people confirmed.
    labels, suggested : sequence of str, n
        The label, and what it seems to be.
    places : mapping of str to sequence of str or None, n
        Such as input, group or source: what a systematic error may come from.
    level : float

    Returns
    -------
    tuple of Together
        The most concentrated first; of places that hold the same suspects that one alone.

    Notes
    -----
    A label alone is no place: some classes are hard. Of the records of a label a share is suspect. A place, alone or
    with a label, has as many suspects as chance gives if its count is likely under the sum of its labels' shares
    (binomial; its variance is never below that of the sum, so the test is on the safe side). A pair of labels is
    compared with the pair turned round: a model that confuses 4 and 9 does so both ways, but somebody who types the
    wrong one does so one way. Benjamini & Hochberg over all. Invariants: the order of rows does not matter; without
    suspects nothing is found.
    """
    names, own = np.array(labels, object), np.array(suggested, object)
    rates = {name: float(suspect[names == name].mean()) for name in dict.fromkeys(labels)}
    chance = np.array([rates[name] for name in labels], np.float64)
    tried: list[tuple[dict[str, str], Flags, float, float]] = []
    passed = 0
    for where, inside, expected in _places(suspect, names, chance, places):
        if inside is None:
            passed += 1
            continue
        count = int(suspect[inside].sum())
        tried.append((where, inside, expected, _tail(count, int(inside.sum()), expected)))
    placed = len(tried)
    for where, inside, turned in _pairs(suspect, names, own):
        count = int(inside.sum())
        tried.append((where, inside, float(turned), float(binom.sf(count - 1, count + turned, 0.5))))
    seen = len(dict.fromkeys(labels))
    passed += max(0, seen * (seen - 1) - (len(tried) - placed))
    # Places with too few suspects were looked at too, so they count among what was tried.
    adjusted = adjust([*(p for *_, p in tried), *[1.0] * passed])[: len(tried)]
    found = []
    for (where, inside, expected, _), p in zip(tried, adjusted, strict=True):
        hit = inside & suspect
        count = int(hit.sum())
        if p < level and count >= TIMES * max(expected, 1e-9):
            values, counts = np.unique(own[hit].astype(str), return_counts=True)
            instead = str(values[int(counts.argmax())])
            rows = int((names == where["label"]).sum()) if "instead of" in where else int(inside.sum())
            told = {name: value for name, value in where.items() if name != "instead of"}
            found.append((Together(told, instead, count, rows, expected, float(p)), hit))
    found.sort(key=lambda one: (-one[0].suspects / one[0].records, sorted(one[0].where.items())))
    kept: list[tuple[Together, Flags]] = []
    for one, hit in found:
        if not any((hit & other).sum() > 0.6 * min(hit.sum(), other.sum()) for _, other in kept):
            kept.append((one, hit))
    return tuple(one for one, _ in kept)


def _places(
    suspect: Flags, names: NDArray[np.object_], chance: Floats, places: Mapping[str, Sequence[str | None]]
) -> Iterator[tuple[dict[str, str], Flags | None, float]]:
    """Yield every place with its rows and the suspects expected there; without rows where it has too few suspects."""
    for place, given in places.items():
        if len(set(given)) > 1:
            values = np.array(given, object)
            yield from _cut([(place, values)], suspect, chance)
            yield from _cut([(place, values), ("label", names)], suspect, chance)


def _cut(
    columns: Sequence[tuple[str, NDArray[np.object_]]], suspect: Flags, chance: Floats
) -> Iterator[tuple[dict[str, str], Flags | None, float]]:
    known: dict[tuple[str | None, ...], int] = {}
    keys = zip(*(values.tolist() for _, values in columns), strict=True)
    code = np.array([known.setdefault(key, len(known)) for key in keys], np.int64)
    counts = np.bincount(code, weights=suspect, minlength=len(known))
    expected = np.bincount(code, weights=chance, minlength=len(known))
    for key, at in known.items():
        if None in key:
            continue
        where = {name: str(value) for (name, _), value in zip(columns, key, strict=True)}
        yield where, (code == at if counts[at] >= LEAST else None), float(expected[at])


def _pairs(
    suspect: Flags, names: NDArray[np.object_], own: NDArray[np.object_]
) -> Iterator[tuple[dict[str, str], Flags, int]]:
    pairs = dict.fromkeys(zip(names[suspect].tolist(), own[suspect].tolist(), strict=True))
    for label, instead in pairs:
        inside = suspect & (names == label) & (own == instead)
        if inside.sum() >= LEAST:
            turned = suspect & (names == instead) & (own == label)
            yield {"label": label, "instead of": instead}, inside, int(turned.sum())


def _tail(count: int, rows: int, expected: float) -> float:
    return float(binom.sf(count - 1, rows, min(1.0, expected / rows)))
