"""Who looks again: a few of each large cluster, and whoever is near a crowd without being of it."""

import numpy as np

from tasks.descriptors.crowds import CROWD, SPOKESMEN, looking_again


def cloud(number, middle=0.0, seed=0):
    return (middle + np.random.default_rng(seed).normal(size=(number, 8))).astype(np.float32)


def test_where_nothing_is_tied_nobody_looks_again():
    assert len(looking_again(cloud(500), np.arange(500), most=4, limit=10.0)) == 0


def test_large_clusters_send_as_many_as_small_ones():
    cluster = np.repeat([0, 1, 2], [2, 30, 200])
    some = looking_again(cloud(232), cluster, most=4, limit=10.0)
    assert np.bincount(cluster[some]).tolist()[0] == 0
    assert (np.bincount(cluster[some])[1:] <= SPOKESMEN).all() and (np.bincount(cluster[some])[1:] >= 30).all()


def test_points_near_a_crowd_look_again_and_others_do_not():
    points = np.concatenate([cloud(CROWD + 1), cloud(40, seed=1), cloud(40, middle=50.0, seed=2)])
    cluster = np.concatenate([np.zeros(CROWD + 1, dtype=np.int64), 1 + np.arange(80)])
    some = set(looking_again(points, cluster, most=4, limit=8.0).tolist())
    assert set(range(CROWD + 1, CROWD + 41)) <= some
    assert not set(range(CROWD + 41, CROWD + 81)) & some
