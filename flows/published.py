"""A published version, to be read by what works on it afterwards: its files and their digests, and where results go."""

import json
from dataclasses import dataclass
from pathlib import Path

from tasks.caching import Ref
from tasks.catalog.disk import disk_errors_told
from tasks.catalog.schema import DEV_FIT
from tasks.catalog.store import Store, check_identity, find_store
from tasks.config.dataset import DatasetConfig
from tasks.errors import StoreError
from tasks.publish import PROVENANCE


@dataclass(frozen=True)
class Version:
    """A version on this machine.

    Parameters
    ----------
    number : int
    folder : Path
    files : dict of str to str
        Place in the folder -> digest.
    store : Store
    """

    number: int
    folder: Path
    files: dict[str, str]
    store: Store

    @property
    def manifest(self) -> Ref:
        """All records."""
        return self._ref("manifest.parquet")

    @property
    def fitted_to(self) -> Ref | None:
        """The records of dev that noise was fitted to, if there are any."""
        return self._ref(f"synthesis/{DEV_FIT}") if f"synthesis/{DEV_FIT}" in self.files else None

    @property
    def diagnosis(self) -> Path:
        """Where what is found of models goes: beside the versions, for a version never changes."""
        return self.store.root / "diagnosis" / f"{self.number:06d}"

    @property
    def work(self) -> Path:
        """Scratch of its own, which no build clears while it is read."""
        return self.store.work / "baseline"

    def rows(self, split: str) -> list[Ref]:
        """Return the published files of a split, in order."""
        return [self._ref(place) for place in sorted(self.files) if place.startswith(f"data/{split}/")]

    def _ref(self, place: str) -> Ref:
        return Ref(self.folder / place, self.files[place])


def find_version(config: DatasetConfig, number: int | None = None) -> Version:
    """Find a version of a configuration's store; behind a URL it is copied to the mirror first.

    Parameters
    ----------
    config : DatasetConfig
        With the environment's values in it.
    number : int, optional
        The published one by default.

    Raises
    ------
    StoreError
        When the store is another data set's, or has no such version.
    """
    store = find_store(config.store, config.work)
    with disk_errors_told(store.root):
        there = store.refresh()
        check_identity(store, config.name)
        wanted = number if number is not None else (store.current_version() if there else None)
        known = store.known_versions() if there else []
        if wanted is None or f"{wanted:06d}" not in known:
            which = "no version yet" if not known else f"no version {wanted}; it has {', '.join(known)}"
            raise StoreError(f"{store.place} has {which}. Build one: matchset build CONFIG")
        folder = store.version_folder(wanted)
        if store.remote is not None and not (folder / "manifest.parquet").exists():
            store.remote.download(f"versions/{wanted:06d}", folder)
        try:
            told = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
            files: dict[str, str] = dict(told["files"])
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(
                f"{folder / PROVENANCE}: it says which files the version holds, and cannot be read "
                f"({str(error)[:120]}). Restore it, or build the version again."
            ) from error
        return Version(wanted, folder, files, store)
