"""The kinds of input, and the two functions that every kind has."""

from collections.abc import Iterator
from types import ModuleType

from tasks.config.inputs import Input
from tasks.sources import audio_folder, image_folder, table
from tasks.sources.shards import SHARD_BYTES, SHARD_ROWS, Shard

KINDS: dict[str, ModuleType] = {"image_folder": image_folder, "audio_folder": audio_folder, "table": table}
"""Kind of input -> the file that knows it; each has `list_shards` and `read_bytes`."""


def list_shards(
    source: Input, *, modality: str, shard_rows: int = SHARD_ROWS, shard_bytes: int = SHARD_BYTES
) -> Iterator[Shard]:
    """List an input's records, shard by shard, without opening a payload."""
    shards: Iterator[Shard] = KINDS[source.kind].list_shards(
        source, modality=modality, shard_rows=shard_rows, shard_bytes=shard_bytes
    )
    return shards


def read_bytes(source: Input, path: str) -> bytes:
    """Read the payload at `path`, as it stands in the heads."""
    data: bytes = KINDS[source.kind].read_bytes(source, path)
    return data
