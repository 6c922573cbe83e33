"""Exact and near-duplicates over a whole catalog."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.catalog.schema import DESCRIPTOR
from tasks.descriptors.copying import Kind
from tasks.descriptors.fingerprints import fingerprint_images, fingerprint_rows
from tasks.descriptors.near_cells import BELOW
from tasks.descriptors.near_media import near_media
from tasks.descriptors.near_rows import near_rows
from tasks.descriptors.neighbours import clusters
from tasks.descriptors.sound_key import fingerprint_sounds

__all__ = ["Duplicates", "find_duplicates", "fingerprint_images", "fingerprint_rows", "fingerprint_sounds"]


SIDES = (f"{DESCRIPTOR}width_px", f"{DESCRIPTOR}height_px")
SMALL_PX = 24
"""Of smaller pictures, a pixel is more than 4 % of the side, and compression leaves more than distinct ones differ by.
Measured on digits: of 28 px no copy is missed, of 20 px one in 60 that lack a pixel, of 14 px nearly all of these."""


@dataclass(frozen=True)
class Duplicates:
    """Pairs of records that hold the same content.

    Parameters
    ----------
    edges : (m, 2) int64
        Pairs of row indices, smaller first, ascending; a cluster of k records has k - 1 edges.
    kinds : (m,) str
        `exact` (equal content) or `near`.
    distances : (m,) float64
        How far the two are apart, in the threshold's unit; 0 for exact.
    by_chance : (n,) bool
        Rows of tables that equal others because chance makes rows so common equal: no evidence of one record twice.
    threshold : float
        The distance up to which two records count as near-duplicates. Images and sounds: root mean square difference of
        pictures scaled to unit contrast, where 1.4 is unrelated; tables: 1 is what every column tolerates, less than
        that where many different rows are nearly as near.
    calibration : str
        For the report: how the threshold was set.
    counts : mapping of str to int
        `records`, `exact` and `near` (edges), `largest_cluster` (records). Images and sounds: `small` (images below
        24 px), `without_fingerprint` (plain or silent: exact duplicates only), `compared` (candidate pairs), `crowded`
        (pictures with more look-alikes than are compared). Tables: `refused_as_chance` (edges left out),
        `expected_by_chance` (pairs).
    """

    edges: NDArray[np.int64]
    kinds: NDArray[np.str_]
    distances: NDArray[np.float64]
    by_chance: NDArray[np.bool_]
    threshold: float
    calibration: str
    counts: Mapping[str, int]


def find_duplicates(records: pa.Table, *, modality: str) -> Duplicates:
    """Find pairs of records that hold the same content, exactly or nearly.

    Parameters
    ----------
    records : pa.Table, n rows
        `tasks.catalog.schema.RECORDS`; record ids are unique.
    modality : {"image", "audio", "tabular"}
        What a record is.

    Returns
    -------
    Duplicates

    Notes
    -----
    Invariants: permuting the records permutes the result; k records of equal content make k - 1 edges; pairs are
    ascending and unique. Rows of tables are the exception: equal rows are tied only where chance does not explain that
    they are equal. A cluster's size is not limited: `counts["largest_cluster"]` tells of a giant.
    """
    # All work is done in the order of ids, so that row order cannot matter.
    order = pc.sort_indices(records.column("record_id")).to_numpy().astype(np.int64)
    in_order = records.take(pa.array(order))
    found = _rows(in_order) if modality == "tabular" else _media(in_order, "audio" if modality == "audio" else "image")
    edges = np.sort(order[found.edges], axis=1)
    place = np.lexsort((edges[:, 1], edges[:, 0]))
    kinds, distances = found.kinds[place], found.distances[place]
    counts = {
        "records": len(order),
        "exact": int(np.count_nonzero(kinds == "exact")),
        "near": int(np.count_nonzero(kinds == "near")),
        "largest_cluster": _largest(len(order), edges),
        **found.counts,
    }
    by_chance = np.empty(len(order), dtype=bool)
    by_chance[order] = found.by_chance
    return Duplicates(edges[place], kinds, distances, by_chance, found.threshold, found.calibration, counts)


def _media(records: pa.Table, kind: Kind) -> Duplicates:
    exact, originals = _exact(records.column("content_hash"))
    kept = records.select(["fingerprint", "label"]).take(pa.array(originals))
    near = near_media(kept.column("fingerprint"), kept.column("label").to_pylist(), kind)
    small = _small(records)
    calibration = near.calibration
    if small:
        calibration += (
            f"; of the {small:,} pictures below {SMALL_PX} px, copies that lack a pixel or were compressed strongly "
            "are found in part only"
        )
    counts = {
        "small": small,
        "without_fingerprint": pc.sum(pc.equal(pc.binary_length(kept.column("fingerprint")), 0)).as_py() or 0,
        "compared": near.compared,
        "crowded": near.crowded,
    }
    edges = np.concatenate([exact, originals[near.pairs]])
    kinds = np.repeat(np.array(["exact", "near"]), [len(exact), len(near.pairs)])
    distances = np.concatenate([np.zeros(len(exact)), near.distances])
    never = np.zeros(records.num_rows, dtype=bool)
    return Duplicates(edges, kinds, distances, never, near.threshold, calibration, counts)


def _small(records: pa.Table) -> int:
    """Count pictures whose shorter side is below 24 px; 0 where sizes are not known."""
    sides = [records[name] for name in SIDES if name in records.column_names]
    return int(pc.sum(pc.less(pc.min_element_wise(*sides), SMALL_PX)).as_py() or 0) if sides else 0


def _rows(records: pa.Table) -> Duplicates:
    columns = records.select([name for name in records.column_names if name.startswith(DESCRIPTOR)])
    near = near_rows(columns, records.column("label").to_pylist())
    content = records.column("content_hash").combine_chunks().dictionary_encode().indices.to_numpy()
    kinds = np.where(content[near.pairs[:, 0]] == content[near.pairs[:, 1]], "exact", "near")
    calibration = (
        "rows that agree in every column to its own granularity; rows so common that chance explains most of their "
        f"agreement are not tied (chance explains about {near.expected_by_chance:,.0f} agreeing pairs)"
    )
    if near.reach < BELOW:
        calibration += (
            f"; rows off the grid are tied within {near.reach:.2f} of a step: beyond, many others are as near"
        )
    counts = {"refused_as_chance": near.refused, "expected_by_chance": round(near.expected_by_chance)}
    return Duplicates(near.pairs, kinds, near.distances, near.by_chance, round(near.reach, 4), calibration, counts)


def _largest(n: int, edges: NDArray[np.int64]) -> int:
    return int(np.bincount(clusters(n, edges)).max(initial=0)) if n else 0


def _exact(content_hashes: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a star a content, from its first record to the others, and the first records."""
    codes = content_hashes.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rows = np.arange(len(codes))
    centre = first[inverse] if len(codes) else rows
    copies = rows[centre != rows]
    return np.column_stack([centre[copies], copies]).astype(np.int64), np.sort(first).astype(np.int64)
