"""Clips and pictures of a pool that hold what a record holds: a model would meet in training what it is judged on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.catalog.digest import digest_bytes
from tasks.errors import Unreadable
from tasks.modalities.media import Media


def taken_clips(kind: Media, prepared: Mapping[str, Any], records: pa.Table) -> dict[str, str]:
    """Find clips with the same bytes, or the same samples, as a record; or pictures with the same pixels.

    Parameters
    ----------
    kind : Media
    prepared : mapping
        What `Modality.prepare` made; without recorded noise or backgrounds nothing is found.
    records : pa.Table
        Columns record_id, file_hash and content_hash, of every split.

    Returns
    -------
    dict of str to str
        Clip `<folder>/<file>` -> the first record that holds the same.

    Notes
    -----
    A copy at another level or in a lossy container is another matter: `tasks.noise.pool_heard` listens for these.
    """
    folders = [*prepared.get("noise", ()), *prepared.get("backgrounds", ())]
    if not folders:
        return {}
    known: dict[str, str] = {}
    for name in ("content_hash", "file_hash"):
        for digest, record in zip(records[name].to_pylist(), records["record_id"].to_pylist(), strict=True):
            known[digest] = min(record, known.get(digest, record))
    found = {}
    for folder, path, _ in folders:
        for place, digest in prepared["state"][str(path)].items():
            same = known.get(digest) or known.get(_content(kind, Path(path) / place))
            if same is not None:
                found[f"{folder}/{place}"] = same
    return found


def _content(kind: Media, path: Path) -> str:
    """Return the digest of what a file holds, or nothing that a record could have where it cannot be read."""
    try:
        return digest_bytes(kind.identify(kind.open(path.read_bytes())[0]))
    except (Unreadable, OSError):
        return ""  # the pool refuses it, with the reason
