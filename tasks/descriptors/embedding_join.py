"""Which vector belongs to which record."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import normpath

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.errors import InputError, some

NOWHERE = -1


@dataclass(frozen=True)
class Joined:
    """Where the vectors of records are.

    Parameters
    ----------
    place : ndarray of int64, shape (n,)
        Row of each record's vector, `NOWHERE` where it has none.
    unused : int
        Vectors that belong to no record.
    """

    place: NDArray[np.int64]
    unused: int


def join_vectors(record_ids: Sequence[str], keys: Sequence[str], *, where: str) -> Joined:
    """Find each record's vector.

    Parameters
    ----------
    record_ids : sequence of str, length n
        `<input>/<path or id>`.
    keys : sequence of str
        Record ids, or what follows `<input>/` in them where only one input has it.
    where : str
        What names the vectors in the configuration.

    Returns
    -------
    Joined

    Raises
    ------
    InputError
        When a key occurs twice, may mean records of several inputs, or when no key means any record.
    """
    at = {key: row for row, key in enumerate(keys)}
    if len(at) < len(keys):
        twice = sorted(key for key, count in Counter(keys).items() if count > 1)
        raise InputError(f"{where}: {len(twice):,} records have more than one vector: {some(twice)}. Leave one each.")
    place = np.array([at.get(name, NOWHERE) for name in record_ids], np.int64)
    formed = {_form(key): row for row, key in enumerate(keys)}
    short: dict[str, str] = {}
    for row in np.flatnonzero(place == NOWHERE).tolist():
        name = record_ids[row]
        inside = name.partition("/")[2]
        if (whole := formed.get(_form(name))) is not None:
            place[row] = whole
        elif (part := at.get(inside, formed.get(_form(inside)))) is not None:
            place[row] = part
            if (other := short.setdefault(inside, name)) != name:
                raise InputError(
                    f"{where}: {inside!r} may mean {other!r} or {name!r}. Write whole record ids, with the input's "
                    f"name before: {other!r}."
                )
    used = int(np.count_nonzero(np.bincount(place[place >= 0], minlength=len(keys)))) if len(keys) else 0
    if keys and not used and len(record_ids):
        raise InputError(
            f"{where}: none of its {len(keys):,} keys, such as {keys[0]!r}, means one of the {len(record_ids):,} "
            f"records, such as {record_ids[0]!r}. Name the column that holds record ids, paths or ids in `id`."
        )
    return Joined(place, len(keys) - used)


def _form(key: str) -> str:
    """Bring a path to the form in which it is compared: editors and systems differ in slashes and accents."""
    return unicodedata.normalize("NFC", normpath(key.replace("\\", "/")))


def joined_column(vectors: pa.ChunkedArray, place: NDArray[np.int64]) -> pa.Array:
    """Return the vectors in the records' order; null where a record has none."""
    rows = pa.array(np.maximum(place, 0), mask=place == NOWHERE)
    return vectors.combine_chunks().take(rows)
