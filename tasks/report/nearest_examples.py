"""Put beside each synthetic record the target record that a small model finds nearest to it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.report.choosing import Choice, with_words
from tasks.shift.task import coordinates_of, vectors_of


def seen_by_model(records: pa.Table, table: pa.Table) -> pa.Table:
    """Return the records that have coordinates, or all if these would leave a label out.

    Parameters
    ----------
    records : pa.Table
        As for `tasks.report.choosing.choose_examples`.
    table : pa.Table
        record_id, and coordinates `e0`, `e1` and so on.
    """
    if not coordinates_of(table):
        return records
    seen = records.filter(pc.is_in(records["record_id"], value_set=table["record_id"].combine_chunks()))
    return seen if _labels(seen) == _labels(records) else records


def nearest_targets(choices: Sequence[Choice], records: pa.Table, table: pa.Table) -> tuple[Choice, ...]:
    """Replace the target record of each choice by the one of its label that is nearest to the synthetic record.

    Parameters
    ----------
    choices : sequence of Choice
    records, table : pa.Table
        As for `seen_by_model`.

    Returns
    -------
    tuple of Choice
        Where there is no synthetic record, near the source record; unchanged where that has no coordinates or no target
        record of its label has them. No record of test, and none twice.
    """
    names = coordinates_of(table)
    real = records.filter(pc.and_(pc.equal(records["domain"], "target"), pc.not_equal(records["split"], "test")))
    words, _ = with_words(real)
    place = dict(zip(table["record_id"].to_pylist(), range(table.num_rows), strict=True))
    values = vectors_of(table, names) if names else np.empty((table.num_rows, 0))
    waiting: dict[str | None, list[str]] = {}
    for record_id, word in zip(words["record_id"].to_pylist(), words["label"].to_pylist(), strict=True):
        if record_id in place:
            waiting.setdefault(word, []).append(record_id)
    found = []
    for choice in choices:
        anchor, others = choice.synthetic or choice.source, waiting.get(choice.label)
        if names and anchor in place and others:
            nearest = _nearest(values[place[anchor]], values[[place[other] for other in others]])
            choice = replace(choice, target=others.pop(nearest))
        found.append(choice)
    return tuple(found)


def _nearest(anchor: NDArray[np.float64], others: NDArray[np.float64]) -> int:
    return int(np.argmin(((others - anchor) ** 2).sum(axis=1)))


def _labels(records: pa.Table) -> set[tuple[str, str | None]]:
    """Return which labels records of each kind have, test left out."""
    seen = records.filter(pc.not_equal(records["split"], "test"))
    words, _ = with_words(seen)
    kinds = zip(seen["domain"].to_pylist(), seen["synthetic"].to_pylist(), words["label"].to_pylist(), strict=True)
    return {(f"{domain} {synthetic}", word) for domain, synthetic, word in kinds}
