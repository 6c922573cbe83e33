"""Distances added up block by block."""

import numpy as np
import pytest

from tasks.shift import block_distances
from tasks.shift.block_distances import distances, sorted_blocks


def rows(n: int, blocks: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)).astype(np.float32), rng.integers(0, blocks, n)


def by_hand(x: np.ndarray, of_x: np.ndarray, y: np.ndarray, of_y: np.ndarray) -> np.ndarray:
    apart = np.sqrt(((x[:, None].astype(float) - y[None]) ** 2).sum(-1))
    return np.array([[apart[of_x == i][:, of_y == j].sum() for j in np.unique(of_y)] for i in np.unique(of_x)])


@pytest.mark.parametrize(("n", "blocks"), [(1, 1), (40, 1), (40, 7), (200, 200)])
@pytest.mark.parametrize("at_once", [1, 16, 512])
def test_sums_are_those_of_all_pairs_however_many_rows_are_taken_at_once(monkeypatch, n, blocks, at_once) -> None:
    monkeypatch.setattr(block_distances, "AT_ONCE", at_once)
    (x, of_x), (y, of_y) = rows(n, blocks, 1), rows(30, 4, 2)
    found = distances(sorted_blocks(x, of_x), sorted_blocks(y, of_y))
    np.testing.assert_allclose(found, by_hand(x, of_x, y, of_y), rtol=1e-4)
    one = sorted_blocks(x, of_x)
    np.testing.assert_allclose(distances(one, one), by_hand(x, of_x, x, of_x), rtol=1e-4, atol=1e-3)


def test_a_row_is_no_distance_from_itself() -> None:
    one = sorted_blocks(rows(50, 50, 3)[0] * 1e3, np.arange(50))
    assert not np.diag(distances(one, one)).any()


def test_no_rows_have_no_distances() -> None:
    none, some = sorted_blocks(np.empty((0, 3), np.float32), np.empty(0, np.int64)), sorted_blocks(*rows(5, 2, 1))
    assert distances(none, some).shape == (0, some.count)
