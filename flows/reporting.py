"""Find a version's report, say its verdict, and serve it to a browser on this machine."""

import functools
import http.server
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from expectations.verdict import Verdict
from tasks.catalog.disk import disk_errors_told
from tasks.catalog.identity import IDENTITY
from tasks.catalog.redraws import list_drawings
from tasks.catalog.remote import folder_of, is_url
from tasks.catalog.store import Store, find_store
from tasks.config.load import load_config, with_secrets
from tasks.errors import ConfigError, StoreError

MOST_FAILED = 8
MOST_DRAWINGS = 3


@dataclass(frozen=True)
class Found:
    """A report and what it says."""

    folder: Path
    """Holds index.html and gx/."""
    verdict: Verdict
    published: bool


def find_report(place: Path | str, version: int | None) -> Found:
    """Find the report of a version.

    Parameters
    ----------
    place : Path or str
        A configuration file, or a store's folder or URL. What lies behind a URL is copied to its mirror first.
    version : int, optional
        By default the published version, or the rejected build when nothing has been published.

    Raises
    ------
    ConfigError, StoreError
        When there is no such place or version.
    """
    store = store_at(place)
    with disk_errors_told(store.root):
        return _find(store, version)


def store_at(place: Path | str) -> Store:
    """Return the store of a configuration file, or the one in a folder or behind a URL; nothing is opened."""
    if is_url(str(place)):
        return find_store(str(place))
    path = folder_of(str(place))
    if path.is_dir() and not (path / IDENTITY).exists() and (path / "matchset.yaml").exists():
        path = path / "matchset.yaml"
    if path.is_dir():
        return Store(path)
    config = with_secrets(load_config(path))
    return find_store(config.store, config.work)


def _find(store: Store, version: int | None) -> Found:
    if not store.refresh():
        raise ConfigError(f"{store.place} is not a store yet; build it first: matchset build CONFIG")
    wanted = version if version is not None else store.current_version()
    if wanted is None:
        if not (store.rejected / "verdict.json").exists():
            raise StoreError(f"{store.place} holds no version yet; build one: matchset build CONFIG")
        return _read(store.rejected, published=False)
    if f"{wanted:06d}" not in (known := store.known_versions()):
        raise StoreError(f"{store.place} has no version {wanted}; it has {', '.join(known) or 'none'}")
    store.fetch_report(wanted)
    return _read(store.version_folder(wanted), published=True)


def _read(folder: Path, *, published: bool) -> Found:
    try:
        verdict = Verdict.from_json((folder / "verdict.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StoreError(f"{folder}: there is no verdict.json. Restore it, or build the version again.") from error
    return Found(folder / "report", verdict, published)


def tell(found: Found) -> str:
    """Return the verdict in a few lines: what failed first, then what is open."""
    verdict, counts = found.verdict, found.verdict.counts
    lines = [
        f"version {verdict.version}: {verdict.status}" + ("" if found.published else ", not published"),
        f"{counts['pass']} checks passed, {counts['fail']} failed, {counts['undecided']} are undecided",
    ]
    failed = verdict.failed()
    lines += [f"  fail ({check.severity})  {check.question} {check.reason}" for check in failed[:MOST_FAILED]]
    if len(failed) > MOST_FAILED:
        lines.append(f"  and {len(failed) - MOST_FAILED} more")
    lines += drawings_of(found.folder.parent)
    return "\n".join([*lines, f"report  {found.folder / 'index.html'}"])


def drawings_of(version: Path) -> list[str]:
    """Say when and why dev and test were drawn anew up to a version, the latest first; nothing if they never were.

    Parameters
    ----------
    version : Path
        The version's folder, or that of a rejected build, which changed no ledger and holds none.

    Raises
    ------
    StoreError
        When its copy of the ledger is damaged.
    """
    path = version / "ledger.parquet"
    if not path.exists():
        return []
    drawings = list_drawings(pq.read_table(path))[::-1]
    more = len(drawings) - MOST_DRAWINGS
    return [*map(str, drawings[:MOST_DRAWINGS]), *([f"and {more:,} earlier times"] if more > 0 else [])]


def serve_folder(folder: Path, port: int) -> None:
    """Serve a folder on 127.0.0.1 until Ctrl-C; nobody else on the network can reach it."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"serving http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: a line a picture would bury the address."""
