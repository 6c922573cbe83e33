"""Shards: a bounded number of heads, with what was refused beside them."""

from dataclasses import dataclass

import pyarrow as pa

SHARD_ROWS = 2048
"""Rows a shard: the 1 to 10 s of work that make a task's own cost of 5 to 240 ms small."""
SHARD_BYTES = 64 * 2**20
"""Bytes of files a shard, so that large photographs do not make shards of minutes."""


@dataclass(frozen=True)
class Shard:
    """A part of an input.

    Attributes
    ----------
    heads : pa.Table
        Schema HEADS; tabular shards carry a struct column `features` too.
    refused : pa.Table
        Schema QUARANTINE.
    """

    heads: pa.Table
    refused: pa.Table
