"""Slices that a model errs on more than elsewhere, found among descriptors, with few false ones among them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.catalog.schema import DESCRIPTOR
from tasks.shift.measurements import Effect
from tasks.shift.multiplicity import adjust
from tasks.shift.shares import share_difference

Flags = NDArray[np.bool_]

LEVEL = 0.05
"""Of the slices that are suggested, so large a share is wrong on average."""
LEAST = 10
"""Records of a slice: fewer tell nothing that a person would act on."""
MOST_VALUES = 30
"""Values of a category: of more, each would have few records."""
ENDS = (0.25, 0.75)
"""Numbers are cut at their quartiles: where a model errs more, it does so mostly at an end."""


@dataclass(frozen=True)
class Slice:
    """A part of dev that is wrong more often than the rest.

    Parameters
    ----------
    column, words : str
        What it is cut by, and how: `blur`, `above 3.2`.
    records, wrong : int
    error : float
        Of the slice.
    more : Effect
        The slice's error minus that of the rest.
    adjusted : float
        The p-value, adjusted over all slices that were tried.
    """

    column: str
    words: str
    records: int
    wrong: int
    error: float
    more: Effect
    adjusted: float


@dataclass(frozen=True)
class Suggested:
    """What was found, the largest contribution to the error first; and how many slices were tried."""

    slices: tuple[Slice, ...]
    tried: int


def suggest_slices(
    records: pa.Table,
    wrong: Flags,
    atoms: Sequence[str],
    *,
    level: float = LEVEL,
    besides: Mapping[str, Any] | None = None,
) -> Suggested:
    """Find slices.

    Parameters
    ----------
    records : pa.Table, n rows
        Columns `descriptor_<name>`, and `group`, `input` where they are known.
    wrong : ndarray of bool, shape (n,)
    atoms : sequence of str, n
    level : float
        False discoveries among what is suggested.
    besides : mapping of str to sequence of str, optional
        Further categories, such as the label.

    Returns
    -------
    Suggested

    Notes
    -----
    Benjamini & Hochberg over all slices and both directions; only those that are wrong more often are told. Slices
    overlap, and say where errors are, not why. Invariant: the order of rows does not matter.
    """
    code = np.unique(np.asarray(atoms, str), return_inverse=True)[1].reshape(-1).astype(np.int64)
    tried = list(_slices(records, besides or {}))
    effects = []
    for _, _, inside in tried:
        effects.append(share_difference(wrong[inside], wrong[~inside], code[inside], code[~inside]))
    adjusted = adjust([effect.p_value for effect in effects])
    found = [
        Slice(column, words, int(inside.sum()), int(wrong[inside].sum()), float(wrong[inside].mean()), effect, float(p))
        for (column, words, inside), effect, p in zip(tried, effects, adjusted, strict=True)
        if p < level and effect.ci_low > 0
    ]
    found.sort(key=lambda one: (-one.more.effect * one.records, one.column, one.words))
    return Suggested(tuple(found), len(tried))


def _slices(records: pa.Table, besides: Mapping[str, Any]) -> Iterator[tuple[str, str, Flags]]:
    n = records.num_rows
    for name in records.column_names:
        if name.startswith(DESCRIPTOR):
            yield from _of_column(name.removeprefix(DESCRIPTOR), records[name], n)
    for name in ("group", "input"):
        if name in records.column_names:
            yield from _of_words(name, records[name].to_pylist(), n)
    for name, values in besides.items():
        yield from _of_words(name, list(values), n)


def _of_column(name: str, column: pa.ChunkedArray, n: int) -> Iterator[tuple[str, str, Flags]]:
    if not pa.types.is_floating(column.type):
        yield from _of_words(name, pc.cast(column, pa.string()).to_pylist(), n)
        return
    values = np.asarray(column.to_numpy(), np.float64)
    known = np.isfinite(values)
    if known.sum() < 2 * LEAST or len(np.unique(values[known])) < 2:
        return
    low, high = np.quantile(values[known], ENDS)
    for words, inside in ((f"up to {low:.3g}", values <= low), (f"above {high:.3g}", values > high)):
        yield from _large_enough(name, words, np.asarray(inside & known), n)
    yield from _large_enough(name, "missing", ~known, n)


def _of_words(name: str, values: Sequence[str | None], n: int) -> Iterator[tuple[str, str, Flags]]:
    words = np.array([value if value is not None else "missing" for value in values], object)
    known, counts = np.unique(words.astype(str), return_counts=True)
    for place in np.argsort(-counts, kind="stable")[:MOST_VALUES].tolist():
        yield from _large_enough(name, str(known[place]), np.asarray(words == known[place], bool), n)


def _large_enough(name: str, words: str, inside: Flags, n: int) -> Iterator[tuple[str, str, Flags]]:
    if LEAST <= inside.sum() <= n - LEAST:
        yield name, words, inside
