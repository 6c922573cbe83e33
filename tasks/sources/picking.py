"""Pick a few heads of an input to look at: by their ids and the seed, labels in turn."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa

from tasks.sources.shards import Shard


def pick_heads(shards: Iterable[Shard], *, most: int, seed: int) -> pa.Table | None:
    """Pick heads so that every label comes up before any comes up again.

    Parameters
    ----------
    shards : iterable of Shard
        Taken one after the other; at most `most` heads of a label are kept of them.
    most : int
        Heads in all.
    seed : int

    Returns
    -------
    pa.Table or None
        At most `most` heads; None where no shard has one.

    Notes
    -----
    Invariant: the order of the shards and of their rows does not matter.
    """
    kept: pa.Table | None = None
    for shard in shards:
        heads = shard.heads if kept is None else pa.concat_tables([kept, shard.heads], promote_options="permissive")
        kept = heads.take(pa.array([place for rank, _, place in _in_turn(heads, seed) if rank < most], pa.int64()))
    if kept is None or not kept.num_rows:
        return None
    return kept.take(pa.array([place for _, _, place in _in_turn(kept, seed)][:most], pa.int64()))


def _in_turn(heads: pa.Table, seed: int) -> list[tuple[int, bytes, int]]:
    """Return the rank of each row among those of its label, its hash, and its place, in the order of both."""
    ids = heads["record_id"].to_pylist()
    labels = heads["label"].to_pylist() if "label" in heads.column_names else [None] * len(ids)
    classes = labels if all(label is None or isinstance(label, str) for label in labels) else [None] * len(ids)
    hashes = [hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest() for name in ids]
    seen: defaultdict[str | None, int] = defaultdict(int)
    ranked = []
    for place in sorted(range(len(ids)), key=lambda place: (hashes[place], ids[place])):
        ranked.append((seen[classes[place]], hashes[place], place))
        seen[classes[place]] += 1
    return sorted(ranked)
