"""The records that a survey of noise listens to: few of each split, read without the rest of their shards."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray


class Shard(NamedTuple):
    """A shard as it is published and as it was laid out, in step."""

    split: str
    rows: Path
    plan: Path


class Listened(NamedTuple):
    """Published rows, and the atom of each."""

    rows: pa.Table
    atoms: NDArray[np.str_]


def listen(shards: Sequence[Shard], split: str, domain: str, most: int) -> Listened | None:
    """Read the first records of a split that are of a domain; None where there is none.

    Shards are shuffled, so that the first records are a random choice.
    """
    found, atoms, left = [], [], most
    for shard in shards:
        if shard.split != split or left <= 0:
            continue
        plan = pq.read_table(shard.plan, columns=["atom", "domain"])
        places = np.flatnonzero(pc.equal(plan["domain"], domain).to_numpy())[:left]
        if len(places):
            found.append(_at(shard.rows, places))
            atoms += plan["atom"].take(pa.array(places)).to_pylist()
            left -= len(places)
    return Listened(pa.concat_tables(found), np.array(atoms)) if found else None


def _at(rows: Path, places: NDArray[np.int64]) -> pa.Table:
    """Read rows at ascending places, and no row group without one."""
    with pq.ParquetFile(rows) as file:
        sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        ends = np.cumsum(sizes)
        groups = np.unique(np.searchsorted(ends, places, side="right"))
        begins = np.concatenate([[0], ends[:-1]])
        kept = np.concatenate([np.arange(begins[group], ends[group]) for group in groups])
        return file.read_row_groups(groups.tolist()).take(pa.array(np.searchsorted(kept, places)))
