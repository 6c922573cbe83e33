"""What a disk answers when it fails, in words: where, why, and what to do."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import InputError, MatchsetError, StoreError

_RIGHTS = "Mend its permissions, or name another folder in `store`."
_AWAY = "The network share or disk does not answer: mount it again."
REMEDIES: dict[int, str] = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "The disk is mounted read-only: mount it for writing, or name another folder in `store`.",
    errno.EIO: "The disk reports a fault: look into the system's log, check the disk, and have a backup at hand.",
    errno.ESTALE: _AWAY,
    errno.ENODEV: _AWAY,
    errno.ENXIO: _AWAY,
    errno.ENOTCONN: _AWAY,
    errno.EHOSTDOWN: _AWAY,
    errno.ENOSPC: "Free some space; the store's work/ folder is safe to delete.",
    errno.EDQUOT: "Free some of your quota; the store's work/ folder is safe to delete.",
    errno.EFBIG: "The disk cannot hold a file of that size: name a folder on another one in `store`.",
    errno.ENAMETOOLONG: "The disk cannot hold so long a name: name a shorter path in `store`.",
    errno.EMFILE: "Too many files are open: raise the limit (ulimit -n), or run fewer shards with --workers.",
    errno.ENFILE: "Too many files are open on this machine: run fewer shards with --workers.",
    errno.ENOENT: "Something removed it while it was in use. Leave the store alone while a build runs.",
    errno.EXDEV: "A store must lie on one disk: no folder in it may be a mount or a link to another.",
    errno.EBUSY: "Another program holds it. Close that program.",
}
"""What an operating system's number of an error asks for."""


@contextmanager
def disk_errors_told(root: Path) -> Iterator[None]:
    """Turn the disk errors of a block that works on a store into errors that say what to do; others pass as they are.

    Raises
    ------
    StoreError
        For what lies in the store, or for what names no file: all other files are opened where their errors are known.
    InputError
        For a file outside of the store.
    """
    try:
        yield
    except OSError as error:
        if (told := _told(error, root)) is None:
            raise
        raise told from error


def _told(error: OSError, root: Path) -> MatchsetError | None:
    """Return an error that says what to do, or None for an error of another kind, such as a lost connection."""
    if error.errno is None or isinstance(error, ConnectionError | TimeoutError):
        return None
    named = error.filename if isinstance(error.filename, str | os.PathLike) else None
    if named is None and error.errno not in REMEDIES:
        return None
    place = root if named is None else Path(named)
    if not place.absolute().is_relative_to(root.absolute()):
        return InputError(f"{place}: {os.strerror(error.errno)}. Mend that, then run the same command again.")
    remedy = REMEDIES.get(error.errno, "Mend that, or name another folder in `store`.")
    return StoreError(
        f"store: {place}: {os.strerror(error.errno)}. {remedy} What is published stays whole, and the same command "
        f"goes on where it stopped."
    )
