"""The law is found again, its intervals hold what was planted, and it says when rows alone will not do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnosis.learning_curve import FARTHEST, Points, fit_curve, rows_needed

ROWS = 8000 * 2.0 ** np.arange(-5, 1)


def points(floor: float, scale: float, power: float, *, error: float = 1e-3, shake: np.ndarray | None = None) -> Points:
    errors = floor + scale * ROWS**-power + (0 if shake is None else error * shake)
    return Points(ROWS, errors, np.eye(len(ROWS)) * error**2, 30)


@given(st.floats(0, 0.4), st.floats(0.5, 5), st.floats(0.2, 1.0))
def test_a_law_without_noise_is_found_again(floor: float, scale: float, power: float) -> None:
    curve = fit_curve(points(floor, scale, power))
    assert curve.error(ROWS) == pytest.approx(floor + scale * ROWS**-power, abs=1e-3)
    assert curve.floor >= 0
    assert curve.scale >= 0
    assert 0 < curve.power <= 2
    span = curve.error_span(4 * ROWS[-1])
    assert span.low <= floor + scale * (4 * ROWS[-1]) ** -power <= span.high


def test_neither_the_order_nor_the_unit_of_the_errors_matters() -> None:
    given_points = points(0.05, 2, 0.5, error=0.003, shake=np.random.default_rng(1).normal(size=6))
    order = np.array([3, 0, 5, 1, 4, 2])
    turned = Points(ROWS[order], given_points.errors[order], given_points.covariance, 30)
    scaled = Points(ROWS, 100 * given_points.errors, 1e4 * given_points.covariance, 30)
    first = fit_curve(given_points)
    assert fit_curve(turned).floor == pytest.approx(first.floor)
    assert fit_curve(scaled).floor == pytest.approx(100 * first.floor)
    needed, other = rows_needed(first, 0.06), rows_needed(fit_curve(scaled), 6.0)
    assert needed.state == other.state
    assert needed.rows.value == pytest.approx(other.rows.value)


def test_intervals_hold_what_was_planted() -> None:
    hits = []
    for seed in range(120):
        shake = np.random.default_rng(seed).normal(size=6)
        curve = fit_curve(points(0.05, 2, 0.5, error=0.004, shake=shake))
        truth = 0.05 + 2 * (3 * ROWS[-1]) ** -0.5
        floor, ahead = curve.error_span(np.inf), curve.error_span(3 * ROWS[-1])
        needed = rows_needed(curve, truth).rows
        hits.append(
            [
                floor.low <= 0.05 <= floor.high,
                ahead.low <= truth <= ahead.high,
                needed.low <= 3 * ROWS[-1] <= needed.high,
            ]
        )
    assert (np.mean(hits, axis=0) > 0.92).all(), np.mean(hits, axis=0)


def test_it_tells_an_error_that_is_reached_from_one_that_needs_rows_and_one_that_none_will_bring() -> None:
    curve = fit_curve(points(0.2, 3, 0.7, error=3e-4))
    assert rows_needed(curve, 0.3).state == "reached"
    more = rows_needed(curve, 0.205)
    assert more.state == "more"
    assert more.rows.low <= (3 / 0.005) ** (1 / 0.7) <= more.rows.high
    never = rows_needed(curve, 0.15)
    assert never.state == "not reachable"
    assert never.rows.value == np.inf
    assert curve.floor == pytest.approx(0.2, abs=1e-3)


def test_noise_that_hides_where_the_curve_ends_leaves_it_undecided() -> None:
    shake = np.random.default_rng(3).normal(size=6)
    needed = rows_needed(fit_curve(points(0.05, 2, 0.5, error=0.02, shake=shake)), 0.04)
    assert needed.state == "undecided"
    assert needed.rows.high == np.inf
    assert needed.rows.low < FARTHEST * ROWS[-1]


def test_errors_that_follow_no_such_law_widen_the_intervals() -> None:
    law = fit_curve(points(0.05, 2, 0.5, error=1e-3))
    bump = np.array([0, 0, 15.0, -15.0, 0, 0])
    bent = fit_curve(points(0.05, 2, 0.5, error=1e-3, shake=bump))
    assert law.misfit > 0.9
    assert bent.misfit < 0.01
    narrow, wide = law.error_span(ROWS[-1]), bent.error_span(ROWS[-1])
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_errors_that_do_not_fall_have_a_floor_and_nothing_else() -> None:
    curve = fit_curve(points(0.3, 0, 1, error=1e-3, shake=np.array([0, 1, -1, 1, -1, 0.0])))
    assert curve.error(ROWS) == pytest.approx(np.full(6, 0.3), abs=2e-3)
    assert rows_needed(curve, 0.2).state == "not reachable"


def test_three_sizes_are_too_few() -> None:
    with pytest.raises(ValueError, match="at 4 sizes, there are 3"):
        fit_curve(Points(ROWS[:3], ROWS[:3] ** -0.5, np.eye(3), 5))
