"""Weigh: let target records in train count as much as was found to be best."""

from pathlib import Path
from typing import Any

from tasks.caching import Ref, store_task
from tasks.modalities.weights import weigh_rows
from tasks.workers import in_worker


@store_task("tasks.modalities.weights")
def weigh_shard(out: Path, *, rows: Ref, weight: float) -> dict[str, Any]:
    """Write a published shard of train again with its target records' weight: `rows.parquet`."""
    return in_worker(weigh_rows, out, rows.path, weight)
