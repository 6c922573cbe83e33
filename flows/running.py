"""Run the main job or its first part from the command line: a server's flows, with a runner of the user's choice."""

import time
from pathlib import Path

from flows.places import insist_on_places, insist_on_version
from tasks.catalog.atomic import write_text
from tasks.config.dataset import DatasetConfig
from tasks.config.load import with_secrets
from tasks.config.redraw import Redraw
from tasks.errors import ConfigError
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


def run_fit(config: DatasetConfig, *, runner: str, workers: int | None, out: Path | None) -> str:
    """Fit and prove a policy, and return what to tell the user.

    Parameters
    ----------
    config : DatasetConfig
    runner : {"threads", "processes", "dask"}
    workers : int, optional
        Shards at a time; as many as there are cores by default.
    out : Path, optional
        Where to copy the policy to.

    Raises
    ------
    ConfigError
        When the policy cannot be copied there.
    """
    began = time.monotonic()
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise ConfigError(f"--out: {out} is a folder or in none; name a file in a folder that is there")
    insist_on_places(with_secrets(config))
    if runner == "threads":
        prepare_workers()
    from flows.fit_policy import fit_policy
    from flows.fitted_place import POLICY
    from flows.fitted_told import tell_fit
    from flows.runners import find_runner

    settled = fit_policy.with_options(task_runner=find_runner(runner, workers))(config)
    lines = tell_fit(settled, config.name)
    if config.synthesis.policy != "fitted":
        lines += ["", f"A build takes synthesis.policy: {config.synthesis.policy}. Set it to fitted to use this one."]
    place = settled.folder / POLICY
    if out is not None:
        write_text(place.read_text(encoding="utf-8"), out)
        place = out
    return "\n".join([*lines, "", f"policy  {place}", f"{time.monotonic() - began:.0f} s"])
