"""Which records a person looks at: chosen by the seed, label by label, never from test."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

_COLUMNS = ("record_id", "label", "domain", "split", "synthetic", "parent_id")


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
        Columns `record_id`, `label`, `domain`, `split`, `synthetic` and `parent_id` as published.
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
    sources: dict[str | None, list[str]] = {}
    targets: dict[str | None, list[str]] = {}
    copies: dict[str, str] = {}
    seen = (records.column(name).to_pylist() for name in _COLUMNS)
    for record_id, label, domain, split, synthetic, parent in zip(*seen, strict=True):
        if split == "test":
            continue
        if synthetic:
            copies[parent] = min(copies.get(parent, record_id), record_id)
        else:
            (sources if domain == "source" else targets).setdefault(label, []).append(record_id)
    rng = np.random.default_rng(seed)
    queues: dict[str | None, tuple[list[str], list[str]]] = {}
    for label in sorted(sources.keys() | targets.keys(), key=lambda word: (word is None, word or "")):
        parents = [record_id for record_id in sources.get(label, []) if record_id in copies]
        queues[label] = (
            _some(parents or sources.get(label, []), rows, rng),
            _some(targets.get(label, []), rows, rng),
        )
    chosen: list[Choice] = []
    for turn in range(rows):
        for label, (ids, others) in queues.items():
            if turn < max(len(ids), len(others)) and len(chosen) < rows:
                source = ids[turn] if turn < len(ids) else None
                target = others[turn] if turn < len(others) else None
                chosen.append(Choice(label, source, copies.get(source or ""), target))
    return tuple(chosen)


def _some(ids: list[str], most: int, rng: np.random.Generator) -> list[str]:
    ordered = sorted(ids)
    return [ordered[place] for place in rng.permutation(len(ordered))[:most]]
