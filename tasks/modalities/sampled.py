"""Some rows of a split: chosen by their ids and a seed, and fewer where they are large."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.splitting.atom_table import atom_hashes


def some_records(records: pa.Table, most: int, seed: int) -> pa.Table:
    """Choose at most so many records; the order of rows does not matter, and a smaller sample is part of a larger one.

    Parameters
    ----------
    records : pa.Table
        Column `record_id`.
    most : int
    seed : int
    """
    order = np.argsort(atom_hashes(records["record_id"].to_pylist(), seed), kind="stable")
    return records.take(pa.array(order[:most]))


def affordable(records: pa.Table, *, most: int, fewest: int, stored_bytes: int) -> int:
    """Return how many records hold so many stored bytes, between bounds.

    Parameters
    ----------
    records : pa.Table
        Column `size_bytes`, null or 0 for rows of a table.
    most, fewest : int
    stored_bytes : int
    """
    mean_bytes = pc.mean(pc.fill_null(records["size_bytes"], 0)).as_py() or 0
    return most if not mean_bytes else int(min(most, max(fewest, stored_bytes / mean_bytes)))


def rows_of(record_ids: Sequence[str], shards: Sequence[Path]) -> pa.Table:
    """Read the published rows of some records, in the order of their ids; of other records only what is beside them.

    Parameters
    ----------
    record_ids : sequence of str
    shards : sequence of Path
        At least one.
    """
    wanted = pa.array(record_ids, pa.string())
    found = [pq.read_table(shard, filters=pc.is_in(pc.field("record_id"), wanted)) for shard in shards]
    return pa.concat_tables(found).sort_by("record_id")
