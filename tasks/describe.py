"""Describe: open each record once, measure it, and tie those that belong together into atoms."""

from pathlib import Path
from typing import Any

from tasks.caching import Made, Ref, store_task
from tasks.config.inputs import Input
from tasks.modalities.joining import join_shards
from tasks.modalities.shards import describe_heads
from tasks.workers import in_worker


@store_task("tasks.sources", "tasks.payloads", "tasks.descriptors", "tasks.modalities", reads=("modality",), retries=2)
def describe_shard(out: Path, *, heads: Ref, source: Input, modality: str) -> dict[str, Any]:
    """Describe one shard of heads: `records.parquet` (RECORDS and descriptors) and `refused.parquet` (QUARANTINE)."""
    return in_worker(describe_heads, out, heads.path, source, modality)


@store_task("tasks.descriptors", "tasks.modalities.joining", "tasks.splitting.atoms", reads=("modality",))
def tie_catalog(out: Path, *, listed: list[Made], described: list[Made], modality: str) -> dict[str, Any]:
    """Join all shards into the catalog: `catalog.parquet`, `quarantine.parquet` and `duplicates.parquet`."""
    records = [made.ref("records.parquet").path for made in described]
    refused = [made.ref("refused.parquet").path for made in (*listed, *described)]
    return in_worker(join_shards, out, records, refused, modality)
