"""Near-duplicate pictures: neighbours propose, alignment verifies, and chance sets the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tasks.descriptors.alignment import aligned_distances
from tasks.descriptors.calibration import SURE, calibrate, label_codes
from tasks.descriptors.copying import Floats, Kind
from tasks.descriptors.crowds import looking_again
from tasks.descriptors.fingerprint import Pictures
from tasks.descriptors.nearest import WHOLE, nearest_pairs
from tasks.descriptors.neighbours import clusters, spanning_forest
from tasks.descriptors.projection import NUMBERS, learn_projection

PROPOSED = (4, 24)
"""Fewest and most neighbours that a picture proposes; of 5,000 digits, those cropped by a pixel are among the 24."""
VERIFIED = 1 << 18
"""Neighbours that all pictures propose together, as far as the fewest allow: what is verified takes seconds."""
ALIGNED = 1 << 19
"""Neighbours that are aligned at most, the nearest first: of a million pictures few are near any other."""
UNITS = (2.0, 6.0)
"""Neighbours may always be so many of copying's usual changes apart in each direction, and never more than so many."""
OTHER_LABEL = 0.5
"""Pictures of different labels must be nearer by this factor: the label speaks against a copy."""
CHANCE = 0.02
"""Neighbours that chance may bring within a picture's own threshold."""
DIMENSION = 8.0
"""Power at which neighbours grow more numerous with the distance, for the thresholds of single pictures. Measured: 7 to
10 for digits."""
SAMPLE = 4096
ROUNDS = 6
"""How often parts of a crowd look for each other, at most."""
_CHUNK = 1 << 12


@dataclass(frozen=True)
class NearPictures:
    """Pairs of near-duplicates: a spanning forest of their clusters.

    Parameters
    ----------
    pairs : (m, 2) int64
        Smaller first, in ascending order.
    distances : (m,) float64
        Aligned distances, at most the threshold; 0 same, about 1.4 unrelated.
    threshold : float
    calibration : str
        How the threshold was set.
    compared : int
        Candidates that were aligned.
    crowded : int
        Pictures with more look-alikes than they may propose.
    """

    pairs: NDArray[np.int64]
    distances: NDArray[np.float64]
    threshold: float
    calibration: str
    compared: int
    crowded: int

    def of(self, pairs: NDArray[np.int64], distances: NDArray[np.float64]) -> "NearPictures":
        """Return the same with other pairs."""
        return replace(self, pairs=pairs, distances=distances)


def near_pictures(pictures: Pictures, labels: Sequence[str | None], kind: Kind) -> NearPictures:
    """Find pictures that are copies of each other.

    Parameters
    ----------
    pictures : Pictures, m pictures
        In an order that does not depend on the order of records: the order decides which edges stand for a cluster.
    labels : sequence of (str or None)
        The label of each fingerprint; None: not labelled.
    kind : {"image", "audio"}
        What copying does.

    Returns
    -------
    NearPictures

    Notes
    -----
    Invariants: nothing is random; equal pictures have distance 0 and are always tied. Work is bounded by the number of
    pictures: a crowd of look-alikes is held together by neighbours, and by those of its members that look again.
    """
    m = len(pictures.codes)
    equal, rows = _equal(pictures.codes)
    known = label_codes(labels)[pictures.owners]
    points = _points(pictures, rows, kind)
    most = _proposing(len(rows))
    limit = _limit(points, most)
    proposed, squares, crowded = nearest_pairs(points, most=most, limit=limit)
    if len(proposed) > ALIGNED:
        nearest_first = np.argsort(squares, kind="stable")
        crowded[proposed[nearest_first[ALIGNED:]]] = True
        proposed = proposed[np.sort(nearest_first[:ALIGNED])]
    pairs, distances = _aligned(pictures, rows[proposed], kind)
    threshold, calibration = calibrate(m, pairs, distances, known, kind)
    reach = np.minimum(threshold, _own_thresholds(m, pairs, distances, most, SURE[kind]))
    kept = _accepted(pairs, distances, known, reach)
    found, far = [equal, pairs[kept]], [np.zeros(len(equal)), distances[kept]]
    compared = len(pairs)
    for _ in range(ROUNDS):
        cluster = clusters(m, np.concatenate(found))
        some = looking_again(points, cluster[rows], most=most, limit=limit)
        if not len(some):
            break
        again, _, _ = nearest_pairs(points[some], most=max(most, _proposing(len(some))), limit=limit)
        again = again[cluster[rows[some[again[:, 0]]]] != cluster[rows[some[again[:, 1]]]]]
        pairs, distances = _aligned(pictures, rows[some[again]], kind)
        kept = _accepted(pairs, distances, known, reach)
        found.append(pairs[kept])
        far.append(distances[kept])
        compared += len(pairs)
        if not kept.any():
            break
    tree, lengths = spanning_forest(m, np.concatenate(found), np.concatenate(far))
    return NearPictures(tree, lengths, threshold, calibration, compared, int(crowded.sum()))


