"""Compare: describe a folder's files in worker processes, so that they can be held against another's.

No Prefect here: nothing is kept that another run could use, and a comparison of two tables takes less time than Prefect
needs to start.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tasks.modalities.shards import describe_heads
from tasks.sides.folders import list_files
from tasks.sources.files import Folder
from tasks.workers import in_worker, worker_processes

AHEAD = 4
"""Shards a worker that are listed before they are described: a folder of any size is never listed as a whole."""


def describe_files(source: Folder, kind: str, scratch: Path, *, workers: int | None = None) -> Iterator[Path]:
    """Describe a folder's images or sounds in worker processes.

    Parameters
    ----------
    source : ImageFolder or AudioFolder
    kind : str
        "image" or "audio".
    scratch : Path
        A folder for the shards.
    workers : int, optional
        How many processes; as many as there are cores by default.

    Yields
    ------
    Path
        The folder of each shard, in their order, when it is described.
    """
    count = workers or os.cpu_count() or 1
    waiting: list[tuple[Path, Future[object]]] = []
    with worker_processes(count), ThreadPoolExecutor(count) as threads:
        try:
            for folder in list_files(source, kind, scratch):
                heads = folder / "heads.parquet"
                waiting.append((folder, threads.submit(in_worker, describe_heads, folder, heads, source, kind)))
                if len(waiting) > AHEAD * count:
                    yield _done(*waiting.pop(0))
            while waiting:
                yield _done(*waiting.pop(0))
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def _done(folder: Path, future: Future[object]) -> Path:
    future.result()
    return folder
