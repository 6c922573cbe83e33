"""Near-duplicates that are in two splits: counted from the pairs themselves, whatever atoms say."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tasks.catalog.schema import SPLITS
from tasks.shift.accounting import count
from tasks.shift.measurements import Measurement


def count_pairs(pairs: pa.Table, manifest: pa.Table) -> Iterator[Measurement]:
    """Count near-duplicates, exact ones included, whose records are in two splits.

    Parameters
    ----------
    pairs : pa.Table
        `first` and `second`: ids of records that were verified to hold the same, records in no split among them.
    manifest : pa.Table
        One row a record: record_id, split, synthetic.

    Yields
    ------
    Measurement
        shared_pairs, every pair of splits: the pairs, or clusters of more, with records in both. Two copies of one
        record that is in no split itself are a pair.

    Notes
    -----
    Invariants: where a pair's records are in two splits, the count of these two is above 0; neither the order of pairs
    nor which pairs hold a cluster together matters.
    """
    real = manifest.filter(pc.invert(manifest["synthetic"]))
    known = real["record_id"].combine_chunks()
    named = pa.concat_arrays([pairs[side].combine_chunks().cast(known.type) for side in ("first", "second")])
    ids = named.dictionary_encode()
    ends = ids.indices.to_numpy().astype(np.int64).reshape(2, -1)
    n = len(ids.dictionary)
    graph = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(n, n))
    cluster = connected_components(graph, directed=False)[1]
    place = pc.index_in(ids.dictionary, value_set=known)
    split = np.array(real["split"].take(place).to_pylist(), dtype=object)
    held = {name: np.unique(cluster[split == name]) for name in SPLITS}
    rows = {name: int(pc.sum(pc.equal(real["split"], name)).as_py() or 0) for name in SPLITS}
    for a, b in combinations([name for name in SPLITS if rows[name]], 2):
        yield Measurement("shared_pairs", a, b, None, count(_common(held[a], held[b]), rows[a], rows[b]))


def _common(one: NDArray[np.int64], two: NDArray[np.int64]) -> int:
    return len(np.intersect1d(one, two, assume_unique=True))
