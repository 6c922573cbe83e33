"""Calibration: never wider than the widest, narrower where look-alikes are no copies, and it says why."""

import numpy as np
import pytest

from tasks.descriptors.calibration import WIDEST, calibrate
from tasks.descriptors.fingerprint import Pictures


def cloud(number, dimension, spread, seed=0):
    """Pictures around one, scattered in some directions: a low dimension is a film, a high one is chance."""
    rng = np.random.default_rng(seed)
    middle = rng.normal(0, 30, 144)
    directions = rng.normal(size=(dimension, 144))
    codes = middle + spread * rng.normal(size=(number, dimension)) @ directions / np.sqrt(dimension)
    codes = np.clip(np.rint(codes), -127, 127).astype(np.int8)
    return Pictures(np.arange(number), np.zeros(number, dtype=np.uint64), codes)


def unrelated(number):
    codes = np.clip(np.random.default_rng(0).normal(0, 30, (number, 144)), -127, 127).astype(np.int8)
    return Pictures(np.arange(number), np.zeros(number, dtype=np.uint64), codes)


def test_unrelated_pictures_leave_the_widest_threshold():
    threshold, why = calibrate(unrelated(500), ["a", "b"] * 250, seed=0)
    assert threshold == WIDEST
    assert "500 records" in why


def test_look_alikes_by_chance_narrow_it_whatever_the_labels():
    threshold, why = calibrate(cloud(1500, 8, 12.0), [None] * 1500, seed=0)
    assert 0 < threshold < WIDEST
    assert "by chance" in why and "without two labels" in why


def test_different_labels_that_meet_narrow_it_further():
    pictures = cloud(1500, 2, 12.0)
    labels = [str(i % 3) for i in range(1500)]
    told, why = calibrate(pictures, labels, seed=0)
    untold, _ = calibrate(pictures, [None] * 1500, seed=0)
    assert told < untold
    assert "different labels" in why


def test_more_records_bring_chance_closer():
    few, _ = calibrate(cloud(800, 8, 12.0), [None] * 800, seed=0)
    many, _ = calibrate(cloud(4000, 8, 12.0), [None] * 4000, seed=0)
    assert many < few


@pytest.mark.parametrize("number", [0, 1, 2])
def test_hardly_any_records_leave_the_widest(number):
    assert calibrate(unrelated(number), ["a"] * number, seed=0)[0] == WIDEST


def test_the_same_seed_gives_the_same_threshold():
    pictures = cloud(6000, 8, 12.0)
    labels = [str(i % 3) for i in range(6000)]
    assert calibrate(pictures, labels, seed=5) == calibrate(pictures, labels, seed=5)
