"""Coverage and density: what made records reach of real ones, and where they lie."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shift.coverage import expected_coverage, reach


def cloud(rows, seed, *, shift=0.0, scale=1.0, width=6):
    points = np.random.default_rng(seed).normal(size=(rows, width)) * scale
    points[:, 0] += shift
    return points.astype(np.float32)


def measured(real, made, *, atoms=None, seed=1):
    codes = np.arange(len(real)) if atoms is None else atoms
    return reach(real, made, codes, 10_000 + np.arange(len(made)), rng=np.random.default_rng(seed))


def test_it_is_what_naeem_et_al_define() -> None:
    real, made = cloud(60, 1), cloud(40, 2, shift=0.5)
    apart = np.linalg.norm(real[:, None] - real[None], axis=2)
    radius = np.sort(apart, axis=1)[:, 5]  # the first is the record itself
    near = np.linalg.norm(real[:, None] - made[None], axis=2) <= radius[:, None]
    found = measured(real, made)
    assert found.coverage.effect == pytest.approx(near.any(1).mean())
    assert found.density.effect == pytest.approx(near.sum() / (5 * 40))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(-50, 50), st.floats(0.01, 100))
def test_place_scale_and_order_do_not_matter(seed, place, scale) -> None:
    real, made = cloud(50, seed), cloud(50, seed + 1, shift=1)
    order = np.random.default_rng(seed).permutation(50)
    plain, moved = measured(real, made), measured((real * scale + place * scale)[order], made * scale + place * scale)
    assert moved.coverage.effect == pytest.approx(plain.coverage.effect, abs=0.021)  # a tie may fall either way
    assert 0 <= plain.coverage.ci_low <= plain.coverage.effect <= plain.coverage.ci_high <= 1


def test_what_is_made_of_the_real_records_covers_them_and_what_is_far_covers_none() -> None:
    real = cloud(80, 1)
    assert measured(real, real).coverage.effect == 1
    far = measured(real, cloud(80, 2, shift=100))
    assert (far.coverage.effect, far.density.effect) == (0, 0)
    assert 0.02 < far.coverage.ci_high < 0.1


def test_records_of_one_law_reach_what_is_expected() -> None:
    found = [measured(cloud(200, 2 * seed), cloud(200, 2 * seed + 1)) for seed in range(30)]
    assert np.mean([each.coverage.effect for each in found]) == pytest.approx(expected_coverage(200, 200), abs=0.006)
    assert np.mean([each.density.effect for each in found]) == pytest.approx(1.0, abs=0.05)
    assert expected_coverage(200, 200) == pytest.approx(0.97, abs=0.002)


def test_intervals_cover_what_is_reached_on_average() -> None:
    found = [measured(cloud(150, 2 * seed), cloud(150, 2 * seed + 1, shift=1.5), seed=seed) for seed in range(60)]
    for effects in ([each.coverage for each in found], [each.density for each in found]):
        middle = np.mean([effect.effect for effect in effects])
        assert np.mean([effect.ci_low <= middle <= effect.ci_high for effect in effects]) >= 0.88


def test_crowding_shows_in_density_and_narrowness_in_coverage() -> None:
    real = cloud(300, 1)
    narrow = measured(real, cloud(300, 2, scale=0.2))
    assert narrow.density.effect > 1.3
    assert narrow.coverage.effect < 0.7


def test_neighbours_of_the_same_atom_do_not_narrow_a_neighbourhood() -> None:
    centres, others = cloud(40, 1), cloud(40, 2)
    real = np.repeat(centres, 8, axis=0) + cloud(320, 3, scale=1e-3)
    made = np.repeat(others, 8, axis=0) + cloud(320, 4, scale=1e-3)
    tied = measured(real, made, atoms=np.repeat(np.arange(40), 8))
    assert measured(real, made).coverage.effect < 0.1 < 0.9 < tied.coverage.effect


@pytest.mark.parametrize("sizes", [(5, 50), (0, 50), (50, 0)])
def test_too_few_records_are_not_measured(sizes) -> None:
    assert np.isnan(measured(cloud(sizes[0], 1), cloud(sizes[1], 2)).coverage.effect)
