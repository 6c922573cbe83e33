"""Systematic label errors told from random ones: whether suspects come together in one label, device or input."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from tasks.shift.multiplicity import adjust

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEVEL = 0.01
"""False discoveries among what is called systematic: somebody will relabel a device's records because of it."""
LEAST = 5
"""Suspects that come together: fewer are looked at one by one."""
TIMES = 2.0
"""How many times as many as elsewhere; hard writers have more suspects than easy ones, and are no error. Elsewhere is
all but the place: one device of four that calls its sevens ones makes up half of the suspects among ones by itself."""


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
        Suspects that there would be if its records were as those elsewhere with the same label.
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
    A label alone is no place: some classes are hard. Of the records of a label so many are suspect; if they fell
    anywhere among them, a place would have as many as a hypergeometric draw, and over its labels as many as a sum of
    those. Such a sum is one of independent trials (Vatutin & Mikhailov 1982), whose tail that of a binomial of the same
    mean and number bounds (Hoeffding 1956), so the test is on the safe side. A pair of labels is compared with the pair
    turned round: a model that confuses 4 and 9 does so both ways, but somebody who types the wrong one does so one way.
    Benjamini & Hochberg over all. Invariants: the order of rows does not matter; without suspects nothing is found.
    """
    names, own = np.array(labels, object), np.array(suggested, object)
    tried: list[tuple[dict[str, str], Flags, float, float]] = []
    passed = 0
    for where, inside, chance in _places(suspect, names, places):
        if inside is None:
            passed += 1
            continue
        tried.append((where, inside, chance.elsewhere, chance.tail(int(suspect[inside].sum()))))
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


@dataclass(frozen=True)
class _Chance:
    """How many suspects a place would have: by chance, as mean and trials of that law, and were it as elsewhere."""

    mean: float
    trials: int
    elsewhere: float

    def tail(self, count: int) -> float:
        return float(binom.sf(count - 1, self.trials, min(1.0, self.mean / max(1, self.trials))))


def _places(
    suspect: Flags, names: NDArray[np.object_], places: Mapping[str, Sequence[str | None]]
) -> Iterator[tuple[dict[str, str], Flags | None, _Chance]]:
    """Yield every place with its rows and what chance gives; without rows where it has too few suspects."""
    label = np.unique(names.astype(str), return_inverse=True)[1].reshape(-1)
    for place, given in places.items():
        if len(set(given)) > 1:
            values = np.array(given, object)
            yield from _cut([(place, values)], suspect, label)
            yield from _cut([(place, values), ("label", names)], suspect, label)


def _cut(
    columns: Sequence[tuple[str, NDArray[np.object_]]], suspect: Flags, label: Codes
) -> Iterator[tuple[dict[str, str], Flags | None, _Chance]]:
    known: dict[tuple[str | None, ...], int] = {}
    keys = zip(*(values.tolist() for _, values in columns), strict=True)
    code = np.array([known.setdefault(key, len(known)) for key in keys], np.int64)
    counts = np.bincount(code, weights=suspect, minlength=len(known))
    chances = _chances(code, suspect, label, len(known))
    for key, at in known.items():
        if None in key:
            continue
        where = {name: str(value) for (name, _), value in zip(columns, key, strict=True)}
        yield where, (code == at if counts[at] >= LEAST else None), chances[at]


def _chances(code: Codes, suspect: Flags, label: Codes, places: int) -> list[_Chance]:
    """Sum up over the labels of each place what its records would have."""
    labels = int(label.max()) + 1
    cell, inverse = np.unique(code * labels + label, return_inverse=True)
    rows, own = np.bincount(inverse.reshape(-1)), np.bincount(inverse.reshape(-1), weights=suspect)
    of, place = cell % labels, cell // labels
    all_rows, all_own = np.bincount(label)[of], np.bincount(label, weights=suspect)[of]
    mean = rows * all_own / all_rows
    apart = np.where(all_rows > rows, rows * (all_own - own) / np.maximum(1, all_rows - rows), mean)
    sums = [np.bincount(place, weights=part, minlength=places) for part in (mean, np.minimum(rows, all_own), apart)]
    return [_Chance(m, round(n), e) for m, n, e in zip(*(part.tolist() for part in sums), strict=True)]


def _pairs(
    suspect: Flags, names: NDArray[np.object_], own: NDArray[np.object_]
) -> Iterator[tuple[dict[str, str], Flags, int]]:
    pairs = dict.fromkeys(zip(names[suspect].tolist(), own[suspect].tolist(), strict=True))
    for label, instead in pairs:
        inside = suspect & (names == label) & (own == instead)
        if inside.sum() >= LEAST:
            turned = suspect & (names == instead) & (own == label)
            yield {"label": label, "instead of": instead}, inside, int(turned.sum())
