"""Deal what a pool holds to the rows of draws that have an operation."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.pool import AnyPiece
from tasks.noise.pool_decks import Dealt, deal
from tasks.noise.uniforms import uniforms

Flags = NDArray[np.bool_]


def deal_by_copy(
    table: pa.Table,
    operation: str,
    by_recording: Mapping[str, Sequence[AnyPiece]],
    among: Flags | None = None,
    shares: Mapping[str, float] | None = None,
) -> Dealt[AnyPiece]:
    """Deal to each copy of the parents from decks of its own, so that a further copy leaves those before as they were.

    Of rows that are not among those chosen, the clip means nothing.
    """
    keys, copy = keys_of(table), table.column("copy").to_numpy()
    clips = [next(iter(by_recording.values()))[0]] * len(keys)
    offset_s = np.zeros(len(keys))
    # The operation is drawn where this number is below its probability.
    reached = uniforms(keys, operation)
    for number in np.unique(copy).tolist():
        served = np.flatnonzero(copy == number if among is None else (copy == number) & among)
        name = operation if among is None else f"{operation}.second"
        dealt = deal(by_recording, reached[served], keys[served], name, shares)
        offset_s[served] = dealt.offset_s
        for place, clip in zip(served.tolist(), dealt.clips, strict=True):
            clips[place] = clip
    return Dealt(clips, offset_s)


def keys_of(table: pa.Table) -> NDArray[np.uint64]:
    """Return the keys of draws, (n,)."""
    return np.asarray(table.column("seed").to_numpy(), np.uint64)


def idle_rows(table: pa.Table, operation: str) -> Flags:
    """Return where an operation was not drawn, (n,)."""
    first = next(name for name in table.column_names if name.startswith(f"{operation}."))
    return np.asarray(table.column(first).is_null().to_numpy())
