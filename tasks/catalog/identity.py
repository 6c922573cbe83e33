"""Whose a store is: a folder of another data set, or of something else, is left alone."""

import json
import os
from pathlib import Path

from tasks.errors import StoreError

FORMAT = 1
IDENTITY = "STORE.json"


def identity_text(name: str) -> str:
    """Return what a new store's file of identity says."""
    return json.dumps({"format": FORMAT, "name": name}) + "\n"


def insist_on_owner(root: Path, name: str, place: str) -> None:
    """Refuse a folder that is not this project's store; a missing or empty folder is welcome.

    Parameters
    ----------
    root : Path
    name : str
        The data set's name.
    place : str
        What the store is called in messages.

    Raises
    ------
    StoreError
        Saying what the folder is instead, and what to do.
    """
    identity = root / IDENTITY
    if identity.exists():
        try:
            found = json.loads(identity.read_text(encoding="utf-8"))
            owner, version = found["name"], found["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{identity}: damaged; it should hold {{'format': {FORMAT}, 'name': {name!r}}}") from error
        if owner != name:
            raise StoreError(
                f"store: {place} belongs to the data set {owner!r}, and this is {name!r}. "
                "Name another folder in `store`, or give the data set its old name."
            )
        if version != FORMAT:
            raise StoreError(f"store: {place} has format {version}; this Matchset reads format {FORMAT}")
        return
    if root.is_dir():
        others = [entry.name for entry in os.scandir(root) if entry.name != "work"]
        if others:
            raise StoreError(
                f"store: {root} is not a Matchset store: it holds {sorted(others)[0]!r} "
                f"and {len(others) - 1} more. Name an empty or new folder in `store`."
            )
