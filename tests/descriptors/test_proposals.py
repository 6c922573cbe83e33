"""Proposals: the nearest of each point, whatever the order in which they were found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors import proposals
from tasks.descriptors.proposals import Proposals


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 30), st.integers(1, 6), st.integers(0, 200), st.integers(1, 80), st.integers(0, 2**32))
def test_the_nearest_of_either_end_are_kept_however_they_come(n, most, found, batch, seed) -> None:
    rng = np.random.default_rng(seed)
    one, two = rng.integers(0, n, (2, found))
    one, two = one[one != two], two[one != two]
    lengths = rng.integers(0, 5, (n, n)).astype(np.float32)  # many ties
    squares = np.maximum(lengths, lengths.T)[one, two]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proposals, "_WAITING", batch)
        kept = Proposals(n, most)
        for start in range(0, len(one), batch):
            part = slice(start, start + batch)
            kept.add(one[part], two[part], squares[part])
        pairs, distances = kept.settled()
    wanted = sorted({(min(a, b), max(a, b)) for a, b in zip(one.tolist(), two.tolist(), strict=True)})
    near = set()
    for point in range(n):
        # Of others equally far those with larger numbers come first: which ones does not matter, that it is fixed does.
        own = sorted((pair for pair in wanted if point in pair), key=lambda pair: pair[1] == point)
        near |= {*sorted(own, key=lambda pair: np.maximum(lengths, lengths.T)[pair])[:most]}
    assert [*map(tuple, pairs.tolist())] == [pair for pair in wanted if pair in near]
    assert distances.tolist() == [float(np.maximum(lengths, lengths.T)[pair]) for pair in sorted(near)]
    assert kept.full.tolist() == [sum(point in pair for pair in wanted) > most for point in range(n)]


def test_without_points_or_pairs_nothing_is_kept() -> None:
    for n in (0, 3):
        pairs, squares = Proposals(n, 4).settled()
        assert pairs.shape == (0, 2)
        assert squares.shape == (0,)
