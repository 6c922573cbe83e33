"""What a pool comes near: its own noise, some of its like, nothing of another kind."""

import numpy as np
import pytest

from tasks.noise.pool_coverage import covered, reach_of, shapes

RNG = np.random.default_rng(0)
COLOURS = {f"r{i}": RNG.normal(0, 8, 24) for i in range(6)}


def pieces(colour: np.ndarray, n: int = 60, seed: int = 0) -> np.ndarray:
    return shapes(colour + np.random.default_rng(seed).normal(0, 1.5, (n, 24)))


POOL = {name: pieces(colour, seed=i) for i, (name, colour) in enumerate(COLOURS.items())}


def test_more_of_the_same_recordings_is_covered() -> None:
    reach = reach_of(POOL)
    again = np.concatenate([pieces(colour, seed=100 + i) for i, colour in enumerate(COLOURS.values())])
    assert covered(again, POOL, reach.reach).mean() > 0.85


def test_noise_of_another_kind_is_not_covered() -> None:
    reach = reach_of(POOL)
    assert covered(pieces(RNG.normal(0, 8, 24)), POOL, reach.reach).mean() < 0.05
    assert reach.others < 0.05


def test_level_does_not_count() -> None:
    reach = reach_of(POOL)
    louder = shapes(COLOURS["r0"] + 30 + RNG.normal(0, 1.5, (60, 24)))
    assert covered(louder, POOL, reach.reach).mean() > 0.8


def test_recordings_of_one_kind_cover_each_other() -> None:
    alike = {f"r{i}": pieces(COLOURS["r0"], seed=i) for i in range(4)}
    assert reach_of(alike).others > 0.85


def test_a_wider_reach_never_covers_less() -> None:
    target = pieces(COLOURS["r1"] + RNG.normal(0, 2, 24))
    shares = [covered(target, POOL, reach).mean() for reach in (0.5, 1, 2, 4, 8)]
    assert shares == sorted(shares)


def test_a_pool_of_one_recording_says_nothing_of_others_and_of_scraps_nothing_at_all() -> None:
    one = reach_of({"r0": POOL["r0"]})
    assert one.reach > 0
    assert np.isnan(one.others)
    scraps = reach_of({"r0": POOL["r0"][:3], "r1": POOL["r1"][:2]})
    assert np.isnan(scraps.reach)


@pytest.mark.parametrize("gain_db", [-20.0, 0.0, 35.0])
def test_shapes_have_no_level(gain_db) -> None:
    levels = RNG.normal(0, 5, (10, 24))
    assert np.allclose(shapes(levels + gain_db), shapes(levels))
