import math

import numpy as np
import pytest

from tasks.shift.label_shift import count_labels, label_chi_squared, label_counts, label_share_tv, labels_unseen


def labels(text):
    return np.array([None if letter == "-" else letter for letter in text], object)


def test_total_variation_of_label_shares_leaves_unlabelled_rows_out():
    a, b = labels("aabb" * 20), labels("aaab" * 20 + "-" * 40)
    rng = np.random.default_rng(1)
    found = label_share_tv(a, b, np.arange(80), 100 + np.arange(120), rng=rng)
    assert found.effect == pytest.approx(0.25)
    assert (found.n_a, found.n_b) == (80, 80)


def test_chi_squared_agrees_with_scipy():
    scipy_stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(2)
    a, b = rng.choice(list("abcd"), 300), rng.choice(list("abcd"), 200, p=[0.3, 0.3, 0.2, 0.2])
    table = [[(side == name).sum() for name in "abcd"] for side in (a, b)]
    expected = scipy_stats.chi2_contingency(table)
    atoms = np.arange(300), 1000 + np.arange(200)
    found = label_chi_squared(a.astype(object), b.astype(object), *atoms, rng=rng)
    assert found.effect == pytest.approx(math.sqrt(expected.statistic / 500))
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.05)


def test_chi_squared_keeps_its_level_with_atoms(clustered):
    alarms = 0
    for run in range(200):
        rng = np.random.default_rng([3, run])
        sides = [clustered(rng, [10] * 25, icc=0.4, first=first) for first in (0, 1_000)]
        a, b = (np.digitize(values[:, 0], [-0.5, 0.5]).astype(object) for values, _ in sides)
        alarms += label_chi_squared(a, b, sides[0][1], sides[1][1], rng=rng).p_value < 0.05
    assert alarms / 200 <= 0.095


def test_chi_squared_without_rows_or_atoms():
    rng = np.random.default_rng(1)
    assert math.isnan(label_chi_squared(labels("--"), labels("ab"), np.arange(2), np.arange(2), rng=rng).effect)
    found = label_chi_squared(labels("aab"), labels("abb"), np.zeros(3, int), np.arange(3), rng=rng)
    assert found.effect == pytest.approx(1 / 3)
    assert math.isnan(found.p_value)


def test_counts_are_of_labels_most_frequent_first():
    assert label_counts(labels("ba-bac")) == {"a": 2, "b": 2, "c": 1}
    rows = [row.cells() for row in count_labels("dev", labels("ba-b"))]
    assert [(row["descriptor"], row["effect"], row["n_a"]) for row in rows] == [("b", 2.0, 4), ("a", 1.0, 4)]


def test_unseen_labels_are_named():
    found, names = labels_unseen(labels("aab"), labels("abcd-"))
    assert (found.effect, names) == (2.0, ["c", "d"])
