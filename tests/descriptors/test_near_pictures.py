"""Near pictures: equal ones are always tied, crowds hold together, other labels must be nearer."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors import near_pictures as module
from tasks.descriptors import nearest
from tasks.descriptors.fingerprint import KEPT, LOWEST_FIRST, Pictures
from tasks.descriptors.near_pictures import OTHER_LABEL, near_pictures
from tasks.descriptors.neighbours import clusters


def made(codes):
    return Pictures(np.arange(len(codes)), codes)


def unrelated(number, seed=0):
    return np.clip(np.random.default_rng(seed).normal(0, 30, (number, 144)), -127, 127).astype(np.int8)


def shaken(codes, seed=0):
    return np.clip(codes + np.random.default_rng(seed).integers(-1, 2, codes.shape), -127, 127).astype(np.int8)


def test_copies_are_tied_and_others_are_not():
    base = unrelated(60)
    found = near_pictures(made(np.concatenate([base, shaken(base[:30]), base[:10]])), [None] * 100, "image")
    expected = [(i, 60 + i) for i in range(30)] + [(i, 90 + i) for i in range(10)]
    assert clusters(100, found.pairs).tolist() == clusters(100, np.array(expected)).tolist()
    assert len(found.pairs) == 40
    assert (found.distances <= found.threshold).all()
    assert np.count_nonzero(found.distances == 0) == 10


def test_thousands_of_equal_pictures_are_tied_without_comparing_them():
    found = near_pictures(made(np.repeat(unrelated(2), 3000, axis=0)), [None] * 6000, "image")
    assert len(found.pairs) == 5998
    assert found.compared <= 1


def test_a_crowd_larger_than_what_each_proposes_is_one_cluster(monkeypatch):
    monkeypatch.setattr(module, "PROPOSED", (2, 4))
    crowd = np.concatenate([shaken(np.repeat(unrelated(1), 20, axis=0), seed) for seed in range(40)])
    found = near_pictures(made(crowd), [None] * 800, "image")
    assert found.crowded == 800
    assert len(found.pairs) == 799


def falling(number, seed=0):
    """Amplitudes that fall with the frequency, as those of photos do: alignment explains little of a crowd's noise."""
    down, across = np.divmod(LOWEST_FIRST, KEPT)
    strength = 1 / np.maximum(np.hypot(down, across), 1)
    strength[0] = 0
    numbers = (
        np.random.default_rng(seed).normal(size=(number, 144)) * strength * 12 / np.sqrt(np.square(strength).sum())
    )
    return np.clip(np.rint(np.sign(numbers) * np.sqrt(np.abs(numbers)) * 36), -127, 127).astype(np.int8)


def test_a_crowd_that_bands_take_apart_is_one_cluster_and_its_surroundings_are_not(monkeypatch):
    monkeypatch.setattr(module, "WHOLE", 1000)
    monkeypatch.setattr(nearest, "WHOLE", 1000)
    crowd = np.repeat(falling(1), 4000, axis=0)
    crowd[:, :100] = shaken(crowd[:, :100])
    found = near_pictures(made(np.concatenate([crowd, falling(1000, 1)])), [None] * 5000, "image")
    tied = clusters(5000, found.pairs)
    assert len(np.unique(tied[:4000])) == 1
    assert len(np.unique(tied)) == 1001


def test_pictures_of_different_labels_must_be_nearer():
    base = unrelated(40)
    strength = np.linspace(0, 12, 40)[:, None]
    other = np.clip(base + strength * np.random.default_rng(5).normal(size=base.shape), -127, 127).astype(np.int8)
    pictures = made(np.concatenate([base, other]))
    same = near_pictures(pictures, ["a", *["b"] * 39] * 2, "image")
    differ = near_pictures(pictures, ["a"] * 40 + ["b"] * 40, "image")
    assert 0 < len(differ.pairs) < len(same.pairs)
    assert differ.distances.max() <= OTHER_LABEL * differ.threshold


@given(st.integers(0, 999))
@settings(max_examples=10, deadline=None)
def test_the_order_of_pictures_does_not_matter(seed):
    base = unrelated(30, seed)
    codes = np.concatenate([base, shaken(base[:15], seed), base[:5]])
    order = np.random.default_rng(seed).permutation(50)
    found = near_pictures(made(codes), [None] * 50, "image")
    moved = near_pictures(made(codes[order]), [None] * 50, "image")
    here = clusters(50, found.pairs)[order]
    there = clusters(50, moved.pairs)
    assert (np.equal.outer(here, here) == np.equal.outer(there, there)).all()


def test_more_pictures_untie_nothing_that_the_same_threshold_ties():
    base = unrelated(80)
    few = near_pictures(made(np.concatenate([base[:20], shaken(base[:20])])), [None] * 40, "image")
    many = near_pictures(made(np.concatenate([base[:20], shaken(base[:20]), base[20:]])), [None] * 100, "image")
    assert many.threshold == few.threshold
    assert {tuple(pair) for pair in few.pairs.tolist()} <= {tuple(pair) for pair in many.pairs.tolist()}
