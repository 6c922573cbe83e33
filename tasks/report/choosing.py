"""Which records a person looks at: chosen by the seed, label by label, never from test."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.labels import common_bands, label_words, labels_in

_COLUMNS = ["record_id", "domain", "split", "synthetic", "parent_id"]
_BANDS = 5
"""Bands of a number: examples from its whole range."""


@dataclass(frozen=True)
class Choice:
    """The records of one gallery row, by id; None where the label has no such record."""

    label: str | None
    source: str | None
    synthetic: str | None
    target: str | None


def choose_examples(records: pa.Table, *, seed: int, rows: int = 10) -> tuple[Choice, ...]:
    """Choose records to look at, labels in turn: a source record, its synthetic copy, a target record of that label.

    Parameters
    ----------
    records : pa.Table
        Columns `record_id`, `domain`, `split`, `synthetic`, `parent_id` and the labels' as published. Of several labels
        each combination is looked at in turn, of numbers each band; the commonest ones.
    seed : int
        Decides, together with the records.
    rows : int
        At most so many choices.

    Returns
    -------
    tuple of Choice
        Rotating over the labels, in their order.

    Notes
    -----
    Invariants: the order of the rows does not matter; no record of test is chosen, for who looks at test begins to fit
    it; a synthetic record stands beside its own parent.
    """
    seen = _with_words(records).filter(pc.not_equal(records["split"], "test"))
    made = seen.filter(seen["synthetic"])
    real = seen.filter(pc.invert(seen["synthetic"]))
    labels = _first_labels(real["label"], rows)
    real = real.filter(pc.is_in(real["label"], pa.array(labels, pa.string())))
    real = real.append_column("copied", pc.is_in(real["record_id"], made["parent_id"].cast(pa.string())))
    rng = np.random.default_rng(seed)
    queues: dict[str | None, tuple[list[str], list[str]]] = {}
    for label in labels:
        of_label = real.filter(pc.equal(real["label"], label) if label is not None else pc.is_null(real["label"]))
        source = pc.equal(of_label["domain"], "source")
        ids = of_label.filter(source)["record_id"]
        parents = of_label.filter(pc.and_(source, of_label["copied"]))["record_id"]
        others = of_label.filter(pc.invert(source))["record_id"]
        queues[label] = (_some(parents if len(parents) else ids, rows, rng), _some(others, rows, rng))
    turns = [(label, turn) for turn in range(rows) for label, lists in queues.items() if turn < max(map(len, lists))]
    chosen = [(label, *(ids[turn] if turn < len(ids) else None for ids in queues[label])) for label, turn in turns]
    copies = _first_copies(made, [source for _, source, _ in chosen[:rows] if source is not None])
    return tuple(Choice(label, source, copies.get(source), target) for label, source, target in chosen[:rows])


def _with_words(records: pa.Table) -> pa.Table:
    kind = labels_in(records.schema).kind
    if kind == "class":
        return records.select([*_COLUMNS, "label"])
    words = label_words(records, common_bands(records, _BANDS) if kind == "number" else ())
    if kind == "several":
        common = {word for word, _ in Counter(words).most_common(_BANDS)}
        words = [word if word in common else "other combinations" for word in words]
    return records.select(_COLUMNS).append_column("label", pa.array(words, pa.string()))


def _first_labels(labels: pa.ChunkedArray, most: int) -> list[str | None]:
    return sorted(pc.unique(labels).to_pylist(), key=lambda word: (word is None, word or ""))[:most]


def _first_copies(made: pa.Table, parents: list[str]) -> dict[str | None, str]:
    here = made.filter(pc.is_in(made["parent_id"].cast(pa.string()), pa.array(parents, pa.string())))
    pairs = zip(here["parent_id"].to_pylist(), here["record_id"].to_pylist(), strict=True)
    return dict(sorted(pairs, reverse=True))  # of several copies the first one by name stays


def _some(ids: pa.ChunkedArray, most: int, rng: np.random.Generator) -> list[str]:
    ordered = ids.take(pc.sort_indices(ids))
    places = rng.choice(len(ordered), min(most, len(ordered)), replace=False)
    return [str(ordered[int(place)]) for place in places]
