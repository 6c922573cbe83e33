"""Worker processes for the work on shards: threads of one process wait for one another's interpreter lock.

They know nothing of Prefect: one starts in the time that its libraries need, while Prefect starts too.
"""

import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from tasks.errors import MatchsetError

LIBRARIES = ["pyarrow.parquet", "pyarrow.compute", "cv2", "pydantic", "scipy.signal", "scipy.stats", "soundfile"]
"""What takes time to import, imported once for all workers. None of the project's own modules: the process that forks
the workers does not search where this one does."""

T = TypeVar("T")

_pool: Executor | None = None


@functools.cache
def prepare_workers() -> BaseContext:
    """Begin to load the libraries of worker processes, in the background."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    forkserver.ensure_running()
    return context


@contextmanager
def worker_processes(count: int) -> Iterator[None]:
    """Let `in_worker` hand its calls to other processes until the block ends.

    Parameters
    ----------
    count : int
        How many there are at most; each is started when the others are busy.
    """
    global _pool
    with ProcessPoolExecutor(count, mp_context=prepare_workers(), initializer=_begin) as _pool:
        try:
            yield
        finally:
            _pool.shutdown(wait=False, cancel_futures=True)
            _pool = None


def in_worker(function: Callable[..., T], /, *inputs: Any, **settings: Any) -> T:
    """Call a function in a worker process and wait for what it returns; here, where there is none.

    Parameters
    ----------
    function : callable
        Of a module that does not import Prefect, which takes longer than a shard.
    *inputs, **settings
        What can be pickled; files by their paths, for much data would travel slowly.

    Raises
    ------
    MatchsetError
        When the worker was killed from outside.
    """
    if _pool is None:
        return function(*inputs, **settings)
    try:
        return _pool.submit(function, *inputs, **settings).result()
    except BrokenProcessPool as error:
        raise MatchsetError(
            f"a worker process was killed during {function.__name__}, most often for want of memory. "
            "The same command goes on where it stopped; with --workers 1 it takes less memory."
        ) from error


@functools.cache
def one_thread() -> None:
    """Leave the cores to the workers: libraries that bring their own threads would fight over them."""
    import cv2
    import pyarrow as pa

    cv2.setNumThreads(1)
    pa.set_cpu_count(1)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the flow's process decides
    one_thread()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the flow's process is gone, even killed: the queue would never tell."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
