"""Ingest: list the records of an input, in shards. Nothing is opened; what cannot be a record is refused."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.caching import store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.labels import configured_labels
from tasks.catalog.schema import QUARANTINE
from tasks.config.inputs import Input
from tasks.sources.kinds import agreed_types, list_shards


@store_task("tasks.sources", reads=("modality", "inputs"), always=True, retries=2)
def list_input(out: Path, *, source: Input, modality: str, inputs: tuple[Input, ...]) -> dict[str, Any]:
    """List one input: `shard-00000.parquet` and so on (HEADS), and `refused.parquet` (QUARANTINE).

    The columns of a table get types that all inputs can hold.
    """
    types = agreed_types(inputs, modality=modality)
    refused: list[pa.Table] = []
    listed = shards = 0
    for shard in list_shards(source, modality=modality, types=types, labels=configured_labels(inputs)):
        refused.append(shard.refused)
        listed += shard.heads.num_rows + shard.refused.num_rows
        if shard.heads.num_rows:
            write_table(shard.heads, out / f"shard-{shards:05d}.parquet")
            shards += 1
    write_table(pa.concat_tables([QUARANTINE.empty_table(), *refused]), out / "refused.parquet")
    return {"input": source.name, "domain": source.domain, "listed": listed, "shards": shards}
