"""What a folder outside of the store holds, so that work is done again when it changes."""

from pathlib import Path

from tasks.catalog.digest import digest_file


def folder_state(folder: Path) -> dict[str, str]:
    """Return the digest of each file by its place in the folder: synthesis must run again when one changes."""
    return {
        path.relative_to(folder).as_posix(): digest_file(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
