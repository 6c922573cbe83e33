"""Shares of records that stand for different numbers of others."""

import math

import numpy as np
import pytest

from tasks.diagnosis.weighted_shares import ceiling, weighted_share


def test_equal_weights_give_the_plain_share_between_its_ends() -> None:
    holds = np.array([1.0] * 30 + [0.0] * 70)
    found = weighted_share(holds, np.full(100, 7.0), np.arange(100))
    assert found.share == pytest.approx(0.3)
    assert 0.21 < found.low < 0.23  # Wilson: 0.219 to 0.396
    assert 0.39 < found.high < 0.41
    assert found.worth == pytest.approx(99)


def test_a_record_of_weight_3_speaks_for_three() -> None:
    found = weighted_share(np.array([1.0, 0.0]), np.array([3.0, 1.0]), np.arange(2))
    assert found.share == pytest.approx(0.75)


def test_records_of_one_atom_are_worth_less() -> None:
    holds = np.repeat([1.0, 0.0, 0.0, 1.0, 0.0], 20)
    apart, tied = (weighted_share(holds, np.ones(100), atoms) for atoms in (np.arange(100), np.repeat(range(5), 20)))
    assert tied.share == apart.share
    assert tied.worth < 6
    assert tied.high - tied.low > 2 * (apart.high - apart.low)


def test_what_nobody_found_may_still_be_there() -> None:
    found = weighted_share(np.zeros(50), np.ones(50), np.arange(50))
    assert (found.share, found.low) == (0.0, 0.0)
    assert 0.05 < found.high < 0.12
    assert math.isnan(weighted_share(np.empty(0), np.empty(0), np.empty(0, np.int64)).share)


def test_the_ceiling_of_all_wrong_answers_is_the_error() -> None:
    error = weighted_share(np.array([1.0] * 100 + [0.0] * 900), np.ones(1000), np.arange(1000))
    all_of_it = weighted_share(np.ones(100), np.ones(100), np.arange(100))
    half = weighted_share(np.array([1.0, 0.0] * 50), np.ones(100), np.arange(100))
    assert ceiling(error, all_of_it).share == pytest.approx(0.1)
    found = ceiling(error, half)
    assert found.share == pytest.approx(0.05)
    assert found.low == pytest.approx(0.038, abs=0.003)  # 50 of 1,000: Wilson's 0.038 to 0.065
    assert found.high == pytest.approx(0.065, abs=0.003)


def test_intervals_cover_the_share_of_a_stratified_sample() -> None:
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(400):
        stratum = rng.random(3000) < 0.2
        holds = rng.random(3000) < np.where(stratum, 0.5, 0.05)
        taken = np.concatenate([rng.choice(np.flatnonzero(stratum == kind), 50, replace=False) for kind in (0, 1)])
        weights = np.where(stratum[taken], stratum.sum() / 50, (~stratum).sum() / 50)
        found = weighted_share(holds[taken].astype(float), weights, taken, strata=stratum[taken].astype(int))
        inside += found.low <= 0.14 <= found.high
    assert 0.925 <= inside / 400 <= 0.98
