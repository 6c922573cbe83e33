"""The network as the baseline: it learns its filters, obeys weights, and is the same for the same seed."""

import numpy as np
import pytest

from tasks.diagnosis import network
from tasks.diagnosis.mixture import SOURCE, TARGET, Mixture
from tasks.diagnosis.network import insist_on_network, networks
from tasks.errors import ConfigError
from tasks.task_space.targets import make_targets

SHAPE = (1, 16, 16)


def test_without_pytorch_the_remedy_is_named(monkeypatch) -> None:
    monkeypatch.setattr(network, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install torch.*synthesis.judge"):
        insist_on_network()


def bars(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw bars that lie or stand somewhere in noise: no pixel tells which."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    pictures = rng.uniform(0, 0.3, (n, 16, 16)).astype(np.float32)
    for place, (label, at) in enumerate(zip(labels, rng.integers(2, 14, n), strict=True)):
        pictures[(place, slice(3, 13), at) if label else (place, at, slice(3, 13))] = 1
    return pictures.reshape(n, -1), labels.astype(np.int64)


@pytest.fixture
def fit(monkeypatch):
    """Return what trains small networks in a second."""
    pytest.importorskip("torch", reason="the network that judges needs PyTorch, an optional package")
    monkeypatch.setattr(network, "STEPS", 80)
    return networks(SHAPE, cells=(4, 4), seed=3)


def test_bars_are_told_apart_and_the_same_seed_gives_the_same_network(fit) -> None:
    features, labels = bars(300, 1)
    targets, origin = make_targets(labels, np.ones(300, bool)), np.full(300, SOURCE)
    (first,), (second,) = (fit(features, targets, origin, np.ones(300), [Mixture(1.0, 0.0, 0.0)]) for _ in range(2))
    asked, truth = bars(200, 2)
    found = first.predict(asked)
    assert (found.argmax(axis=1) != truth).mean() < 0.1
    assert found.min() >= 0
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(found, second.predict(asked))


def test_a_mixture_decides_which_origin_is_believed(fit) -> None:
    features, labels = bars(400, 1)
    origin = np.repeat([SOURCE, TARGET], 200)
    labels[200:] = 1 - labels[200:]
    targets = make_targets(labels, np.ones(400, bool))
    mixtures = [Mixture(0.97, 0.03, 0.0), Mixture(0.03, 0.97, 0.0)]
    ours, theirs = fit(features, targets, origin, np.ones(400), mixtures)
    asked, truth = bars(200, 2)
    assert (ours.predict(asked).argmax(axis=1) != truth).mean() < 0.15
    assert (theirs.predict(asked).argmax(axis=1) != truth).mean() > 0.85


@pytest.mark.parametrize("kind", ["several", "number"])
def test_several_labels_and_numbers_are_learned_and_what_nobody_knows_teaches_nothing(fit, kind) -> None:
    features, labels = bars(300, 1)
    values = np.column_stack([labels, 1 - labels]).astype(float) if kind == "several" else labels * 4.0 + 7
    values[::3] = np.nan
    targets = make_targets(values, np.ones(300, bool))
    (model,) = fit(features, targets, np.full(300, SOURCE), np.ones(300), [Mixture(1.0, 0.0, 0.0)])
    assert np.nanmean(targets.losses(model.predict(features))) < 0.2


def test_global_randomness_and_threads_are_left_as_they_were(fit) -> None:
    import torch

    torch.manual_seed(5)
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    features, labels = bars(50, 1)
    fit(features, make_targets(labels, np.ones(50, bool)), np.full(50, SOURCE), np.ones(50), [Mixture(1.0, 0.0, 0.0)])
    assert torch.equal(state, torch.random.get_rng_state())
    assert torch.get_num_threads() == threads
