"""A store behind a URL has a folder on this machine: scratch, and a copy of what the next build has to know."""

import hashlib
import os
import shutil
from pathlib import Path

from tasks.catalog.atomic import file_aside
from tasks.catalog.remote import Remote, shown
from tasks.errors import StoreError

KNOWN = ("STORE.json", "ledger.parquet", "CURRENT")
"""What is copied, in this order: a copy that is cut short names no version whose ledger it lacks."""
TOLD = ("provenance.json", "verdict.json")
"""What is copied of the published version, so that a build that would change nothing is known."""


def mirror_of(url: str) -> Path:
    """Return the folder for a URL's mirror where none is configured: one for each URL, below the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "matchset" / hashlib.blake2b(url.encode(), digest_size=8).hexdigest()


def pull(remote: Remote, root: Path) -> bool:
    """Make a mirror say what the store behind the URL says.

    Parameters
    ----------
    remote : Remote
    root : Path
        The mirror; made if it is missing.

    Returns
    -------
    bool
        Whether there is a store; without one the mirror stays as it is.

    Raises
    ------
    StoreError
        When there is no store behind the URL, but this machine knows a version of it, or something else is there.
    """
    if remote.read("STORE.json") is None:
        _refuse_lost(remote, root)
        return False
    for name in KNOWN:
        data = remote.read(name)
        if data is None:
            (root / name).unlink(missing_ok=True)
            continue
        with file_aside(root / name) as aside:
            aside.write_bytes(data)
    pointer = root / "CURRENT"
    current = pointer.read_text(encoding="utf-8", errors="replace").strip() if pointer.exists() else ""
    if current.isdecimal():
        _pull_version(remote, root / "versions" / f"{int(current):06d}")
    return True


def _pull_version(remote: Remote, folder: Path) -> None:
    found = {name: remote.read(f"versions/{folder.name}/{name}") for name in TOLD}
    place = folder / TOLD[0]
    if folder.exists() and (not place.exists() or place.read_bytes() != found[TOLD[0]]):
        shutil.rmtree(folder)  # another machine published that number
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in found.items():
        if data is not None:
            with file_aside(folder / name) as aside:
                aside.write_bytes(data)


def pull_report(remote: Remote, folder: Path) -> None:
    """Copy a version's report, verdict and ledger into its folder in the mirror, where they are not there yet."""
    if not (folder / "report" / "index.html").exists():
        remote.download(f"versions/{folder.name}/report", folder / "report")
    for name in ("verdict.json", "ledger.parquet"):
        if not (folder / name).exists() and (data := remote.read(f"versions/{folder.name}/{name}")):
            with file_aside(folder / name) as aside:
                aside.write_bytes(data)


def _refuse_lost(remote: Remote, root: Path) -> None:
    if (root / "CURRENT").exists():
        version = (root / "CURRENT").read_text(encoding="utf-8", errors="replace").strip()
        raise StoreError(
            f"store: {shown(remote.url)} is empty, but this machine knows version {version} of it. Restore it, for its "
            f"ledger says which record is in which split; or delete {root} to begin anew."
        )
    if others := [name for name in remote.names() if name != "work"]:
        raise StoreError(
            f"store: {shown(remote.url)} is not a Matchset store: it holds {others[0]!r} and {len(others) - 1} more. "
            f"Name an empty or new place in `store`."
        )


def push(remote: Remote, staged: Path, ledger: Path, version: int) -> None:
    """Publish a version behind the URL: its files, then the ledger, CURRENT last.

    Raises
    ------
    StoreError
        When another machine published meanwhile: both drew new records from the same ledger, and one must draw again.

    Notes
    -----
    Nothing keeps two machines from publishing within the same moments: between the last look at CURRENT and writing it
    the other may do the same. One machine at a time builds on a store behind a URL.
    """
    _refuse_late(remote, version)
    name = f"versions/{version:06d}"
    remote.remove(name)  # a killed build left it: CURRENT never named it
    remote.upload(staged, name)
    _refuse_late(remote, version)
    remote.write("ledger.parquet", ledger.read_bytes())
    remote.write("CURRENT", f"{version:06d}\n".encode())


def _refuse_late(remote: Remote, version: int) -> None:
    found = (remote.read("CURRENT") or b"0").decode("utf-8", "replace").strip()
    if not found.isdecimal() or int(found) != version - 1:
        raise StoreError(
            f"store: {shown(remote.url)}: version {found[:40]} was published from elsewhere while this build ran, so "
            f"its splits may not fit the ledger any more. Run the same command again."
        )


def forget_others(root: Path, version: int) -> None:
    """Remove what the mirror holds of other versions than the published one."""
    for folder in (root / "versions").glob("[0-9]*"):
        if folder.name != f"{version:06d}":
            shutil.rmtree(folder)
