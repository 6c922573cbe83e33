"""Write aside, then rename: a reader sees the old content or the new one, never a half.

What is `durable` is on the disk when the call returns, whatever happens to the machine afterwards. Everything else a
power failure may take: scratch, which is verified before it is used again, and else made anew.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def _told_when_full(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        free = shutil.disk_usage(_nearest(path)).free
        raise StoreError(
            f"{path}: the disk is full ({free / 2**20:,.0f} MiB free); nothing was published and nothing was lost. "
            "Free some space (the store's work/ folder is safe to delete) and run the same command again."
        ) from error


def _nearest(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


@contextmanager
def file_aside(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Yield a path to write; when the block ends well, its content replaces `path` in one step.

    Raises
    ------
    StoreError
        When the disk is full. `path` then is what it was before.
    """
    with _told_when_full(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        os.close(handle)
        aside = Path(name)
        try:
            aside.chmod(0o644)
            yield aside
            if durable:
                _flush(aside)
            aside.replace(path)
            if durable:
                _flush(path.parent)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """Yield a new folder inside `beside`, to be filled and then settled; it is gone when the block ends otherwise.

    Raises
    ------
    StoreError
        When the disk is full.
    """
    with _told_when_full(beside):
        beside.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=beside, prefix=".", suffix=".tmp"))
        try:
            aside.chmod(0o755)
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def settle_folder(aside: Path, path: Path, *, durable: bool = False) -> None:
    """Make a filled folder appear as `path` in one step; if durable, its content is on the disk before its name is.

    Raises
    ------
    OSError
        When `path` exists and is not empty.
    """
    if durable:
        for entry in (aside, *aside.rglob("*")):
            _flush(entry)
    aside.rename(path)
    if durable:
        _flush(path.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_table(table: pa.Table, path: Path, *, row_group_rows: int = 2**20, durable: bool = False) -> None:
    """Write a Parquet file in one step; the same table gives the same bytes, however it is chunked."""
    with file_aside(path, durable=durable) as aside:
        pq.write_table(table.combine_chunks(), aside, compression="zstd", row_group_size=row_group_rows)


def write_text(text: str, path: Path, *, durable: bool = False) -> None:
    """Write a text file in one step, UTF-8, line ends as they are given."""
    with file_aside(path, durable=durable) as aside:
        aside.write_bytes(text.encode("utf-8"))
