"""How Prefect and numerical libraries behave in a run that has no server: set before they are imported."""

import os

DEFAULTS = {
    # The first embedded start makes a database, which took 20 s on two cores: the usual limit.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Shards keep the cores busy. BLAS threads that wait for one another took three times the processor time, and the
    # last digits of their sums depend on how many there are.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Arrow's own pool keeps what it freed: 100 MB over all processes of a build of 40,000 images.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    # One line a shard would bury the progress, and two tracebacks the one message that the command line prints.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "matchset",
    # Dask tells of every connection that it opens and closes.
    "DASK_LOGGING__DISTRIBUTED": "error",
}


def prepare(*, verbose: bool = False) -> None:
    """Set what the user's own environment leaves open."""
    settings = DEFAULTS | ({"PREFECT_LOGGING_LEVEL": "INFO"} if verbose else {})
    for name, value in settings.items():
        os.environ.setdefault(name, value)
