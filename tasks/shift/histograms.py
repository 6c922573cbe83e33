"""Descriptors as histograms: common bins for all splits, so that their shapes can be laid over each other."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

HISTOGRAMS = pa.schema(
    [
        pa.field("descriptor", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("edges", pa.list_(pa.float64())),  # bins + 1 edges; null for words
        pa.field("words", pa.list_(pa.string())),  # one a bin; null for numbers
        pa.field("counts", pa.list_(pa.int64()), nullable=False),
        pa.field("outside", pa.int64(), nullable=False),  # of them beyond the edges, counted in the end bins
        pa.field("missing", pa.int64(), nullable=False),  # NaN, infinite or null: in no bin
    ]
)
"""One row a descriptor and split; all splits of a descriptor share its bins."""

MOST_BINS = 40
_MOST_WORDS = 12
_GLANCE = 4096
_LARGEST = 1e300  # the width of a bin must not overflow
_TAIL = 0.005  # of each split and side: one wild value must not press everything else into one bin


def descriptor_histograms(samples: Mapping[str, Mapping[str, NDArray[np.generic]]], *, bins: int = 32) -> pa.Table:
    """Count descriptors into bins that all splits share.

    Parameters
    ----------
    samples : Mapping
        Split -> descriptor -> values, shape (n,): floating (NaN: missing) or strings (None: missing).
    bins : int
        At most so many bins, 2 to 40; descriptors with fewer distinct values get one bin a value.

    Returns
    -------
    pa.Table
        With the schema HISTOGRAMS, in the order in which splits and descriptors come.

    Raises
    ------
    ValueError
        If `bins` is out of range.

    Notes
    -----
    Invariant: `sum(counts) + missing` is the number of values of that split, whatever the values are.
    """
    if not 2 <= bins <= MOST_BINS:
        raise ValueError(f"bins must be 2 to {MOST_BINS}, not {bins}")
    names = list(dict.fromkeys(name for columns in samples.values() for name in columns))
    rows: list[dict[str, object]] = []
    for name in names:
        columns = {split: np.asarray(values[name]) for split, values in samples.items() if name in values}
        numeric = all(np.issubdtype(values.dtype, np.number) or values.dtype == bool for values in columns.values())
        rows += _of_numbers(name, columns, bins) if numeric else _of_words(name, columns)
    return pa.Table.from_pylist(rows, schema=HISTOGRAMS)


def constant_descriptors(histograms: pa.Table) -> tuple[str, ...]:
    """Return the descriptors that have one value in all splits, or none at all; there is nothing to compare.

    Parameters
    ----------
    histograms : pa.Table
        With the schema HISTOGRAMS.
    """
    bins: dict[str, set[int]] = {}
    for row in histograms.select(["descriptor", "counts"]).to_pylist():
        filled = (place for place, count in enumerate(row["counts"]) if count)
        bins.setdefault(row["descriptor"], set()).update(filled if len(row["counts"]) > 1 else ())
    return tuple(name for name, places in bins.items() if len(places) < 2)


def _of_numbers(name: str, columns: Mapping[str, NDArray[np.generic]], bins: int) -> list[dict[str, object]]:
    finite = {}
    for split, values in columns.items():
        numbers = values.astype(np.float64)
        finite[split] = np.clip(numbers[np.isfinite(numbers)], -_LARGEST, _LARGEST)
    edges = _edges([numbers for numbers in finite.values() if numbers.size], bins)
    rows: list[dict[str, object]] = []
    for split, numbers in finite.items():
        # Bins are of one width, and saying so spares a search in the edges for each value.
        counts, _ = np.histogram(np.clip(numbers, edges[0], edges[-1]), len(edges) - 1, (edges[0], edges[-1]))
        outside = int(np.count_nonzero((numbers < edges[0]) | (numbers > edges[-1])))
        missing = columns[split].size - numbers.size
        rows.append(_row(name, split, counts.tolist(), outside, missing, edges=edges.tolist()))
    return rows


def _edges(samples: list[NDArray[np.float64]], bins: int) -> NDArray[np.float64]:
    if not samples:
        return np.array([0.0, 1.0])
    distinct = _few_values(samples, bins)
    if distinct.size == 1:
        half = max(abs(float(distinct[0])) * 1e-6, 0.5)
        return np.array([distinct[0] - half, distinct[0] + half])
    if distinct.size and np.ptp(np.diff(distinct)) <= 1e-6 * np.diff(distinct).max():
        half = float(np.diff(distinct).mean()) / 2
        return np.concatenate([distinct - half, distinct[-1:] + half])
    low = min(float(np.quantile(numbers, _TAIL)) for numbers in samples)
    high = max(float(np.quantile(numbers, 1 - _TAIL)) for numbers in samples)
    if not high > low:  # nearly everything is one value: keep what is not in view
        low, high = min(float(n.min()) for n in samples), max(float(n.max()) for n in samples)
    edges = np.linspace(low, high, bins + 1)
    return edges if np.all(np.diff(edges) > 0) else np.array([low, high])


def _few_values(samples: list[NDArray[np.float64]], most: int) -> NDArray[np.float64]:
    """Return the distinct values, or none if there are more than `most`; a look at the first ones mostly settles it."""
    found: list[NDArray[np.float64]] = []
    for rows in (slice(_GLANCE), slice(None)):
        found = [np.unique(numbers[rows]) for numbers in samples]
        if any(values.size > most for values in found):
            return np.empty(0)
    distinct = np.unique(np.concatenate(found))
    return distinct if distinct.size <= most else np.empty(0)


def _of_words(name: str, columns: Mapping[str, NDArray[np.generic]]) -> list[dict[str, object]]:
    counted: dict[str, Counter[str]] = {}
    missing: dict[str, int] = {}
    for split, values in columns.items():
        known = [str(value) for value in values.tolist() if value is not None and value == value]
        missing[split] = values.size - len(known)
        counted[split] = Counter(known)
    weight: dict[str, float] = {}  # by share, not by count: the largest split must not choose the words alone
    for counts_of in counted.values():
        total = sum(counts_of.values())
        for word, count in counts_of.items():
            weight[word] = weight.get(word, 0.0) + count / total
    kept = sorted(weight, key=lambda word: (-weight[word], word))[:_MOST_WORDS]
    rows: list[dict[str, object]] = []
    for split, counts_of in counted.items():
        counts = [counts_of.get(word, 0) for word in kept]
        rest = sum(counts_of.values()) - sum(counts)
        others = len(weight) > len(kept)
        words = [*kept, f"{len(weight) - len(kept):,} others"] if others else kept
        rows.append(_row(name, split, [*counts, rest] if others else counts, 0, missing[split], words=words))
    return rows


def _row(
    name: str,
    split: str,
    counts: Sequence[int],
    outside: int,
    missing: int,
    *,
    edges: list[float] | None = None,
    words: list[str] | None = None,
) -> dict[str, object]:
    return {
        "descriptor": name,
        "split": split,
        "edges": edges,
        "words": words,
        "counts": list(counts),
        "outside": outside,
        "missing": missing,
    }
