"""Makers of samples whose rows hang together."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

Clustered = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="session")
def clustered() -> Clustered:
    """Return a maker of normal values, shape (n, p), with atoms: `icc` of the variance is common to an atom."""

    def make(
        rng: np.random.Generator, sizes: Sequence[int], icc: float = 0.3, shift: float = 0.0, p: int = 1, first: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        atoms = np.repeat(np.arange(len(sizes)), sizes)
        common = rng.normal(size=(len(sizes), p))[atoms]
        own = rng.normal(size=(len(atoms), p))
        return shift + np.sqrt(icc) * common + np.sqrt(1 - icc) * own, atoms + first

    return make
