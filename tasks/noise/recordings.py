"""The folders of recordings and pictures that a configuration names: whether they are there, asked at once."""

import os
from pathlib import Path

from tasks.config.synthesis import Synthesis
from tasks.errors import InputError


def insist_on_recordings(synthesis: Synthesis) -> None:
    """Refuse folders of noise, of impulse responses or of backgrounds that are missing or may not be read.

    Raises
    ------
    InputError
        Naming the section, the folder and the remedy.
    """
    for section in ("noise", "impulse_responses", "backgrounds"):
        for entry in getattr(synthesis, section):
            where = f"synthesis.{section}"
            if not Path(entry.path).exists():
                raise InputError(f"{where}: there is no folder {entry.path}. Correct its path or take it out.")
            if not Path(entry.path).is_dir():
                raise InputError(f"{where}: {entry.path} is a file, expected a folder. Name the folder.")
            try:
                with os.scandir(entry.path):
                    pass
            except OSError as error:
                raise InputError(
                    f"{where}: the folder {entry.path} cannot be read ({error.strerror}). Mend its permissions."
                ) from error
