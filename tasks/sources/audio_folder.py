"""A folder of audio files as `<path>/<label>/<file>`."""

from collections.abc import Iterator

from tasks.config.inputs import AudioFolder
from tasks.sources.files import list_folder, read_from_folder
from tasks.sources.shards import SHARD_BYTES, SHARD_ROWS, Shard

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff"})


def list_shards(
    source: AudioFolder, *, modality: str, shard_rows: int = SHARD_ROWS, shard_bytes: int = SHARD_BYTES
) -> Iterator[Shard]:
    """List the folder's files; see `list_folder`."""
    return list_folder(source, SUFFIXES, shard_rows=shard_rows, shard_bytes=shard_bytes)


def read_bytes(source: AudioFolder, path: str) -> bytes:
    """Read one of the folder's files; see `read_file`."""
    return read_from_folder(source, path)
