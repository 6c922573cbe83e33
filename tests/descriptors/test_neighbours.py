"""Neighbours: all near pairs are tied, crowds cost no more than their size."""

import numpy as np
import pytest

from tasks.descriptors.fingerprint import Pictures
from tasks.descriptors.neighbours import REACH, clusters, near_pairs, spanning_forest


def made(codes):
    """Pictures from (m, 144) int8; the hash is that of the signs."""
    hashes = np.ascontiguousarray(np.packbits(codes[:, 1:65] > 0, axis=1)).view(np.uint64).ravel()
    return Pictures(np.arange(len(codes)), hashes, codes)


def unrelated(number, seed=0):
    return np.clip(np.random.default_rng(seed).normal(0, 30, (number, 144)), -127, 127).astype(np.int8)


def shaken(codes, seed=0):
    return np.clip(codes + np.random.default_rng(seed).integers(-1, 2, codes.shape), -127, 127).astype(np.int8)


def test_clusters_are_those_of_all_pairs():
    base = unrelated(60)
    pictures = made(np.concatenate([base, shaken(base[:30]), shaken(base[:10], 1)]))
    numbers = pictures.numbers(np.arange(100))
    apart = np.sqrt(np.mean(np.square(numbers[:, None] - numbers[None]), axis=2))
    every = np.argwhere(np.triu(apart <= 0.1, 1))
    found = near_pairs(pictures, 0.1)
    assert clusters(100, found.pairs).tolist() == clusters(100, every).tolist()
    assert len(found.pairs) == 40
    assert found.distances == pytest.approx(apart[found.pairs[:, 0], found.pairs[:, 1]], abs=1e-6)


def test_pairs_within_6_hash_bits_always_meet():
    rng = np.random.default_rng(0)
    codes = np.repeat(unrelated(50), 2, axis=0)
    pictures = made(codes)
    for i in range(50):
        flipped = rng.choice(64, size=6, replace=False)
        pictures.hashes[2 * i + 1] ^= np.bitwise_or.reduce(np.uint64(1) << flipped.astype(np.uint64))
    assert near_pairs(pictures, 0.01).pairs.tolist() == [[2 * i, 2 * i + 1] for i in range(50)]


def test_a_crowd_of_look_alikes_costs_as_many_comparisons_as_it_has_members():
    crowd = np.repeat(unrelated(1), 3000, axis=0)
    found = near_pairs(made(crowd), 0.1)
    assert len(found.pairs) == found.compared == 2999
    assert found.crowded > 3000 - 2 * REACH[1]


def test_one_picture_or_none_has_no_neighbour():
    for number in (0, 1):
        assert near_pairs(made(unrelated(number)), 0.1).pairs.shape == (0, 2)


def test_a_forest_keeps_the_shortest_edges():
    pairs = np.array([[0, 1], [1, 2], [0, 2], [0, 2], [3, 4]])
    kept, distances = spanning_forest(6, pairs, np.array([0.3, 0.1, 0.0, 0.0, 0.2]))
    assert kept.tolist() == [[0, 2], [1, 2], [3, 4]]
    assert distances == pytest.approx([0.0, 0.1, 0.2])


def test_a_crowd_that_is_no_cluster_is_given_up_on_and_counted(monkeypatch):
    monkeypatch.setattr("tasks.descriptors.neighbours.LOOKS", 1000)
    crowd = np.repeat(unrelated(1), 2000, axis=0)
    crowd[:, 100:] = unrelated(2000, seed=1)[:, 100:]  # one hash, but apart
    found = near_pairs(made(crowd), 0.01)
    assert len(found.pairs) == 0
    assert found.compared <= 28 * (4 * 2000 + 2000)
    assert found.crowded > 1900
