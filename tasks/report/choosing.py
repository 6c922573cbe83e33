"""Which records a person looks at: chosen by the seed, label by label, never from test."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.labels import band_names, common_bands, label_array, label_words, labels_in

_COLUMNS = ["record_id", "domain", "split", "synthetic", "parent_id"]
_BANDS = 5
"""Bands of a number: examples from its whole range."""
_NONE = "none of them"
"""What a record of several labels stands for that holds none."""


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
        a record stands for the rarest that it holds, of numbers for its band.
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
    named, order = with_words(records)
    seen = named.filter(pc.not_equal(records["split"], "test"))
    made = seen.filter(seen["synthetic"])
    real = seen.filter(pc.invert(seen["synthetic"]))
    present = set(pc.unique(real["label"]).to_pylist())
    labels = [label for label in order if label in present][:rows]
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


def with_words(records: pa.Table) -> tuple[pa.Table, list[str | None]]:
    """Name what each record is an example of, and say in which order these names are looked at."""
    labels = labels_in(records.schema)
    order: list[str | None]
    if labels.kind == "class":
        words = records["label"].to_pylist()
        order = sorted(set(words), key=lambda word: (word is None, word or ""))
    elif labels.kind == "number":
        edges = common_bands(records, _BANDS)
        words, order = label_words(records, edges), [*band_names(edges)]
    else:
        held = label_array(records) == 1
        names = [*labels.names, _NONE]
        rarest = np.argsort(held.sum(0), kind="stable")
        first = np.where(held.any(1), rarest[np.argmax(held[:, rarest], axis=1)], len(labels.names))
        words, order = [names[place] for place in first.tolist()], [*names]
    return records.select(_COLUMNS).append_column("label", pa.array(words, pa.string())), order


def _first_copies(made: pa.Table, parents: list[str]) -> dict[str | None, str]:
    here = made.filter(pc.is_in(made["parent_id"].cast(pa.string()), pa.array(parents, pa.string())))
    pairs = zip(here["parent_id"].to_pylist(), here["record_id"].to_pylist(), strict=True)
    return dict(sorted(pairs, reverse=True))  # of several copies the first one by name stays


def _some(ids: pa.ChunkedArray, most: int, rng: np.random.Generator) -> list[str]:
    ordered = ids.take(pc.sort_indices(ids))
    places = rng.choice(len(ordered), min(most, len(ordered)), replace=False)
    return [str(ordered[int(place)]) for place in places]
