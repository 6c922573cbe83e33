"""Run the main job from the command line: the same flow that a server runs, with a runner of the user's choice."""

import os
import time
from typing import Any

from tasks.config.dataset import DatasetConfig


def run_build(config: DatasetConfig, *, runner: str, workers: int | None, verbose: bool) -> str:
    """Build, and return what to tell the user.

    Parameters
    ----------
    config : DatasetConfig
    runner : {"threads", "processes", "dask"}
    workers : int, optional
        Shards at a time; as many as there are cores by default.
    verbose : bool
        Show Prefect's own log.
    """
    began = time.monotonic()
    from flows.build_dataset import build_dataset

    flow = build_dataset.with_options(task_runner=_runner(runner, workers or os.cpu_count() or 1))
    outcome = flow(config)
    counts = outcome.verdict.counts
    told = "" if outcome.fresh else " (nothing had changed since)"
    return "\n".join(
        [
            f"{config.name}: version {outcome.version:06d} is {outcome.verdict.status}{told}. "
            f"{counts['pass']} checks passed, {counts['fail']} failed, {counts['undecided']} are undecided.",
            f"data    {outcome.folder / 'data'}",
            f"report  {outcome.report}",
            f"{time.monotonic() - began:.0f} s",
        ]
    )


def _runner(name: str, workers: int) -> Any:
    if name == "processes":
        from prefect.task_runners import ProcessPoolTaskRunner

        return ProcessPoolTaskRunner(max_workers=workers)
    if name == "dask":
        try:
            from prefect_dask import DaskTaskRunner
        except ImportError as error:
            from tasks.errors import ConfigError

            raise ConfigError("--runner dask needs an optional package: pip install 'matchset[dask]'") from error
        return DaskTaskRunner(cluster_kwargs={"n_workers": workers, "threads_per_worker": 1})
    from prefect.task_runners import ThreadPoolTaskRunner

    return ThreadPoolTaskRunner(max_workers=workers)
