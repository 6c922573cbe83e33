"""The folders of recordings that a configuration names: whether they are there, asked before anything is read."""

import os
from pathlib import Path

from tasks.config.synthesis import Synthesis
from tasks.errors import InputError


def insist_on_recordings(synthesis: Synthesis) -> None:
    """Refuse folders of noise or of impulse responses that are missing or may not be read.

    Raises
    ------
    InputError
        Naming the section, the folder and the remedy.
    """
    for section, entries in (("noise", synthesis.noise), ("impulse_responses", synthesis.impulse_responses)):
        for entry in entries:
            where = f"synthesis.{section}"
            if not Path(entry.path).exists():
                raise InputError(f"{where}: there is no folder {entry.path}. Correct its path or take it out.")
            if not Path(entry.path).is_dir():
                raise InputError(f"{where}: {entry.path} is a file, expected a folder of recordings. Name its folder.")
            try:
                with os.scandir(entry.path):
                    pass
            except OSError as error:
                raise InputError(
                    f"{where}: the folder {entry.path} cannot be read ({error.strerror}). Mend its permissions."
                ) from error
