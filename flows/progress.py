"""Run a task over many shards, with progress that reads well on a terminal and in a log file."""

import logging
import sys
import time
from collections.abc import Sequence
from typing import Any

from prefect import Task
from tqdm import tqdm

from tasks.caching import Made

LOG = logging.getLogger("matchset")
LOG.setLevel(logging.INFO)  # a worker's run has no command line to ask for it, and the root logger says WARNING
QUIET_SECONDS = 15.0
"""Without a terminal: at most one line in so many seconds."""


def each(label: str, task: Task[..., Any], shards: Sequence[dict[str, Any]], **common: Any) -> list[Made]:
    """Submit a task once a shard and await them all; results come in the order of the shards.

    Parameters
    ----------
    label : str
        What the work is, for people: `"describe"`.
    task : Task
        A task of the project.
    shards : sequence of dict
        What differs from shard to shard, as keyword arguments.
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
    results, began = [], time.monotonic()
    told = began
    for done, future in enumerate(futures, start=1):
        results.append(future.result())
        if done < len(futures) and time.monotonic() - told > QUIET_SECONDS:
            told = time.monotonic()
            LOG.info("%s: %d of %d shards", label, done, len(futures))
    LOG.info("%s: %d of %d shards, %.1f s", label, len(futures), len(futures), time.monotonic() - began)
    return results


def one(label: str, task: Task[..., Any], **inputs: Any) -> Made:
    """Submit a task that takes everything at once, and await it."""
    return each(label, task, [{}], **inputs)[0]
