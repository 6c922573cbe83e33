"""Decks: every recording as often as any other, every second before any again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.noise.pool import Clip, Pool
from tasks.noise.pool_decks import MOST_OFTEN, deal, deck_shares
from tasks.noise.uniforms import record_keys, uniforms


def pool(lengths: list[list[float]]) -> dict[str, tuple[Clip, ...]]:
    return Pool(
        tuple(
            Clip(f"a/{r}-{c}", f"a/{r}", np.ones(max(1, round(length * 100)), np.int16), 1e-3, 100, 1e-6)
            for r, clips in enumerate(lengths)
            for c, length in enumerate(clips)
        )
    ).by_recording


def keys_of(n: int, seed: int = 0) -> np.ndarray:
    return record_keys([f"p{i}" for i in range(n)], np.ones(n, np.int32), seed)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(0, 200), st.integers(0, 100))
def test_recordings_differ_by_at_most_two_after_any_number_of_records(recordings, n, seed) -> None:
    keys = keys_of(n, seed)
    rank = uniforms(keys, "noise")
    dealt = deal(pool([[1.0]] * recordings), rank, keys, "noise")
    served = [dealt.clips[place].recording for place in np.argsort(rank)]
    counts = dict.fromkeys((f"a/{r}" for r in range(recordings)), 0)
    for name in served:
        counts[name] += 1
        assert max(counts.values()) - min(counts.values()) <= 2


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(30)), st.integers(0, 100))
def test_the_order_of_records_does_not_matter(order, seed) -> None:
    keys = keys_of(30, seed)
    recorded = pool([[1.0, 2.0], [0.5], [3.0]])
    rank = uniforms(keys, "noise")
    whole = deal(recorded, rank, keys, "noise")
    shuffled = deal(recorded, rank[list(order)], keys[list(order)], "noise")
    assert [clip.name for clip in shuffled.clips] == [whole.clips[i].name for i in order]
    assert np.array_equal(shuffled.offset_s, whole.offset_s[list(order)])


def test_all_of_a_recording_is_heard_before_any_of_it_again() -> None:
    keys = keys_of(50)
    dealt = deal(pool([[10.0, 6.0, 4.0]]), uniforms(keys, "noise"), keys, "noise")
    begins = {"a/0-0": 0.0, "a/0-1": 10.0, "a/0-2": 16.0}
    place = sorted(begins[clip.name] + offset for clip, offset in zip(dealt.clips, dealt.offset_s, strict=True))
    # Of three gap theorem: no gap is longer than 1 / golden ratio of the even one times two.
    gaps = np.diff([*place, place[0] + 20.0])
    assert gaps.max() < 2.7 * 20 / 50
    assert gaps.min() > 0.3 * 20 / 50
    for clip, offset in zip(dealt.clips, dealt.offset_s, strict=True):
        assert 0 <= offset < clip.duration_s


def test_a_short_recording_is_dealt_less_often() -> None:
    keys = keys_of(5000)
    recorded = pool([[10.0]] * 9 + [[0.25]])
    dealt = deal(recorded, uniforms(keys, "noise"), keys, "noise")
    counts = dict.fromkeys(recorded, 0)
    for clip in dealt.clips:
        counts[clip.recording] += 1
    long = np.mean([counts[f"a/{r}"] for r in range(9)])
    assert counts["a/9"] / long == pytest.approx(MOST_OFTEN * 0.25 / 10, rel=0.05)
    assert deck_shares(np.array([10.0, 10.0, 3600.0])).tolist() == [1, 1, 1]


def test_decks_of_other_records_and_other_names_are_shuffled_otherwise() -> None:
    recorded = pool([[1.0]] * 12)
    keys, others = keys_of(24), keys_of(24, seed=1)
    rank = uniforms(keys, "noise")

    def names(keys: np.ndarray, name: str) -> list[str]:
        return [clip.name for clip in deal(recorded, rank, keys, name).clips]

    assert names(keys, "noise") != names(others, "noise")
    assert names(keys, "noise") != names(keys, "room")
