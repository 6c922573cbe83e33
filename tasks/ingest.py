"""Ingest: list the records of an input, in shards. Nothing is opened; what cannot be a record is refused."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.caching import store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.schema import QUARANTINE
from tasks.config.inputs import Input
from tasks.sources.kinds import list_shards


@store_task("tasks.sources", reads=("modality",), always=True, retries=2)
def list_input(out: Path, *, source: Input, modality: str) -> dict[str, Any]:
    """List one input: `shard-00000.parquet` and so on (HEADS), and `refused.parquet` (QUARANTINE)."""
    refused: list[pa.Table] = []
    listed = shards = 0
    for shard in list_shards(source, modality=modality):
        refused.append(shard.refused)
        listed += shard.heads.num_rows + shard.refused.num_rows
        if shard.heads.num_rows:
            write_table(shard.heads, out / f"shard-{shards:05d}.parquet")
            shards += 1
    write_table(pa.concat_tables([QUARANTINE.empty_table(), *refused]), out / "refused.parquet")
    return {"input": source.name, "domain": source.domain, "listed": listed, "shards": shards}
