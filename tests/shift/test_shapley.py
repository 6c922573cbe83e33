import math
from itertools import permutations

import numpy as np
import pytest

from tasks.shift.shapley import MOST_FAMILIES, Shares, block_sums


def by_hand(shares, x, y):
    """Average over all orders of the families, one pair of rows at a time."""
    squares = [sum((float(x[at]) - float(y[at])) ** 2 for at in family) for family in shares.families]

    def value(present):
        parts = (squares[at] if at in present else shares.typical[at] for at in range(len(squares)))
        return math.sqrt(sum(parts))

    orders = list(permutations(range(len(squares))))
    found = np.zeros(len(squares))
    for order in orders:
        for place, at in enumerate(order):
            found[at] += value({*order[: place + 1]}) - value({*order[:place]})
    return found / len(orders)


FOUR = Shares(((0,), (1, 2), (3,), (4, 5)), (2.0, 3.0, 0.5, 1.0), (1,))


def test_shares_are_averages_over_all_orders():
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(3, 6)).astype(np.float32), rng.normal(size=(2, 6)).astype(np.float32)
    found = FOUR.of(X, Y)
    assert found.shape == (6, 3, 2)
    for i in range(3):
        for j in range(2):
            np.testing.assert_allclose(found[:4, i, j], by_hand(FOUR, X[i], Y[j]), atol=1e-5)


def test_they_add_up_to_the_distance_less_the_typical_one():
    rng = np.random.default_rng(2)
    X, Y = rng.normal(size=(30, 6)).astype(np.float32), rng.normal(size=(20, 6)).astype(np.float32)
    found = FOUR.of(X, Y)
    whole = np.linalg.norm(X[:, None] - Y[None], axis=2)
    np.testing.assert_allclose(found[4], whole, atol=1e-5)
    np.testing.assert_allclose(found[:4].sum(0), whole - math.sqrt(sum(FOUR.typical)), atol=1e-5)


def test_without_a_family_its_typical_distance_stands():
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(5, 6)).astype(np.float32), rng.normal(size=(4, 6)).astype(np.float32)
    kept = [0, 3, 4, 5]
    wanted = np.sqrt(((X[:, None, kept] - Y[None][..., kept]) ** 2).sum(2) + FOUR.typical[1])
    np.testing.assert_allclose(FOUR.of(X, Y)[5], wanted, atol=1e-5)


def test_families_alike_in_everything_have_equal_shares():
    shares = Shares(((0,), (1,)), (1.0, 1.0))
    rng = np.random.default_rng(4)
    X, Y = (np.repeat(rng.normal(size=(10, 1)), 2, axis=1).astype(np.float32) for _ in range(2))
    found = shares.of(X, Y)
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)


@pytest.mark.parametrize("rows", [7, 400])
def test_sums_over_blocks_are_sums_over_their_rows(rows):
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(rows, 6)).astype(np.float32), rng.normal(size=(90, 6)).astype(np.float32)
    starts_x, starts_y = np.arange(0, rows, 3), np.arange(0, 90, 4)

    def wanted(A, B, a, b):
        return np.add.reduceat(np.add.reduceat(np.asarray(FOUR.of(A, B), float), b, axis=2), a, axis=1)

    np.testing.assert_allclose(
        block_sums(FOUR, X, Y, starts_x, starts_y), wanted(X, Y, starts_x, starts_y), rtol=1e-4, atol=1e-3
    )
    # Of a row and itself nothing is added: no family differs there, and one block is never compared with itself.
    own = block_sums(FOUR, X, X, starts_x, starts_x)
    off = ~np.eye(len(starts_x), dtype=bool)
    np.testing.assert_allclose(own[:, off], wanted(X, X, starts_x, starts_x)[:, off], rtol=1e-4, atol=1e-3)


def test_too_many_families_are_refused():
    with pytest.raises(ValueError, match="at most 8 families"):
        Shares(tuple((at,) for at in range(MOST_FAMILIES + 1)), (1.0,) * (MOST_FAMILIES + 1))
