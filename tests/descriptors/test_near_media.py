"""Sounds are tied by the pictures that they share, whatever lies between."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.descriptors.near_media import near_media


def pictures(number, seed=0):
    return np.clip(np.random.default_rng(seed).normal(0, 30, (number, 144)), -127, 127).astype(np.int8)


def sounds(*held):
    """Return fingerprints of sounds that hold the given pictures."""
    every = pictures(100)
    return pa.chunked_array([pa.array([every[list(which)].tobytes() for which in held], pa.binary())])


def tied(*held):
    return {tuple(pair) for pair in near_media(sounds(*held), [None] * len(held), "audio").pairs.tolist()}


@pytest.mark.parametrize("between", range(5))
def test_two_shared_pictures_tie_whatever_lies_between(between):
    others = list(range(10, 10 + between)), list(range(20, 20 + between))
    assert tied([1, *others[0], 2], [1, *others[1], 2]) == {(0, 1)}
    assert tied([1, 2, *others[0]], [*others[1], 2, 1]) == {(0, 1)}


def test_one_shared_picture_of_many_ties_none():
    assert tied([1, 10, 11, 12], [1, 20, 21, 22]) == set()
    assert tied([1, 10, 11], [1, 20, 21, 22]) == {(0, 1)}


def test_a_third_sound_between_two_separates_none():
    assert tied([1, 50, 2, 51], [50, 51, 60, 61], [1, 52, 2, 53]) == {(0, 1), (0, 2)}


def test_a_jingle_ties_none():
    assert tied(*([1, 10 + i] for i in range(6))) == set()
