"""The store: where versions, the ledger and scratch live, and the lock that keeps two builds apart."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from tasks.catalog.atomic import write_table, write_text
from tasks.catalog.disk import disk_errors_told
from tasks.errors import StoreError

FORMAT = 1
IDENTITY = "STORE.json"


@dataclass(frozen=True)
class Store:
    """The places of a store; nothing is opened or made before a method is called."""

    root: Path

    @property
    def work(self) -> Path:
        """Resumable scratch, safe to delete."""
        return self.root / "work"

    @property
    def ledger_path(self) -> Path:
        """The file that says, for ever, which atom is in which split."""
        return self.root / "ledger.parquet"

    @property
    def rejected(self) -> Path:
        """The report of the last build that was not published."""
        return self.work / "rejected"

    def version_folder(self, version: int) -> Path:
        """Return the folder of a version, which need not exist."""
        return self.root / "versions" / f"{version:06d}"

    def current_version(self) -> int | None:
        """Return the published version, or None.

        Raises
        ------
        StoreError
            When CURRENT does not name a version that is there.
        """
        pointer = self.root / "CURRENT"
        if not pointer.exists():
            return None
        text = pointer.read_text(encoding="utf-8", errors="replace").strip()
        if not text.isdecimal() or not self.version_folder(int(text)).is_dir():
            raise StoreError(
                f"{pointer}: {text[:40]!r} is not a version of this store. "
                f"Write the number of a folder in {self.root / 'versions'} into it, or delete it."
            )
        return int(text)

    def next_version(self) -> str:
        """Return the id that the next published version will have."""
        return f"{(self.current_version() or 0) + 1:06d}"

    def read_ledger(self) -> pa.Table | None:
        """Return the ledger as it stands, or None before the first version."""
        if not self.ledger_path.exists():
            return None
        with disk_errors_told(self.root):
            data = self.ledger_path.read_bytes()
        try:
            return pq.read_table(pa.BufferReader(data))
        except (pa.ArrowException, OSError) as error:
            newest = self.root / "versions"
            raise StoreError(
                f"{self.ledger_path}: the ledger is damaged ({str(error)[:120]}). It says which record is in which "
                f"split, so no build goes on without it. Restore it from a backup, or copy ledger.parquet from the "
                f"newest folder in {newest}."
            ) from error

    def publish(self, staged: Path, ledger: pa.Table) -> int:
        """Make a filled folder the published version, in an order that a kill at any moment cannot harm.

        Parameters
        ----------
        staged : Path
            The folder with everything that a version holds; it is moved. It must be on the store's disk.
        ledger : pa.Table
            The whole ledger, the assignments of this version included.

        Returns
        -------
        int
            The version's number.

        Notes
        -----
        The version's folder comes first, then the ledger, CURRENT last. A folder that CURRENT never pointed to is an
        orphan: the next build removes it. A ledger ahead of CURRENT holds the assignments that the same build draws
        again.
        """
        version = (self.current_version() or 0) + 1
        folder = self.version_folder(version)
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(folder)
        write_table(ledger, self.ledger_path)
        write_text(f"{version:06d}\n", self.root / "CURRENT")
        return version

    def remove_orphans(self) -> None:
        """Remove versions newer than CURRENT: a killed build left them, and no reader was ever sent there."""
        current = self.current_version() or 0
        folders = sorted((self.root / "versions").glob("[0-9]*"))
        for folder in folders:
            if folder.name.isdecimal() and int(folder.name) > current:
                shutil.rmtree(folder)


@contextmanager
def open_store(root: Path, name: str) -> Iterator[Store]:
    """Open a store for a build; makes it when it is new; holds its lock until the block ends.

    Raises
    ------
    StoreError
        When the folder belongs to another project, holds something else, cannot be read or written, or another build
        runs; when the disk fails while the block works on the store.
    """
    with disk_errors_told(root), _locked(Store(root), name) as store:
        yield store


@contextmanager
def _locked(store: Store, name: str) -> Iterator[Store]:
    root = store.root
    if root.exists() and not root.is_dir():
        raise StoreError(f"store: {root} is a file; name a folder")
    check_identity(store, name)
    try:
        store.work.mkdir(parents=True, exist_ok=True)
        lock = FileLock(store.work / ".lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise StoreError(
            f"store: another build is running on {root}. Wait for it, or name another folder in `store`."
        ) from error
    except NotImplementedError as error:
        raise StoreError(
            f"store: {root} lies on a disk that cannot lock files, so nothing would keep two builds apart. "
            f"Name a folder on another disk in `store`."
        ) from error
    try:
        if not (root / IDENTITY).exists():
            write_text(json.dumps({"format": FORMAT, "name": name}) + "\n", root / IDENTITY)
        check_identity(store, name)
        store.remove_orphans()
        yield store
    finally:
        lock.release()


def check_identity(store: Store, name: str) -> None:
    """Refuse a folder that is not this project's store; a missing or empty folder is welcome.

    Raises
    ------
    StoreError
        Saying what the folder is instead, and what to do.
    """
    identity = store.root / IDENTITY
    if identity.exists():
        try:
            found = json.loads(identity.read_text(encoding="utf-8"))
            owner, version = found["name"], found["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{identity}: damaged; it should hold {{'format': {FORMAT}, 'name': {name!r}}}") from error
        if owner != name:
            raise StoreError(
                f"store: {store.root} belongs to the data set {owner!r}, and this is {name!r}. "
                "Name another folder in `store`, or give the data set its old name."
            )
        if version != FORMAT:
            raise StoreError(f"store: {store.root} has format {version}; this Matchset reads format {FORMAT}")
        return
    if store.root.is_dir():
        others = [entry.name for entry in os.scandir(store.root) if entry.name != "work"]
        if others:
            raise StoreError(
                f"store: {store.root} is not a Matchset store: it holds {sorted(others)[0]!r} "
                f"and {len(others) - 1} more. Name an empty or new folder in `store`."
            )