def _proposing(number: int) -> int:
    return int(np.clip(VERIFIED // max(number, 1), *PROPOSED))


def _equal(codes: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a star for each set of equal pictures, and the rows of the first of each."""
    words = codes.view(np.uint64) if codes.shape[1] % 8 == 0 else codes.astype(np.uint64)
    factors = (np.arange(1, words.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
    mixed = words ^ (words >> np.uint64(29))
    hashes = (mixed * factors).sum(axis=1, dtype=np.uint64)
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    centres = first[inverse]
    # Where two pictures share a hash without being equal, both stand for themselves.
    centres = np.where((codes == codes[centres]).all(axis=1), centres, np.arange(len(codes)))
    copies = np.flatnonzero(centres != np.arange(len(codes)))
    rows = np.flatnonzero(centres == np.arange(len(codes)))
    return np.column_stack([centres[copies], copies]), rows


def _points(pictures: Pictures, rows: NDArray[np.int64], kind: Kind) -> Floats:
    if not len(rows):
        return np.empty((0, NUMBERS), dtype=np.float32)
    sample = rows[:: -(-len(rows) // SAMPLE)]
    projection = learn_projection(pictures.numbers(sample), kind)
    points = np.empty((len(rows), NUMBERS), dtype=np.float32)
    for start in range(0, len(rows), _CHUNK):
        points[start : start + _CHUNK] = pictures.numbers(rows[start : start + _CHUNK]) @ projection
    return points


def _limit(points: Floats, most: int) -> float:
    """Return how far apart copies may be; of very many pictures, no further than leaves each some by chance."""
    least, furthest = (units * float(np.sqrt(NUMBERS)) for units in UNITS)
    if len(points) <= WHOLE:
        return furthest
    some = points[:: -(-len(points) // SAMPLE)]
    apart = np.concatenate([np.linalg.norm(some - np.roll(some, step, axis=0), axis=1) for step in range(1, 65)])
    return float(np.clip(np.quantile(apart, most / len(points)), least, furthest))


def _aligned(pictures: Pictures, pairs: NDArray[np.int64], kind: Kind) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    pairs = pairs[pictures.owners[pairs[:, 0]] != pictures.owners[pairs[:, 1]]]
    parts = [np.empty(0)]
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        parts.append(aligned_distances(pictures.numbers(part[:, 0]), pictures.numbers(part[:, 1]), kind))
    return pairs, np.concatenate(parts)


def _accepted(
    pairs: NDArray[np.int64], distances: NDArray[np.float64], known: NDArray[np.int64], reach: NDArray[np.float64]
) -> NDArray[np.bool_]:
    one, two = known[pairs[:, 0]], known[pairs[:, 1]]
    differ = (one != two) & (one >= 0) & (two >= 0)
    nearer = np.minimum(reach[pairs[:, 0]], reach[pairs[:, 1]])
    return distances <= np.where(differ, OTHER_LABEL * nearer, nearer)


def _own_thresholds(
    m: int, pairs: NDArray[np.int64], distances: NDArray[np.float64], most: int, sure: float
) -> NDArray[np.float64]:
    """Return how near a picture's copies must be: nearer in a crowd, where chance brings others as near.

    Chance neighbours grow with a power of the distance, up to the furthest of those that a picture proposes.
    """
    ends = pairs.T.ravel()
    order = np.lexsort((np.tile(distances, 2), ends))
    sizes = np.bincount(ends, minlength=m)
    last = np.cumsum(sizes) - sizes + most - 1
    crowded = sizes >= most
    own = np.full(m, np.inf)
    furthest = np.tile(distances, 2)[order][last[crowded]]
    own[crowded] = np.maximum(sure, furthest * (CHANCE / most) ** (1 / DIMENSION))
    return own
