"""Correct: put right the labels that people found wrong, before anything is drawn by them."""

import logging
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tasks.caching import Made, Ref, store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.digest import digest_file
from tasks.catalog.store import Store
from tasks.diagnosis.corrections import apply_corrections
from tasks.errors import some

LEDGER = "corrections.parquet"
CATALOG = "catalog.parquet"


def known_corrections(store: Store) -> Ref | None:
    """Return the store's ledger of corrections as an input of tasks, or None where nobody has corrected anything."""
    path = store.root / LEDGER
    return Ref(path, digest_file(path)) if path.exists() else None


@store_task("tasks.diagnosis.corrections")
def correct_labels(out: Path, *, catalog: Made, corrections: Ref) -> dict[str, Any]:
    """Correct the catalog's labels: the same files and facts, and `corrected`, how many in which split."""
    records, applied = apply_corrections(pq.read_table(catalog.ref(CATALOG).path), pq.read_table(corrections.path))
    write_table(records, out / CATALOG)
    for name in catalog.names:
        if name != CATALOG:
            (out / name).write_bytes(catalog.ref(name).path.read_bytes())
    if applied.stale:
        logging.getLogger("matchset").warning(
            "%s records have another label in their input by now than the one that was corrected; it holds: %s",
            f"{len(applied.stale):,}",
            some(applied.stale),
        )
    told = {"labels": dict(applied.corrected), "gone": applied.gone, "stale": len(applied.stale)}
    return {**catalog.facts, "corrected": told}
