"""Agreement beyond chance."""

import math

import numpy as np
import pytest

from tasks.diagnosis.agreement import agreement, majority


def test_cohens_kappa_of_the_textbook() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    sides = ({str(at): pair[side] for at, pair in enumerate(pairs)} for side in (0, 1))
    found = agreement(dict(zip("ab", sides, strict=True)))
    assert found.statistic == "Cohen's kappa"
    assert found.kappa == pytest.approx(0.4)
    assert found.raw == pytest.approx(0.7)
    assert 0.10 < found.low < 0.20  # by the large-sample formula 0.149 to 0.651
    assert 0.60 < found.high < 0.70


def test_fleiss_kappa_of_his_paper() -> None:
    # Fleiss 1971, table 1: 10 subjects, 14 raters, 5 categories; kappa 0.210.
    table = [
        (0, 0, 0, 0, 14),
        (0, 2, 6, 4, 2),
        (0, 0, 3, 5, 6),
        (0, 3, 9, 2, 0),
        (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0),
        (3, 2, 6, 3, 0),
        (2, 5, 3, 2, 2),
        (6, 5, 2, 1, 0),
        (0, 2, 2, 3, 7),
    ]
    answers: dict[str, dict[str, int]] = {f"r{rater}": {} for rater in range(14)}
    for subject, counts in enumerate(table):
        given = [category for category, count in enumerate(counts) for _ in range(count)]
        for rater, category in enumerate(given):
            answers[f"r{rater}"][str(subject)] = category
    found = agreement(answers)
    assert found.statistic == "Fleiss' kappa"
    assert found.kappa == pytest.approx(0.210, abs=0.0005)


def test_names_of_answers_do_not_matter_and_single_answers_do_not_count() -> None:
    rng = np.random.default_rng(2)
    given = {who: {str(r): int(rng.integers(3)) for r in range(60)} for who in "abc"}
    renamed = {who: {r: f"label {9 - a}" for r, a in rows.items()} for who, rows in given.items()}
    assert agreement(given) == agreement(renamed)
    alone = {**given, "c": {**given["c"], "only c": 1}}
    assert agreement(alone) == agreement(given)
    assert abs(agreement(given).kappa) < 0.25


def test_one_answer_throughout_tells_nothing() -> None:
    found = agreement({who: dict.fromkeys("pqr", "same") for who in "ab"})
    assert found.raw == 1.0
    assert math.isnan(found.kappa)
    assert agreement({"a": {"p": 1}, "b": {"q": 1}}).records == 0


def test_the_interval_covers_the_kappa_of_all() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        truth = rng.random(80) < 0.5
        given = {who: {str(r): bool(t ^ (rng.random() < 0.2)) for r, t in enumerate(truth)} for who in "ab"}
        found = agreement(given)
        inside += found.low <= 0.36 <= found.high  # (0.68 - 0.5) / 0.5
    assert 0.92 <= inside / 300 <= 0.985


def test_a_tie_has_several_winners() -> None:
    assert majority(["a", "b", "b", "a", "c"]) == ("a", "b")
    assert majority([]) == ()
