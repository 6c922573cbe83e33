"""How a command ends: one clear message and an exit code, after errors and after Ctrl-C."""

import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from flows import environment
from flows.cli import STOPPED
from tasks.errors import ConfigError, MatchsetError

GRACE_S = 5.0
"""How long a run may take to end after Ctrl-C."""


@contextmanager
def told(verbose: bool) -> Iterator[None]:
    """Turn errors into one clear message and an exit code."""
    environment.prepare(verbose=verbose)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("matchset").setLevel(logging.INFO)
    stopped = _watch_for_ctrl_c()
    try:
        yield
    except MatchsetError as error:
        if verbose:
            traceback.print_exc()
        kind = "configuration" if isinstance(error, ConfigError) else "failed"
        typer.echo(f"matchset: {kind}: {error}", err=True)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        raise _interrupted() from None
    except (typer.Exit, SystemExit):
        raise
    except Exception as error:  # the last resort of a command line: one line for people, the traceback on request
        if verbose:
            traceback.print_exc()
        if stopped.is_set():  # Ctrl-C reaches Prefect's embedded server too, which may be gone before the run ends
            raise _interrupted() from None
        typer.echo(f"matchset: failed: {type(error).__name__}: {error} (run again with -v for the traceback)", err=True)
        raise typer.Exit(1) from None


def _watch_for_ctrl_c() -> threading.Event:
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if not stopped.is_set():
            stopped.set()
            patience = threading.Timer(GRACE_S, _leave)
            patience.daemon = True
            patience.start()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, stop)
    return stopped


def _leave() -> None:
    """Leave at once: whatever is half done is made again, and Prefect may wait a minute for a server that is gone."""
    _interrupted()
    os._exit(STOPPED)


def _interrupted() -> typer.Exit:
    typer.echo("matchset: stopped. Nothing was published; the same build goes on where it stopped.", err=True)
    return typer.Exit(STOPPED)
