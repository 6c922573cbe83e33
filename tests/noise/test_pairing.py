"""Pairs of operations by what they promise."""

import numpy as np

from tasks.noise.energy import EnergyTo
from tasks.noise.pairing import FARTHEST, LEAST, promising_pairs

N = 200
NAMES = ("a", "b", "b", "both", "c")


def _world(seed: int) -> tuple[np.ndarray, list[np.ndarray], EnergyTo, np.ndarray]:
    """A target that is moved along the first and, by 1.2 times as much, along the second column."""
    rng = np.random.default_rng(seed)
    origin, other = rng.normal(size=(2, N, 3))
    moves = [(1, 0, 0), (0, 0.2, 0), (0, 1, 0), (0.6, 0.6, 0.5), (0, 0, 1)]
    equal = np.full(N, 1 / N)
    goal = EnergyTo(other + np.array([1, 1.2, 0]), equal, [np.array([0, 1]), np.array([2])])
    return origin, [origin + np.array(move) for move in moves], goal, equal


def test_the_pair_that_was_planted_comes_first_with_its_amounts() -> None:
    for seed in range(5):
        origin, ends, goal, weights = _world(seed)
        best = promising_pairs(origin, ends, NAMES, goal, weights)[0]
        assert {best.first, best.second} == {0, 2}  # though one change alone comes nearer than either
        assert np.allclose(best.amounts, (1, 1.2), atol=0.3)
        assert best.promise < 0.1


def test_each_two_operations_make_one_pair_of_bounded_amounts() -> None:
    origin, ends, goal, weights = _world(9)
    pairs = promising_pairs(origin, ends, NAMES, goal, weights)
    operations = [frozenset((NAMES[pair.first], NAMES[pair.second])) for pair in pairs]
    assert all(len(pair) == 2 for pair in operations)
    assert len(set(operations)) == len(operations)
    assert all(LEAST <= amount <= FARTHEST for pair in pairs for amount in pair.amounts)
    assert [pair.promise for pair in pairs] == sorted(pair.promise for pair in pairs)


def test_one_operation_makes_no_pair() -> None:
    origin, ends, goal, weights = _world(1)
    assert promising_pairs(origin, ends[1:3], ["b", "b"], goal, weights) == []
    assert promising_pairs(origin, ends[:1], ["a"], goal, weights) == []
