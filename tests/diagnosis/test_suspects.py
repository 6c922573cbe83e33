"""Labels that a small model doubts, and whether the doubt comes together somewhere."""

import numpy as np
import pytest

from tasks.diagnosis.suspects import cross_validated, find_suspects
from tasks.diagnosis.suspects_together import find_together


def planted(seed: int, rows: int = 1500, systematic: bool = True):
    """5 classes around corners; 2.5 % of labels are wrong at random, and as many where device d3 calls 4 a 1."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 5, rows)
    features = np.eye(5)[truth] * 3 + rng.normal(0, 0.8, (rows, 5))
    device = np.array([f"d{number}" for number in rng.integers(0, 8, rows)])
    given = truth.copy()
    wrong = rng.random(rows) < 0.025
    given[wrong] = (truth[wrong] + rng.integers(1, 5, wrong.sum())) % 5
    if systematic:
        given[(device == "d3") & (truth == 4)] = 1
    return features, truth, given, device


def named(codes: np.ndarray) -> list[str]:
    return [f"c{code}" for code in codes]


@pytest.mark.parametrize("seed", range(1, 7))
def test_suspects_hold_most_planted_errors_and_few_others(seed: int) -> None:
    features, truth, given, _ = planted(seed)
    atoms = [f"a{row}" for row in range(len(given))]
    found = find_suspects(cross_validated(features, given, atoms, seed=1), given)
    errors = truth != given
    assert found.suspect[errors].mean() > 0.75
    assert errors[found.suspect].mean() > 0.9
    assert (found.suggested[found.suspect & errors] == truth[found.suspect & errors]).mean() > 0.9
    assert np.nanmean(found.doubt[errors]) > np.nanmean(found.doubt[~errors])


def test_a_record_is_judged_by_models_that_have_not_seen_its_atom() -> None:
    rng = np.random.default_rng(0)
    features = np.repeat(rng.normal(size=(40, 30)), 2, axis=0)  # each record twice, its labels by chance
    labels = np.repeat(rng.integers(0, 2, 40), 2)
    tied = [f"a{row // 2}" for row in range(80)]
    chances = cross_validated(features, labels, tied, seed=1)
    own = chances[np.arange(80), labels]
    assert own.mean() < 0.6  # were its twin seen, it would be near 1
    with pytest.raises(ValueError, match="nothing can be cross-validated"):
        cross_validated(features, np.zeros(80, np.int64), tied, seed=1)


def test_records_without_labels_are_no_suspects() -> None:
    features, _, given, _ = planted(2, rows=400)
    given[:50] = -1
    found = find_suspects(cross_validated(features, given, [str(row) for row in range(400)], seed=1), given)
    assert not found.suspect[:50].any()
    assert np.isnan(found.doubt[:50]).all()


@pytest.mark.parametrize("seed", range(8))
def test_the_systematic_error_is_found_and_told_from_random_ones(seed: int) -> None:
    features, _, given, device = planted(seed)
    atoms = [f"a{row}" for row in range(len(given))]
    found = find_suspects(cross_validated(features, given, atoms, seed=seed), given)
    together = find_together(found.suspect, named(given), named(found.suggested), {"device": device.tolist()})
    assert [(one.where, one.instead) for one in together] == [({"device": "d3", "label": "c1"}, "c4")]


def test_random_errors_come_together_nowhere() -> None:
    found = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 5, 1500)
        suspect = rng.random(1500) < np.where(labels == 2, 0.09, 0.05)  # one class is harder
        other = (labels + rng.integers(1, 5, 1500)) % 5
        device = [f"d{number}" for number in rng.integers(0, 8, 1500)]
        found += len(find_together(suspect, named(labels), named(other), {"device": device}))
    assert found <= 1


def test_without_suspects_nothing_comes_together() -> None:
    labels = ["a", "b"] * 50
    assert find_together(np.zeros(100, bool), labels, labels, {"group": ["x"] * 50 + ["y"] * 50}) == ()


def test_classes_that_are_confused_both_ways_are_no_label_error() -> None:
    labels = ["4"] * 100 + ["9"] * 100 + ["1"] * 800
    suspect = np.zeros(1000, bool)
    suspect[:20] = suspect[100:120] = True
    other = ["9"] * 100 + ["4"] * 100 + ["1"] * 800
    pairs = [one for one in find_together(suspect, labels, other, {}) if one.expected == 20]
    assert pairs == []


def test_a_place_is_compared_with_elsewhere_not_with_itself() -> None:
    """One device of four makes most of the suspects among ones: it counts neither as chance nor as elsewhere."""
    label = np.array(["1"] * 224 + ["2"] * 600)
    device = np.array(["d3"] * 94 + ["d0"] * 130 + ["d3", "d0", "d1"] * 200)
    suspect = np.zeros(824, bool)
    suspect[:24] = suspect[94:98] = True
    suspect[230:250] = True
    others = (np.arange(len(label)) % 5 + 3).astype(str)  # in no direction often
    instead = np.where(suspect, np.where(label == "1", "7", others), label)
    (found,) = find_together(suspect, label.tolist(), instead.tolist(), {"device": device.tolist()})
    assert found.where == {"device": "d3", "label": "1"}
    assert found.suspects == 24
    assert found.expected == pytest.approx(94 * 4 / 130)
    assert found.adjusted < 1e-3


def test_its_p_values_are_no_smaller_than_the_exact_ones() -> None:
    rng = np.random.default_rng(4)
    small = 0
    for _ in range(400):
        label = rng.integers(0, 3, 300).astype(str).tolist()
        device = rng.choice(["a", "b", "c"], 300).tolist()
        suspect = rng.random(300) < 0.15
        small += bool(find_together(suspect, label, label, {"device": device}, level=0.05))
    assert small / 400 <= 0.07
