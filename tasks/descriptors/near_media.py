"""Images or sounds that show or sound the same."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.descriptors.alignment import aligned_distances
from tasks.descriptors.copying import Kind
from tasks.descriptors.fingerprint import Pictures, decode_pictures
from tasks.descriptors.near_pictures import NearPictures, near_pictures
from tasks.descriptors.neighbours import clusters, spanning_forest

JINGLE = 4
"""A picture in more sounds than these says little: copies and cuts of one recording come in twos and threes."""
FEW = 3
"""A sound with so few pictures is tied by one of them: its others may be of moments that the other sound lacks."""


def near_media(fingerprints: pa.ChunkedArray, labels: Sequence[str | None], kind: Kind) -> NearPictures:
    """Find fingerprints that share their pictures.

    Parameters
    ----------
    fingerprints : pa.ChunkedArray of binary, length n
        In an order that does not depend on how the records came.
    labels : sequence of (str or None), length n
        They set the threshold, and records of different labels must be nearer.
    kind : {"image", "audio"}
        What copying does to a picture.

    Returns
    -------
    NearPictures
        With pairs of fingerprints.

    Notes
    -----
    An image has one picture. A sound has one to six: two sounds are tied when they share two of them, or one where one
    of the two sounds has no more than three. One that more than 4 sounds share may be a beep or a jingle: it ties
    only sounds that hold nothing else.
    """
    pictures = decode_pictures(fingerprints)
    near = near_pictures(pictures, labels, kind)
    n = len(fingerprints)
    number = np.bincount(pictures.owners, minlength=n)
    if number.max(initial=0) <= 1:
        return near.of(pictures.owners[near.pairs], near.distances)
    pairs = _sharing(clusters(len(pictures.owners), near.pairs), pictures.owners, number)
    return near.of(*spanning_forest(n, pairs, _nearest(pictures, pairs, number, kind)))


def _sharing(cluster: NDArray[np.int64], owners: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tie owners that share enough clusters of pictures: a star a cluster, or a star a pair of clusters."""
    both = np.unique(np.column_stack([cluster, owners]), axis=0)  # an owner counts once in a cluster
    pictures = number[both[:, 1]]
    alone = both[pictures == 1]
    rare = both[np.bincount(both[:, 0])[both[:, 0]] <= JINGLE]
    shared = np.bincount(both[:, 0])[both[:, 0]] > 1
    several = both[(pictures > 1) & shared]
    several = several[np.lexsort((several[:, 0], several[:, 1]))]
    pairs = [_stars(alone[:, 0], alone[:, 1]), _stars(rare[:, 0], rare[:, 1], centre=number[rare[:, 1]] <= FEW)]
    # Every two of an owner's clusters: between two that it shares with one owner may lie what it shares with another.
    keys, holders = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for step in range(1, int(np.bincount(several[:, 1]).max(initial=0))):
        same = several[step:, 1] == several[:-step, 1]
        keys.append(several[:-step, 0][same] * len(cluster) + several[step:, 0][same])
        holders.append(several[step:, 1][same])
    pairs.append(_stars(np.concatenate(keys), np.concatenate(holders)))
    return np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)


def _stars(
    keys: NDArray[np.int64], owners: NDArray[np.int64], centre: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Tie each owner to the first owner of its key that may be a centre; keys without a centre tie none."""
    centre = np.ones(len(keys), dtype=bool) if centre is None else centre
    order = np.lexsort((owners, ~centre, keys))
    keys, owners, centre = keys[order], owners[order], centre[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1) != 0)
    first = np.repeat(starts, np.diff(np.append(starts, len(keys))))
    tied = centre[first] & (owners != owners[first])
    return np.column_stack([owners[first][tied], owners[tied]])


def _nearest(
    pictures: Pictures, pairs: NDArray[np.int64], number: NDArray[np.int64], kind: Kind
) -> NDArray[np.float64]:
    """Return the distance of the two most similar pictures of each pair of owners."""
    first = np.cumsum(number) - number
    nearest = np.full(len(pairs), np.inf)
    for i, j in np.ndindex(int(number.max()), int(number.max())):
        there = (i < number[pairs[:, 0]]) & (j < number[pairs[:, 1]])
        one, two = first[pairs[there, 0]] + i, first[pairs[there, 1]] + j
        distance = aligned_distances(pictures.numbers(one), pictures.numbers(two), kind)
        nearest[there] = np.minimum(nearest[there], distance)
    return nearest
