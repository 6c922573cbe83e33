"""Features with a task in them, made: two of forty numbers tell three classes apart."""

import numpy as np
import pytest


@pytest.fixture
def task():
    """Return a maker of features (n, 40), class codes (n,) and atoms of rows."""

    def make(n: int, *, seed: int = 0, size: int = 1, shift: float = 0.0):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 3, n)
        features = rng.normal(size=(n, 40)).astype(np.float32)
        features[:, 0] += 3.0 * (labels == 1)
        features[:, 1] += 3.0 * (labels == 2)
        features[:, 2] += shift
        atoms = [f"{seed}-{row // size}" for row in range(n)]
        return features, labels.astype(np.int64), atoms

    return make
