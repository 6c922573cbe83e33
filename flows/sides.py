"""What `matchset compare` is told to compare: files, folders, and splits of a store."""

import re
from dataclasses import dataclass
from pathlib import Path

from flows.reporting import store_at
from tasks.catalog.identity import IDENTITY
from tasks.catalog.remote import folder_of, is_url, shown
from tasks.catalog.store import Store
from tasks.errors import ConfigError
from tasks.sides.folders import kind_of_folder
from tasks.sides.splits import NAMES
from tasks.sources.names import name_to_text

_SPLIT = re.compile(r"(?P<place>.+?)(@(?P<version>\d+))?:(?P<split>[^:/\\]+)", re.DOTALL)
CONFIGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Place:
    """Where one side lies.

    Attributes
    ----------
    name : str
        As the user wrote it, readable.
    path : str
        As it is.
    kind : str
        "table", "parts", "image", "audio" or "split".
    store, version, split
        Of a split.
    """

    name: str
    path: str
    kind: str
    store: Store | None = None
    version: int | None = None
    split: str = ""

    @property
    def is_files(self) -> bool:
        """Whether it is a folder of images or sounds, which have to be described first."""
        return self.kind in ("image", "audio")

    @property
    def is_table(self) -> bool:
        """Whether its rows are a table's."""
        return self.kind in ("table", "parts")


def find_place(given: str, *, side: str) -> Place:
    """Tell what a word on the command line names.

    Parameters
    ----------
    given : str
        A CSV or Parquet file; a folder of images, sounds or Parquet parts; or `STORE:SPLIT`, `STORE@VERSION:SPLIT`,
        where a configuration may stand for its store. What exists under the name as it is comes first.
    side : str
        "A" or "B", for messages.

    Raises
    ------
    ConfigError
        When there is nothing of that name, or it is a store without a split.
    InputError
        When a folder holds nothing that can be compared.
    """
    name, path = name_to_text(shown(given)), Path(given)
    if not is_url(given) and path.exists():
        if path.suffix.lower() in CONFIGS or (path.is_dir() and (path / IDENTITY).exists()):
            raise ConfigError(f"{side}: {name} is a store: say which split of it, such as {name}:dev")
        kind = kind_of_folder(given, side=side) if path.is_dir() else "table"
        return Place(name, given, kind)
    found = _SPLIT.fullmatch(given)
    if found is not None and (is_url(found["place"]) or folder_of(found["place"]).exists()):
        version = None if found["version"] is None else int(found["version"])
        return Place(name, given, "split", store_at(found["place"]), version, found["split"])
    if is_url(given):
        raise ConfigError(
            f"{side}: {name}: files are read from disks that are mounted; of a store behind a URL name a split, "
            f"such as {name}:dev"
        )
    named = (
        f"; and there is no store {name_to_text(found['place'])}"
        if found is not None and found["split"] in NAMES
        else ""
    )
    raise ConfigError(
        f"{side}: there is no file or folder {name}{named}. Name a CSV or Parquet file, a folder of images, sounds or "
        f"Parquet parts, or a split of a store as STORE:SPLIT, such as store:dev or store@3:dev"
    )
