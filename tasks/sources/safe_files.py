"""Opening files that somebody else put there: nothing outside of the folder, nothing that is not a plain file."""

# A Path object takes longer than the system call that it wraps, and this runs for each of 200,000 files.
# ruff: noqa: PTH116, PTH123

import errno
import os
import stat

from tasks.errors import Unreadable

MAX_BYTES = 2**30
"""A file is held in memory while it is decoded; a gibibyte is more than any image or sound within the limits needs."""

_SPECIAL = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def inspect_file(root: str, path: str) -> os.stat_result:
    """Look at a file below a folder without opening it.

    Parameters
    ----------
    root : str
        The folder that must not be left.
    path : str
        Posix path relative to it.

    Returns
    -------
    os.stat_result
        Of the file itself, when a link leads to it.

    Raises
    ------
    Unreadable
        `outside_folder` for an absolute path, one with `..`, or a link that leads out; `missing_file`; `unreadable`;
        `not_supported` for what is not a plain file; `empty_file`; `too_large`.
    """
    try:
        found = _stat_inside(root, path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreadable("missing_file", "there is no such file") from error
    except OSError as error:
        raise Unreadable("unreadable", _said(error)) from error
    check_plain(found)
    return found


def _stat_inside(root: str, path: str) -> os.stat_result:
    parts = path.split("/")
    if not path or path.startswith("/") or ".." in parts or "\0" in path:
        raise Unreadable("outside_folder", "the path must lead from the folder downwards, without '..'")
    here = root
    for part in parts:
        here = f"{here}/{part}"
        found = os.lstat(here)
        if stat.S_ISLNK(found.st_mode):
            insist_on_target_inside(root, f"{root}/{path}")
            return os.stat(f"{root}/{path}")
    return found


def check_plain(found: os.stat_result) -> None:
    """Refuse what is not a plain file with something in it that fits into memory.

    Raises
    ------
    Unreadable
        `not_supported`, `empty_file` or `too_large`.
    """
    if not stat.S_ISREG(found.st_mode):
        kind = _SPECIAL.get(stat.S_IFMT(found.st_mode), "something else")
        raise Unreadable("not_supported", f"{kind}, not a file")
    if found.st_size == 0:
        raise Unreadable("empty_file", "0 bytes")
    if found.st_size > MAX_BYTES:
        raise Unreadable("too_large", f"{found.st_size:,} bytes; at most {MAX_BYTES:,} are read")


def read_file(root: str, path: str) -> bytes:
    """Read a file below a folder.

    Parameters
    ----------
    root, path : str
        See `inspect_file`.

    Raises
    ------
    Unreadable
        As `inspect_file`; `changed` when the file's size changes while it is read.

    Notes
    -----
    Invariants: nothing outside of the folder is read; no pipe, socket or device is waited for.
    """
    inspect_file(root, path)
    # Should a pipe have taken the file's place since, opening it without O_NONBLOCK would wait for a writer.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    try:
        handle = os.open(f"{root}/{path}", flags)
    except FileNotFoundError as error:
        raise Unreadable("missing_file", "the file vanished") from error
    except OSError as error:
        raise Unreadable("unreadable", _said(error)) from error
    with open(handle, "rb", buffering=0) as file:
        found = os.fstat(handle)
        check_plain(found)
        try:
            data: bytes = file.read(found.st_size + 1)
            while 0 < len(data) < found.st_size and (more := file.read(found.st_size + 1 - len(data))):
                data += more
        except OSError as error:
            raise Unreadable("unreadable", _said(error)) from error
    if len(data) != found.st_size:
        raise Unreadable("changed", f"{found.st_size:,} bytes were announced, {len(data):,} or more were read")
    return data


def insist_on_target_inside(root: str, file: str) -> None:
    """Refuse a path whose links lead out of the folder, in circles, or nowhere.

    Raises
    ------
    Unreadable
        `outside_folder` or `missing_file`.
    """
    try:
        target = os.path.realpath(file, strict=True)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreadable("missing_file", "a link leads nowhere") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable("missing_file", "a link leads in circles") from error
        raise Unreadable("unreadable", _said(error)) from error
    if os.path.commonpath((os.path.realpath(root), target)) != os.path.realpath(root):
        raise Unreadable("outside_folder", f"a link leads to {target!r}")


def _said(error: OSError) -> str:
    return error.strerror or type(error).__name__
