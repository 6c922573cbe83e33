"""Decks of recordings: who is dealt which noise, so that every recording is heard as often as any other."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.noise.pool import AnyPiece

MOST_OFTEN = 4.0
"""A second of a short recording is heard at most so many times as often as a second of the median one: equal shares for
half a second and for a minute would have a model learn the half second by heart."""
GOLDEN = (np.sqrt(5) - 1) / 2
"""Steps of this share of a length leave the places that they meet as even as they can be, after any number of steps."""

Keys = NDArray[np.uint64]


class Dealt(NamedTuple, Generic[AnyPiece]):
    """A clip a place, and where in it to begin."""

    clips: list[AnyPiece]
    offset_s: NDArray[np.float64]


def deal(
    by_recording: Mapping[str, Sequence[AnyPiece]],
    rank: NDArray[np.float64],
    keys: Keys,
    name: str,
    shares: Mapping[str, float] | None = None,
) -> Dealt[AnyPiece]:
    """Deal clips from shuffled decks, without putting any back before a deck is empty.

    Parameters
    ----------
    by_recording : mapping of str to sequence of Clip or Background
        A pool's, with at least one.
    rank : (n,) float64
        Records are served in this order, lowest first.
    keys : (n,) uint64
        Of the records; they break ties, and together they shuffle.
    name : str
        What is dealt: decks of different names have nothing to do with each other.
    shares : mapping of str to float, optional
        Category -> its share of what is dealt, among those that the pool has. Where it has none of them, and without
        shares, every recording has its turn.

    Returns
    -------
    Dealt
        In step with `keys`.

    Notes
    -----
    A deck holds each recording once (a short one at times: `MOST_OFTEN`). Among the first k records served, for any k,
    two recordings of median length differ by at most two; each use of a recording begins a golden section of its length
    after the use before, so that all of it is heard before anything is heard again. What is dealt depends on the set of
    keys and on the ranks, not on their order; records served later change nothing of what was dealt before, as long as
    the set of keys stays.
    """
    order = np.lexsort((keys, rank))
    recordings = list(by_recording.values())
    lengths = np.array([sum(clip.length for clip in clips) for clips in recordings])
    rng = np.random.Generator(np.random.Philox(_shuffle(keys, name)))
    phase = rng.random(len(recordings))
    who = _decks(len(keys), _shared_out(deck_shares(lengths), [clips[0].category for clips in recordings], shares), rng)
    times = _occurrences(who)
    share = (phase[who] + times * GOLDEN) % 1.0
    chosen: list[AnyPiece] = [recordings[0][0]] * len(keys)
    offset_s = np.empty(len(keys))
    for number, clips in enumerate(recordings):
        served = np.flatnonzero(who == number)
        ends = np.cumsum([clip.length for clip in clips])
        place_s = share[served] * ends[-1]
        which = np.minimum(np.searchsorted(ends, place_s, side="right"), len(clips) - 1)
        begins = np.concatenate([[0.0], ends[:-1]])[which]
        offset_s[order[served]] = place_s - begins
        for place, clip in zip(order[served].tolist(), which.tolist(), strict=True):
            chosen[place] = clips[clip]
    return Dealt(chosen, offset_s)


def deck_shares(lengths_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return in which share of the decks each recording lies: 1, and less for those far shorter than the median."""
    return np.minimum(1.0, MOST_OFTEN * lengths_s / np.median(lengths_s))


def _shared_out(
    turns: NDArray[np.float64], categories: Sequence[str], shares: Mapping[str, float] | None
) -> NDArray[np.float64]:
    """Return in which share of the decks each recording lies so that each category has its share of what is dealt."""
    if shares is None:
        return turns
    asked = np.array([shares.get(category, 0.0) for category in categories])
    if not asked.any():
        return turns
    names, code = np.unique(categories, return_inverse=True)
    together = np.bincount(code, weights=turns, minlength=len(names))[code]
    found = turns * asked / together
    return np.asarray(found / found.max())


def _shuffle(keys: Keys, name: str) -> int:
    """Hash a set of keys into a seed."""
    known = np.sort(keys).astype("<u8").tobytes()
    return int.from_bytes(hashlib.blake2b(known + name.encode(), digest_size=8, person=b"matchset-deck").digest())


def _decks(n: int, shares: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Shuffle deck after deck until there are n cards: the number of a recording each."""
    count = int(np.ceil(n / shares.sum())) + 2
    begin = rng.random(len(shares))
    turns = np.floor(np.arange(count + 1)[:, None] * shares + begin)
    present = np.diff(turns, axis=0) > 0
    place = np.where(present, rng.random(present.shape), 2.0)
    order = np.argsort(place, axis=1)
    return np.asarray(order[np.take_along_axis(present, order, axis=1)][:n])


def _occurrences(who: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count at each place how often its number stood there before."""
    order = np.argsort(who, kind="stable")
    ordered = who[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(who)]
    starts = np.flatnonzero(first)
    run = np.arange(len(who)) - np.repeat(starts, np.diff(np.append(starts, len(who))))
    found = np.empty(len(who), np.int64)
    found[order] = run
    return found
