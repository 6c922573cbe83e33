"""A store's files behind a URL: read, written, listed and removed by name, through fsspec."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.errors import ConfigError, StoreError

_USER = re.compile(r"(?<=://)[^/@]*@")
_LOCAL = re.compile(r"^(file|local)://")


def is_url(place: str) -> bool:
    """Whether a place is behind a URL; `file://` is the folder that it names."""
    return "://" in place and not _LOCAL.match(place)


def folder_of(place: str) -> Path:
    """Return the folder that a path or a `file://` URL names."""
    return Path(_LOCAL.sub("", place))


def shown(url: str) -> str:
    """Return a URL without the name and password that it may hold."""
    return _USER.sub("", url)


@dataclass(frozen=True)
class Remote:
    """Files below a URL; their names are relative to it, parted by slashes.

    Notes
    -----
    Invariant: a file that is absent is told from a server that does not answer: the one is None, the other an error.
    """

    url: str

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None where there is none."""
        with self._told() as (files, root):
            try:
                data: bytes = files.cat_file(f"{root}/{name}")
            except FileNotFoundError:
                return None
            return data

    def write(self, name: str, data: bytes) -> None:
        """Write a file; on object stores a reader sees the old content or the new one, never a half."""
        with self._told() as (files, root):
            _with_parents(files, f"{root}/{name}", lambda place: files.pipe_file(place, data))

    def upload(self, folder: Path, name: str) -> None:
        """Write all files of a folder below a name."""
        with self._told() as (files, root):
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                place = f"{root}/{name}/{file.relative_to(folder).as_posix()}"
                _with_parents(files, place, lambda place, file=file: files.put_file(str(file), place))

    def download(self, name: str, folder: Path) -> None:
        """Copy all files below a name into a folder; those of the same name are written over."""
        with self._told() as (files, root):
            for place in files.find(f"{root}/{name}"):
                inside = place.removeprefix(root).lstrip("/").removeprefix(name).lstrip("/")
                target = folder / inside
                if not target.resolve().is_relative_to(folder.resolve()):
                    raise StoreError(f"store: {shown(self.url)}: the file {place!r} leads out of its folder; remove it")
                target.parent.mkdir(parents=True, exist_ok=True)
                files.get_file(place, str(target))

    def names(self, name: str = "") -> list[str]:
        """Return the names of what lies directly below a name, sorted; nothing where nothing is."""
        with self._told() as (files, root):
            try:
                found = files.ls(f"{root}/{name}".rstrip("/"), detail=False)
            except FileNotFoundError:
                return []
            return sorted({str(place).rstrip("/").rsplit("/", 1)[-1] for place in found})

    def remove(self, name: str) -> None:
        """Remove everything below a name."""
        with self._told() as (files, root):
            if files.exists(f"{root}/{name}"):
                files.rm(f"{root}/{name}", recursive=True)

    @contextmanager
    def _told(self) -> Iterator[tuple[Any, str]]:
        """Yield the file system and the root in it; say what failed and what to do."""
        from fsspec.core import url_to_fs  # a store in a folder needs none of it

        try:
            # What another machine wrote has to be seen: listings are never remembered.
            files, root = url_to_fs(self.url, use_listings_cache=False, skip_instance_cache=True)
        except ImportError as error:
            raise ConfigError(f"store: {shown(self.url)} needs a package that is not installed: {error}") from error
        except ValueError as error:
            raise ConfigError(f"store: {shown(self.url)}: {error}") from error
        try:
            yield files, root.rstrip("/")
        except (StoreError, KeyboardInterrupt):
            raise
        except Exception as error:  # every service has a family of its own: credentials, names, networks
            raise StoreError(
                f"store: {shown(self.url)} does not answer as it should ({type(error).__name__}: {shown(str(error))}). "
                f"Check the address, the credentials and the network, then run the same command again: what is "
                f"published stays whole."
            ) from error


def _with_parents(files: Any, place: str, write: Any) -> None:
    """Write a file; make its folder where the service has folders and lacks this one."""
    try:
        write(place)
    except FileNotFoundError:
        files.makedirs(place.rsplit("/", 1)[0], exist_ok=True)
        write(place)
