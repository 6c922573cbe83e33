"""Worker processes for the work on shards: threads of one process wait for one another's interpreter lock.

They know nothing of Prefect: one starts in the time that its libraries need, while Prefect starts too.
"""

import functools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from tasks.errors import MatchsetError

LOADED = [
    *("pandas", "pyarrow.dataset", "pyarrow.parquet", "scipy.signal", "scipy.stats", "soundfile", "albumentations"),
    *("tasks.modalities.shards", "tasks.modalities.image", "tasks.modalities.audio", "tasks.modalities.tabular"),
]
"""What takes time to import, imported once for all workers: two then share its memory, too."""

IDLE_S = 0.2
"""After so long without a shard workers end: the steps that look at all records at once get their memory, and new ones
start in a moment, their libraries loaded. Between two shards of a step it is less than a tenth of that."""

T = TypeVar("T")


class Workers:
    """Processes that come when there is work, and go when there is none.

    Parameters
    ----------
    count : int
        How many there are at most.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._context = prepare_workers()
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0
        self._leaving: threading.Timer | None = None

    def call(self, function: Callable[..., T], inputs: tuple[Any, ...], settings: dict[str, Any]) -> T:
        """Call a function in a worker process, and wait for what it returns."""
        future = self._submit(functools.partial(_work, function), inputs, settings)
        try:
            return future.result()
        finally:
            with self._lock:
                self._waiting -= 1
                if not self._waiting:
                    self._leaving = threading.Timer(IDLE_S, self.end, kwargs={"only_if_idle": True})
                    self._leaving.daemon = True
                    self._leaving.start()

    def end(self, *, only_if_idle: bool = False) -> None:
        """Begin nothing more, and end the workers when they have done what they are at."""
        with self._lock:
            if only_if_idle and self._waiting:
                return
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, function: Callable[..., T], inputs: tuple[Any, ...], settings: dict[str, Any]) -> Future[T]:
        with self._lock:
            if self._leaving is not None:
                self._leaving.cancel()
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self._count, mp_context=self._context, initializer=_begin)
            self._waiting += 1
            return self._pool.submit(function, *inputs, **settings)


_workers: Workers | None = None


@functools.cache
def prepare_workers() -> BaseContext:
    """Begin to load the libraries of worker processes, in the background."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # on import it would ask a server for its newest version
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    with _searched_as_here():
        forkserver.ensure_running()
    return context


@contextmanager
def _searched_as_here() -> Iterator[None]:
    """Let new processes find modules where this one finds them, or they would load another `tasks` or none."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


@contextmanager
def worker_processes(count: int) -> Iterator[None]:
    """Let `in_worker` hand its calls to other processes until the block ends.

    Parameters
    ----------
    count : int
        How many there are at most.
    """
    global _workers
    _workers = Workers(count)
    try:
        yield
    finally:
        _workers.end()
        _workers = None


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
    if _workers is None:
        return function(*inputs, **settings)
    try:
        return _workers.call(function, inputs, settings)
    except BrokenProcessPool as error:
        raise MatchsetError(
            f"a worker process was killed during {function.__name__}, most often for want of memory. "
            "The same command goes on where it stopped; with --workers 1 it takes less memory."
        ) from error


def alone_in_worker(function: Callable[..., T], /, *inputs: Any, **settings: Any) -> T:
    """Call a function as `in_worker` does, once idle workers are gone: for work whose memory grows with the records."""
    if _workers is not None:
        _workers.end(only_if_idle=True)
    return in_worker(function, *inputs, **settings)


@functools.cache
def one_thread() -> None:
    """Leave the cores to the workers: libraries that bring their own threads would fight over them."""
    import cv2
    import pyarrow as pa

    cv2.setNumThreads(1)
    pa.set_cpu_count(1)


def _work(function: Callable[..., T], *inputs: Any, **settings: Any) -> T:
    import pyarrow as pa

    try:
        return function(*inputs, **settings)
    finally:
        pa.default_memory_pool().release_unused()  # the next shard has other sizes, or none comes


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
