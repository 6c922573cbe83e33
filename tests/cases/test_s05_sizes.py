"""S5: of a million rows dev and test take one percent each, of little data a fifth; or what an interval asks for."""

import numpy as np
import pytest

from tasks.config.splits import Size
from tasks.splitting.margins import half_width
from tasks.splitting.sizes import plan_sizes, usual_rows


@pytest.mark.parametrize(("rows", "each", "train"), [(1_000_000, 10_000, 0.98), (1_000, 200, 0.6), (100, 20, 0.6)])
def test_one_percent_of_a_million_and_a_fifth_of_little(rows: int, each: int, train: float) -> None:
    assert usual_rows(rows) == each
    assert 1 - 2 * usual_rows(rows) / rows == pytest.approx(train)


def test_ten_thousand_rows_tell_what_two_hundred_thousand_do() -> None:
    few, many = half_width(10_000, 0.10), half_width(200_000, 0.10)
    assert few == pytest.approx(0.0059, abs=1e-4)
    assert few - many < 0.005  # the other 190,000 rows of a fifth would buy half a point


@pytest.mark.parametrize(("margin", "rows"), [(0.02, 868), (0.01, 3_461), (0.006, 9_608)])
def test_the_interval_asked_for_gives_the_size_whatever_there_is(margin: float, rows: int) -> None:
    for there in (100_000, 1_000_000):
        plan = plan_sizes({"dev": Size(margin=margin)}, np.ones(there))["dev"]
        assert plan.rows == pytest.approx(rows, rel=0.002)  # within 2 rows of the textbook's z^2 p (1 - p) / h^2
        assert plan.margin <= margin
    assert half_width(rows - 20, 0.10) > margin


def test_rows_of_one_user_are_no_rows_of_their_own() -> None:
    assert usual_rows(1_000_000, effect=3.0) == 30_000
    plan = plan_sizes({"dev": Size(margin=0.02)}, np.full(50_000, 20))["dev"]
    assert plan.rows > 2 * 868
    assert plan.worth >= 860
