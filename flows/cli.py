"""The console script `matchset`: it waits for Ctrl-C before it loads anything, the commands themselves included."""

import os
import signal

STOPPED = 130
"""The exit code of a command that Ctrl-C ended."""


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, _leave)  # until a command has begun, which then knows what there is to tell
    from flows.commands import app

    app()


def _leave(number: int, frame: object) -> None:
    """Leave at once: nothing has begun, and the traceback of half an import would tell nobody anything."""
    os.write(2, b"matchset: stopped. Nothing had begun.\n")
    os._exit(STOPPED)
