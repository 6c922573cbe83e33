"""Clusters and their spanning forest."""

import numpy as np
import pytest

from tasks.descriptors.neighbours import clusters, spanning_forest


def test_a_cluster_is_what_pairs_connect():
    found = clusters(5, np.array([[0, 1], [1, 4]]))
    assert found[0] == found[1] == found[4]
    assert len(set(found.tolist())) == 3


def test_a_forest_keeps_the_shortest_edges():
    pairs = np.array([[0, 1], [1, 2], [0, 2], [0, 2], [3, 4]])
    kept, distances = spanning_forest(6, pairs, np.array([0.3, 0.1, 0.0, 0.0, 0.2]))
    assert kept.tolist() == [[0, 2], [1, 2], [3, 4]]
    assert distances == pytest.approx([0.0, 0.1, 0.2])
