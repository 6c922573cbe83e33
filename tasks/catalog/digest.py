"""Digests: of bytes, files, values and code. All are blake2b, written as hex."""

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

DIGEST_BYTES = 16


def digest_bytes(data: bytes) -> str:
    """Return the 128-bit digest of some bytes as 32 hex digits."""
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).hexdigest()


def digest_file(path: Path) -> str:
    """Return the digest of a file's content; memory is bounded."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=DIGEST_BYTES)).hexdigest()


def digest_value(value: Any) -> str:
    """Return the digest of a JSON-able value; the order of keys does not matter.

    Raises
    ------
    TypeError
        When the value holds something that JSON cannot say: better no digest than one that depends on an address.
    """
    return digest_bytes(json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode())


@cache
def digest_code(module_names: tuple[str, ...]) -> str:
    """Return the digest of the source files of modules and whole packages.

    Notes
    -----
    A package counts with every file below it (templates and default policies too), so that a result made by older
    code is never taken for one of today's.
    """
    seen: list[tuple[str, str]] = []
    for name in sorted(module_names):
        seen += [(f"{name}:{part}", digest_file(path)) for part, path in sorted(_files(name))]
    return digest_value([seen, sys.version_info[:2]])


def _files(module_name: str) -> Iterable[tuple[str, Path]]:
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module_name)
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        return [(origin.name, origin)]
    folder = origin.parent
    return [
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
