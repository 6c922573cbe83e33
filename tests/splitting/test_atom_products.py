import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tasks.splitting import atom_products
from tasks.splitting.atom_products import product_coordinates


@pytest.mark.parametrize("others", [0, 40])
@pytest.mark.parametrize("block", [500, 4_000, 1 << 22])
def test_lengths_of_balanced_sums_are_their_energies(others, block, monkeypatch):
    monkeypatch.setattr(atom_products, "BLOCK", block)
    rng = np.random.default_rng(1)
    points = rng.normal(size=(300 + others, 4)).astype(np.float32)
    starts = np.concatenate([[0], np.sort(rng.choice(np.arange(1, 300), 19, replace=False)), [300]])
    weights = rng.normal(size=len(points))
    sums, weighted = product_coordinates(points, starts, weights)
    rows = np.append(np.diff(starts), weights.sum())
    for _ in range(5):
        factor = rng.normal(size=21)
        factor -= rows * (factor @ rows) / (rows @ rows)
        of_row = factor[-1] * weights
        of_row[:300] += np.repeat(factor[:-1], np.diff(starts))
        energy = -of_row @ cdist(points, points) @ of_row
        combined = factor[:-1] @ sums + factor[-1] * weighted
        assert float(combined @ combined) == pytest.approx(energy, rel=1e-3)


def test_equal_rows_have_no_length():
    sums, weighted = product_coordinates(np.ones((6, 2), np.float32), np.array([0, 2, 6]), np.zeros(6))
    assert not np.any(np.abs(sums) > 1e-3)
    assert not weighted.any()
