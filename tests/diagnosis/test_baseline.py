"""The baseline: what weights mean to it, and that it learns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.diagnosis.baseline import fit_baseline, fit_linear
from tasks.diagnosis.mixture import ORIGINS, Mixture, mix, target_weight
from tasks.task_space.targets import make_targets


def task(n: int, seed: int, *, shift: float = 0.0, classes: int = 3):
    """Return features and labels: one bump a class, moved by `shift`."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    features = rng.normal(size=(n, 12)).astype(np.float32)
    features[:, 0] += 2.5 * labels + shift
    features[np.arange(n), 3 + labels] += 3
    return features, labels.astype(np.int64)


def test_it_learns() -> None:
    features, labels = task(400, 1)
    asked, truth = task(300, 2)
    found = fit_baseline(features, labels, np.ones(400), seed=1).predict(asked)
    assert (found.argmax(axis=1) != truth).mean() < 0.1


def test_a_row_of_weight_2_is_the_row_twice_and_one_of_weight_0_is_none() -> None:
    features, labels = task(200, 1)
    weights = np.random.default_rng(3).integers(0, 3, 200)
    twice = np.repeat(np.arange(200), weights)
    asked = task(50, 2)[0]
    weighted = fit_baseline(features, labels, weights, seed=1).predict(asked)
    repeated = fit_baseline(features[twice], labels[twice], np.ones(len(twice)), seed=1).predict(asked)
    assert np.allclose(weighted, repeated, atol=1e-3)


def test_one_label_is_no_task() -> None:
    features, _ = task(60, 1)
    with pytest.raises(ValueError, match="nothing to learn"):
        fit_baseline(features, np.zeros(60, np.int64), np.ones(60), seed=1)


def test_a_mixture_decides_whom_the_model_follows() -> None:
    """Where source and target call the same thing by different names, the heavier side wins."""
    features, labels = task(300, 1, classes=2)
    origin = np.repeat([0, 1], 150)
    labels[150:] = 1 - labels[150:]
    targets = make_targets(labels, np.ones(300, bool))
    ours, theirs = fit_linear(features, targets, origin, np.ones(300), [Mixture(0.9, 0.1, 0.0), Mixture(0.1, 0.9, 0.0)])
    asked, truth = task(200, 2, classes=2)
    assert (ours.predict(asked).argmax(axis=1) != truth).mean() < 0.1
    assert (theirs.predict(asked).argmax(axis=1) != truth).mean() > 0.9


@settings(max_examples=50, deadline=None)
@given(
    counts=st.tuples(*[st.integers(0, 10_000)] * len(ORIGINS)),
    share=st.one_of(st.none(), st.floats(0.05, 0.95)),
)
def test_shares_add_up_and_the_weight_gives_the_target_its_share(counts, share) -> None:
    rows = dict(zip(ORIGINS, counts, strict=True))
    mixture = mix(rows, target=share)
    if sum(counts):
        assert sum(mixture.shares) == pytest.approx(1)
    weight = target_weight(rows, share)
    rest = rows["source"] + rows["synthetic"]
    own = rows["target"] + rows["varied"]
    if share is not None and own and rest:
        assert own * weight / (own * weight + rest) == pytest.approx(share)
        assert mixture.target + mixture.varied == pytest.approx(share)
    else:
        assert weight == 1
