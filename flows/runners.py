"""What runs the shards of a build: worker processes on this machine, Prefect's own processes, or dask."""

import os
from contextlib import ExitStack
from typing import Any, Self

from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from tasks.errors import ConfigError
from tasks.workers import worker_processes


class ShardTaskRunner(ThreadPoolTaskRunner[Any]):
    """Threads that hand the work on shards to as many worker processes.

    Parameters
    ----------
    max_workers : int, optional
        Shards at a time; as many as there are cores by default. Prefect's own default starts every task at once.
    """

    def __init__(self, max_workers: int | None = None) -> None:
        super().__init__(max_workers=max_workers or os.cpu_count() or 1)
        self._workers = ExitStack()

    def __enter__(self) -> Self:
        """Start the worker processes with the threads."""
        self._workers.enter_context(worker_processes(self._max_workers))
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        """End the workers first, so that no thread waits for a shard that nobody wants any more."""
        self._workers.close()
        super().__exit__(*error)


def find_runner(name: str, workers: int | None = None) -> TaskRunner[PrefectFuture[Any]]:
    """Return the task runner of a name.

    Parameters
    ----------
    name : {"threads", "processes", "dask"}
    workers : int, optional
        Shards at a time; as many as there are cores by default.

    Raises
    ------
    ConfigError
        When its package is not installed.
    """
    count = workers or os.cpu_count() or 1
    found: Any  # each has futures of its own kind
    if name == "threads":
        found = ShardTaskRunner(count)
    elif name == "processes":
        found = ProcessPoolTaskRunner(max_workers=count)
    else:
        try:
            from prefect_dask import DaskTaskRunner
        except ImportError as missing:
            raise ConfigError("--runner dask needs an optional package: pip install 'matchset[dask]'") from missing
        found = DaskTaskRunner(cluster_kwargs={"n_workers": count, "threads_per_worker": 1})
    chosen: TaskRunner[PrefectFuture[Any]] = found
    return chosen
