import math

import numpy as np
import pytest

from tasks.shift.gap import gap_closed
from tasks.shift.sample import Sample


def sample(X, atoms):
    return Sample({f"d{at}": X[:, at] for at in range(X.shape[1])}, {}, None, np.asarray(atoms))


def world(clustered, seed, close, shift=1.0):
    """Return train, train with synthetic rows that go `close` of the way, dev and test."""
    rng = np.random.default_rng(seed)
    T, atoms = clustered(rng, [5] * 120, p=3)
    D, atoms_d = clustered(rng, [5] * 60, p=3, shift=shift, first=1_000)
    E, atoms_e = clustered(rng, [5] * 60, p=3, shift=shift, first=2_000)
    more = sample(np.vstack([T, T + close * shift]), np.concatenate([atoms, atoms]))
    return sample(T, atoms), more, sample(D, atoms_d), sample(E, atoms_e)


def test_rows_that_change_nothing_close_nothing(clustered):
    train, more, dev, test = world(clustered, 1, 0.0)
    found = gap_closed(train, more, dev, seed=1, floor=(dev, test))
    assert found.ci_low <= 0 <= found.ci_high
    assert found.ci_high - found.ci_low < 0.02


def test_training_on_the_target_closes_the_gap(clustered):
    train, _, dev, test = world(clustered, 2, 0.0)
    found = gap_closed(train, test, dev, seed=1)
    assert found.effect == pytest.approx(1, abs=0.1)
    assert found.ci_low > 0.8


def test_rows_that_lead_away_open_it(clustered):
    train, more, dev, _ = world(clustered, 3, -0.5)
    assert gap_closed(train, more, dev, seed=1).ci_high < 0


def test_a_share_of_nothing_is_nothing(clustered):
    train, more, dev, _ = world(clustered, 4, 0.5, shift=0.0)
    found = gap_closed(train, more, dev, seed=1)
    assert math.isnan(found.ci_low)
    assert math.isnan(found.ci_high)


def test_the_floor_is_taken_off(clustered):
    train, more, dev, test = world(clustered, 5, 0.5)
    without, flat = gap_closed(train, more, dev, seed=1), gap_closed(train, more, dev, seed=1, floor=(dev, test))
    assert flat.effect == pytest.approx(without.effect, abs=0.05)
    # Where dev and test are as far apart as train and dev there is nothing to close.
    assert math.isnan(gap_closed(train, more, dev, seed=1, floor=(dev, train)).effect)


def test_large_samples_compare_the_rows_of_the_same_atoms(clustered):
    rng = np.random.default_rng(6)
    T = rng.normal(size=(6_000, 2))
    train = sample(T, np.arange(6_000))
    more = sample(np.vstack([T, T]), np.tile(np.arange(6_000), 2))
    dev = sample(rng.normal(1, 1, (400, 2)), 10_000 + np.arange(400))
    found = gap_closed(train, more, dev, seed=1, rows=500, draws=199)
    assert abs(found.effect) < 1e-3
    assert (found.n_a, found.n_b) == (12_000, 400)


def test_same_seed_same_number(clustered):
    parts = world(clustered, 7, 0.5)[:3]
    assert gap_closed(*parts, seed=3) == gap_closed(*parts, seed=3)


@pytest.mark.parametrize("empty", range(3))
def test_an_empty_sample_has_no_gap(clustered, empty):
    parts = list(world(clustered, 8, 0.5)[:3])
    parts[empty] = parts[empty].take(np.empty(0, np.int64))
    assert math.isnan(gap_closed(*parts, seed=1).effect)


def test_covers(clustered):
    """A hundred runs leave +-4 points; the truth is the mean of their effects."""
    found = [gap_closed(*world(clustered, [9, run], 0.5)[:3], seed=run, draws=199) for run in range(100)]
    truth = np.mean([each.effect for each in found])
    assert 0.88 <= np.mean([each.ci_low <= truth <= each.ci_high for each in found]) <= 1
