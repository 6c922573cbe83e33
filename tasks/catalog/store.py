"""The store: where versions, the ledger and scratch live, and the lock that keeps two builds apart."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from tasks.catalog.atomic import scratch_folder, settle_folder, write_table, write_text
from tasks.catalog.disk import disk_errors_told
from tasks.catalog.identity import IDENTITY, identity_text, insist_on_owner
from tasks.catalog.mirror import forget_others, mirror_of, pull, pull_report, push
from tasks.catalog.remote import Remote, folder_of, is_url, shown
from tasks.errors import StoreError


@dataclass(frozen=True)
class Store:
    """The places of a store; nothing is opened or made before a method is called."""

    root: Path
    remote: Remote | None = None
    """Where versions are published, if that is behind a URL; `root` then is the mirror on this machine."""

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

    @property
    def place(self) -> str:
        """The store's folder or URL, for messages."""
        return str(self.root) if self.remote is None else shown(self.remote.url)

    def refresh(self) -> bool:
        """Look what the store says now, behind its URL if it has one; return whether there is a store.

        Raises
        ------
        StoreError
            When what is behind the URL does not answer, or is no store.
        """
        return (self.root / IDENTITY).exists() if self.remote is None else pull(self.remote, self.root)

    def known_versions(self) -> list[str]:
        """Return the ids of all versions, in order."""
        if self.remote is None:
            names = [path.name for path in (self.root / "versions").glob("*")]
        else:
            names = self.remote.names("versions")
        return sorted(name for name in names if name.isdecimal())

    def fetch_report(self, version: int) -> None:
        """Copy a version's verdict and report to the mirror, where a browser can open them."""
        if self.remote is not None:
            pull_report(self.remote, self.version_folder(version))

    def place_of(self, version: int) -> str:
        """Return where readers find a version: a folder or a URL."""
        return f"{self.place.rstrip('/')}/versions/{version:06d}"

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
        again. Behind a URL the order is the same, and the mirror follows.
        """
        version = (self.current_version() or 0) + 1
        if self.remote is not None:
            with scratch_folder(self.work) as aside:
                write_table(ledger, aside / "ledger.parquet")
                push(self.remote, staged, aside / "ledger.parquet", version)
        folder = self.version_folder(version)
        folder.parent.mkdir(parents=True, exist_ok=True)
        settle_folder(staged, folder, durable=True)
        write_table(ledger, self.ledger_path, durable=True)
        write_text(f"{version:06d}\n", self.root / "CURRENT", durable=True)
        if self.remote is not None:
            forget_others(self.root, version)
        return version

    def remove_orphans(self) -> None:
        """Remove versions newer than CURRENT: a killed build left them, and no reader was ever sent there."""
        current = self.current_version() or 0
        folders = sorted((self.root / "versions").glob("[0-9]*"))
        for folder in folders:
            if folder.name.isdecimal() and int(folder.name) > current:
                shutil.rmtree(folder)


def check_identity(store: Store, name: str) -> None:
    """Refuse a folder that is not this project's store; a missing or empty folder is welcome.

    Raises
    ------
    StoreError
        Saying what the folder is instead, and what to do.
    """
    insist_on_owner(store.root, name, store.place)


def find_store(place: str, work: str | None = None) -> Store:
    """Return the store at a place; nothing is opened or made.

    Parameters
    ----------
    place : str
        A folder, or an fsspec URL such as `s3://bucket/prefix`.
    work : str, optional
        For a URL, the folder for its mirror on this machine; by default one in the user's cache.
    """
    if not is_url(place):
        return Store(folder_of(place))
    return Store(Path(work) if work else mirror_of(place), Remote(place))


@contextmanager
def open_store(place: Store | Path, name: str) -> Iterator[Store]:
    """Open a store for a build; makes it when it is new; holds its lock until the block ends.

    The lock keeps other builds on this machine away, and on others that share the disk; behind a URL nothing does.

    Raises
    ------
    StoreError
        When the folder belongs to another project, holds something else, cannot be read or written, or another build
        runs; when the disk fails while the block works on the store.
    """
    found = place if isinstance(place, Store) else Store(place)
    with disk_errors_told(found.root), _locked(found, name) as store:
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
        if not store.refresh():
            if store.remote is not None:
                store.remote.write(IDENTITY, identity_text(name).encode())
            write_text(identity_text(name), root / IDENTITY, durable=True)
        check_identity(store, name)
        store.remove_orphans()
        yield store
    finally:
        lock.release()
