"""What the checks read of a certificate: a share of random splits, with an interval that says what is not known."""

import numpy as np
import pytest

from tasks.certify import _as_near, _measured
from tasks.splitting.certificate import certify


def certificate(atoms, codes, seed=1):
    described = np.random.default_rng(0).normal(size=(len(codes), 3)).astype(np.float32)
    return certify(described, np.zeros(len(codes), int), atoms, codes, seed=seed)


def as_near(atoms, codes):
    made = certificate(atoms, codes)
    return _as_near(made.match("dev", "test"), made)


def test_the_interval_holds_the_share() -> None:
    codes = np.random.default_rng(2).permutation(np.repeat([0, 1, 2], [200, 50, 50]))
    found = as_near(np.arange(300), codes)
    assert found.ci_low <= found.effect <= found.ci_high
    assert found.ci_high - found.ci_low < 0.07


def test_splits_that_repeat_themselves_are_not_decided() -> None:
    """Of two atoms there is one split: all random ones are as near, and none is nearer."""
    codes = np.repeat([1, 2], 100)
    found = as_near(np.repeat([0, 1], 100), codes)
    assert found.ci_low == pytest.approx(0.0)
    assert found.ci_high == pytest.approx(1.0)


def test_where_few_splits_exist_they_are_counted() -> None:
    """Six atoms of equal rows: thirty splits, of which those with dev and test turned round are as near."""
    atoms = np.repeat(np.arange(6), 20)
    codes = np.where(atoms == 2, 1, np.where(atoms == 5, 2, 0))
    found = {(row.statistic, row.split_a, row.split_b): row.effect for row in _measured(certificate(atoms, codes))}
    near = found["random_splits_as_near", "dev", "test"]
    assert near.effect == near.ci_high
    assert near.ci_high - near.ci_low == pytest.approx(2 / 30)
    for pair in (("dev", "test"), ("dev", "target"), ("test", "target")):
        assert found["splits_nearer", *pair].n_a == 30
        assert found["splits_nearer", *pair].effect % 2 == 0


def test_where_many_splits_exist_none_is_counted() -> None:
    codes = np.random.default_rng(2).permutation(np.repeat([0, 1, 2], [200, 50, 50]))
    assert "splits_nearer" not in {row.statistic for row in _measured(certificate(np.arange(300), codes))}


def test_every_pair_is_measured() -> None:
    codes = np.random.default_rng(2).permutation(np.repeat([0, 1, 2], [200, 50, 50]))
    rows = list(_measured(certificate(np.arange(300), codes)))
    assert {(row.split_a, row.split_b) for row in rows} == {("dev", "test"), ("dev", "target"), ("test", "target")}
    assert all(row.effect.n_a == 50 for row in rows)
    without = list(_measured(certificate(np.arange(300), codes), labelled=False))
    assert {row.statistic for row in rows} - {row.statistic for row in without} == {"label_gap"}
