"""Run a task over many shards, with progress that reads well on a terminal and in a log file."""

import logging
import sys
import time
from collections.abc import Sequence
from typing import Any

from prefect import Task
from tqdm import tqdm

LOG = logging.getLogger("matchset")
QUIET_SECONDS = 15.0
"""Without a terminal: at most one line in so many seconds."""


def each(task: Task[..., Any], shards: Sequence[dict[str, Any]], label: str, **common: Any) -> list[Any]:
    """Submit a task once a shard and await them all; results come in the order of the shards.

    Parameters
    ----------
    task : Task
        A task of the project.
    shards : sequence of dict
        What differs from shard to shard, as keyword arguments.
    label : str
        What the work is, for people: `"describe"`.
    **common
        Arguments that are the same for all.

    Raises
    ------
    Exception
        The first failure; shards that were not begun are dropped with the flow's task runner.
    """
    futures = [task.submit(**common, **shard) for shard in shards]
    if sys.stderr.isatty():
        return [future.result() for future in tqdm(futures, desc=f"{label:>12}", unit=" shards", leave=True)]
    results, told = [], time.monotonic()
    for done, future in enumerate(futures, start=1):
        results.append(future.result())
        if done < len(futures) and time.monotonic() - told > QUIET_SECONDS:
            told = time.monotonic()
            LOG.info("%s: %d of %d shards", label, done, len(futures))
    LOG.info("%s: %d of %d shards", label, len(futures), len(futures))
    return results
