"""Mean distances to single numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tasks.noise.line import Line

NUMBERS = st.lists(st.integers(-5, 5), min_size=1, max_size=12)


@given(NUMBERS, NUMBERS)
def test_distances_and_slopes_are_those_of_all_pairs_ties_included(values: list[int], points: list[int]) -> None:
    sample, at = np.array(values, dtype=float), np.array(points, dtype=float)
    weights = np.arange(1.0, len(sample) + 1)
    weights /= weights.sum()
    line = Line(sample, weights)
    np.testing.assert_allclose(line.distances(at), np.abs(at[:, None] - sample) @ weights, atol=1e-12)
    np.testing.assert_allclose(line.slopes(at), np.sign(at[:, None] - sample) @ weights, atol=1e-12)
