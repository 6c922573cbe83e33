"""Looks at dev are counted once each, per drawing, and wear it out."""

import numpy as np
import pytest

from tasks.diagnosis.looks import add_look, count_looks, expected_optimism, is_worn
from tasks.diagnosis.rates import Rate


def look(ledger, predictions: str, *, split: str = "dev", drawing: int = 0, model: str = "m"):
    at = "2026-01-01T00:00:00Z"
    return add_look(ledger, split=split, drawing=drawing, version=1, model=model, predictions=predictions, at=at)


def test_each_look_counts_once_and_a_redraw_begins_anew() -> None:
    ledger = None
    for predictions in ("a", "a", "b"):
        ledger = look(ledger, predictions)
    ledger = look(look(look(ledger, "a", model="other"), "a", drawing=1), "a", split="test")
    assert count_looks(ledger, "dev", 0) == 3
    assert count_looks(ledger, "dev", 1) == 1
    assert count_looks(ledger, "dev", 2) == 0
    assert count_looks(ledger, "test", 0) == 1


def test_the_best_of_equal_models_is_not_luckier_than_told() -> None:
    rng, dev = np.random.default_rng(1), Rate(0.1, 500)
    for looks in (2, 10, 100):
        luck = 0.1 - (rng.binomial(500, 0.1, (2000, looks)) / 500).min(axis=1).mean()
        assert 0.4 * expected_optimism(looks, dev) < luck < 1.05 * expected_optimism(looks, dev)


def test_one_look_is_honest_and_many_wear_a_small_dev_out() -> None:
    assert expected_optimism(1, Rate(0.1, 500)) == 0
    assert is_worn(20, Rate(0.1, 500))
    assert not is_worn(20, Rate(0.1, 10_000))
    assert expected_optimism(100, Rate(0.1, 2000)) == pytest.approx(3.03 * 0.0067, rel=0.01)
