"""Calibration: never wider than the widest, narrower where look-alikes are no copies, and it says why."""

import numpy as np
import pytest

from tasks.descriptors.calibration import LABEL_SHARE, SURE
from tasks.descriptors.calibration import WIDEST as MOST
from tasks.descriptors.calibration import calibrate as calibrate_kind

WIDEST = MOST["image"]
NOBODY = np.full(5000, -1)


def calibrate(*given):
    return calibrate_kind(*given, "image")


def neighbours(number, dimension, reach, seed=0):
    """Pairs of distinct records whose distances grow as a power law up to a reach."""
    rng = np.random.default_rng(seed)
    pairs = np.sort(rng.permutation(5000)[: 2 * number].reshape(-1, 2), axis=1)
    return pairs, reach * rng.uniform(size=number) ** (1 / dimension)


def test_no_neighbours_leave_the_widest_threshold():
    threshold, why = calibrate(5000, np.empty((0, 2), dtype=np.int64), np.empty(0), NOBODY)
    assert threshold == WIDEST
    assert "no picture is alike by chance" in why


def test_look_alikes_by_chance_narrow_it_whatever_the_labels():
    threshold, why = calibrate(5000, *neighbours(2000, 8, 0.2), NOBODY)
    assert 0.2 * (5 / 2000) ** (1 / 8) < threshold < WIDEST
    assert "by chance" in why and "without two labels" in why


def test_different_labels_that_meet_narrow_it_further():
    pairs, distances = neighbours(2000, 8, 0.4)
    labels = np.arange(5000) % 2
    labels[pairs[:, 1]] = labels[pairs[:, 0]]
    farthest = np.argsort(distances)[500:]
    labels[pairs[farthest[0], 1]] = 1 - labels[pairs[farthest[0], 0]]
    labels[pairs[farthest[5:], 1]] = 1 - labels[pairs[farthest[5:], 0]]
    told, why = calibrate(5000, pairs, distances, labels)
    untold, _ = calibrate(5000, pairs, distances, NOBODY)
    assert told == pytest.approx(min(untold, LABEL_SHARE * distances[farthest[0]]), abs=1e-4)
    assert told <= untold
    assert "different labels" in why or told == untold


def test_more_look_alikes_narrow_it():
    few, _ = calibrate(5000, *neighbours(300, 8, 0.2), NOBODY)
    many, _ = calibrate(5000, *neighbours(2400, 8, 0.2), NOBODY)
    assert many < few


def test_copies_of_copies_do_not_count_as_chance():
    """Thirty copies each of a few pictures: most of their pairs are further apart than the widest threshold."""
    rng = np.random.default_rng(0)
    chains = [(30 * c + i, 30 * c + i + 1, rng.uniform(0.01, 0.05)) for c in range(10) for i in range(29)]
    across = [
        (30 * c + i, 30 * c + j, 0.16 + 0.1 * rng.uniform()) for c in range(10) for i in range(30) for j in range(i)
    ]
    pairs = np.array([edge[:2] for edge in chains + across])
    distances = np.array([edge[2] for edge in chains + across])
    assert calibrate(5000, pairs, distances, NOBODY)[0] == WIDEST


@pytest.mark.parametrize("number", [0, 1, 2])
def test_hardly_any_records_leave_the_widest(number):
    pairs = np.array([[0, 1]])[: max(0, number - 1)]
    assert calibrate(number, pairs, np.full(len(pairs), 0.2), np.zeros(number, dtype=np.int64))[0] == WIDEST


def test_what_re_encoding_leaves_stays_a_copy_unless_labels_mix():
    rng = np.random.default_rng(0)
    pairs, distances = neighbours(2000, 8, 0.06)
    assert calibrate_kind(5000, pairs, distances, NOBODY, "audio")[0] == SURE["audio"]
    mixed, _ = calibrate_kind(5000, pairs, distances, rng.integers(0, 9, 5000), "audio")
    assert mixed < SURE["audio"]
