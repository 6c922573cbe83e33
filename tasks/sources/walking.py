"""Walking a folder: every file once, in the order of its path's bytes, without opening any."""

# A Path object takes longer than the system call that it wraps, and this runs for each of 200,000 files.
# ruff: noqa: PTH118

import os
from collections.abc import Iterator
from typing import NamedTuple

from tasks.errors import Unreadable
from tasks.sources.safe_files import check_plain, insist_on_target_inside


class Found(NamedTuple):
    """Something in the folder: a file that can be read, or the reason why it cannot."""

    path: str
    """Posix path relative to the folder, as Python names it."""
    size_bytes: int = 0
    mtime_ns: int = 0
    refused: Unreadable | None = None


def walk(root: str) -> Iterator[Found]:
    """List everything below a folder.

    Parameters
    ----------
    root : str
        An existing folder.

    Yields
    ------
    Found
        In the order of the paths' bytes, whatever the file system's order. Only one listing a level of folders is held
        at a time.

    Notes
    -----
    Invariants: each file once; links to folders are never followed, so a loop of links ends; hidden files and folders
    are named and left alone (`.DS_Store`, `._photo.jpg`, `.git`, `.ipynb_checkpoints`: copies and debris).
    """
    levels = [_entries(root, "")]
    while levels:
        step = next(levels[-1], None)
        if step is None:
            levels.pop()
        elif isinstance(step, Found):
            yield step
        else:
            levels.append(_entries(root, step))


def _entries(root: str, folder: str) -> Iterator[Found | str]:
    """List one folder; a sub-folder comes as its path, to be listed next."""
    try:
        with os.scandir(os.path.join(root, folder)) as scan:
            entries = [(_order(entry), entry) for entry in scan]
    except FileNotFoundError:
        yield Found(folder, refused=Unreadable("changed", "the folder vanished while it was listed"))
        return
    except OSError as error:
        yield Found(folder, refused=Unreadable("unreadable", f"the folder cannot be listed: {error.strerror}"))
        return
    for _, entry in sorted(entries, key=lambda pair: pair[0]):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name.startswith("."):
            kind = "folder" if entry.is_dir(follow_symlinks=False) else "file"
            yield Found(path, refused=Unreadable("not_supported", f"a hidden {kind}"))
        elif entry.is_dir(follow_symlinks=False):
            yield path
        else:
            yield _found(root, path, entry)


def _order(entry: os.DirEntry[str]) -> bytes:
    # A folder sorts by what its files' paths go on with: "a.png" comes before "a/1.png".
    return os.fsencode(entry.name) + (b"/" if entry.is_dir(follow_symlinks=False) else b"")


def _found(root: str, path: str, entry: os.DirEntry[str]) -> Found:
    try:
        if entry.is_symlink():
            insist_on_target_inside(root, entry.path)
            if entry.is_dir():
                raise Unreadable("not_supported", "a link to a folder; its files are listed where they lie")
        seen = entry.stat()
        check_plain(seen)
    except Unreadable as why:
        return Found(path, refused=why)
    except OSError as error:
        return Found(path, refused=Unreadable("changed", f"gone while the folder was listed: {error.strerror}"))
    return Found(path, seen.st_size, seen.st_mtime_ns)
