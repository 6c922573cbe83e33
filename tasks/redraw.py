"""Redraw: release what the ledger has in dev and test, aside; only a version that is published makes that count."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tasks.caching import Ref, store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.redraws import list_drawings, release
from tasks.config.inputs import Input


@store_task("tasks.catalog", reads=("inputs",))
def release_ledger(
    out: Path, *, ledger: Ref, reason: str, from_train: bool, version: int, inputs: tuple[Input, ...]
) -> dict[str, Any]:
    """Write `ledger.parquet` (LEDGER) with dev and test released; the store's own ledger stays as it is."""
    theirs = {source.name for source in inputs if source.domain == "target"} if from_train else set()
    released = release(pq.read_table(ledger.path), reason=reason, version=version, from_train=theirs)
    write_table(released, out / "ledger.parquet")
    return {"released": dict(list_drawings(released)[-1].released)}
