"""Run the main job from the command line: the same flow that a server runs, with a runner of the user's choice."""

import time

from flows.places import insist_on_places, insist_on_version
from tasks.config.dataset import DatasetConfig
from tasks.config.load import with_secrets
from tasks.config.redraw import Redraw
from tasks.workers import prepare_workers


def run_build(
    config: DatasetConfig, *, runner: str, workers: int | None, verbose: bool, redraw: Redraw | None = None
) -> str:
    """Build, and return what to tell the user.

    Parameters
    ----------
    config : DatasetConfig
    runner : {"threads", "processes", "dask"}
    workers : int, optional
        Shards at a time; as many as there are cores by default.
    verbose : bool
        Show Prefect's own log.
    redraw : Redraw, optional
        Draw dev and test anew.
    """
    began = time.monotonic()
    settings = with_secrets(config)
    insist_on_places(settings)  # Prefect takes seconds to start: a misspelt path is told without it
    if redraw is not None:
        insist_on_version(settings)
    if runner == "threads":
        prepare_workers()  # they load their libraries while Prefect is loaded here
    from flows.build_dataset import build_dataset
    from flows.reporting import drawings_of
    from flows.runners import find_runner

    outcome = build_dataset.with_options(task_runner=find_runner(runner, workers))(config, redraw)
    counts = outcome.verdict.counts
    told = "" if outcome.fresh else " (nothing had changed since)"
    return "\n".join(
        [
            f"{config.name}: version {outcome.version:06d} is {outcome.verdict.status}{told}. "
            f"{counts['pass']} checks passed, {counts['fail']} failed, {counts['undecided']} are undecided.",
            *drawings_of(outcome.folder),
            f"data    {outcome.place}/data",
            f"report  {outcome.place}/report/index.html",
            f"{time.monotonic() - began:.0f} s",
        ]
    )
