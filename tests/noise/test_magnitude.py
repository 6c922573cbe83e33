"""Distributions of magnitudes inside bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from tasks.noise.bounds import Parameter
from tasks.noise.magnitude import Magnitude
from tasks.noise.modalities import BOUNDS

U = (np.arange(2000) + 0.5) / 2000
EVERY = [limits for table in BOUNDS.values() for bounds in table.values() for limits in bounds.parameters.values()]


def test_normal_is_the_truncated_normal() -> None:
    limits = Parameter(-30, 30, 0, "")
    drawn = Magnitude(normal=(20, 15)).values(U, limits)
    assert np.allclose(drawn, stats.truncnorm(-50 / 15, 10 / 15, 20, 15).ppf(U), atol=1e-6)


def test_log_uniform_is_uniform_in_doublings() -> None:
    drawn = Magnitude(log_uniform=(0.5, 2)).values(U, Parameter(0.1, 10, 1, "", spacing="log"))
    assert stats.kstest(np.log2(drawn), "uniform", (-1, 2)).statistic < 1e-3


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_bounds_are_never_left(data) -> None:
    limits = data.draw(st.sampled_from(EVERY))
    inside = st.floats(limits.low, limits.high)
    kind = data.draw(st.sampled_from(["normal", "uniform", "log_uniform"]))
    if kind == "normal":
        pair = (data.draw(inside), data.draw(st.floats(0, 1e6)))
    else:
        pair = tuple(sorted((data.draw(inside), data.draw(inside))))
        if kind == "log_uniform" and pair[0] <= 0:
            kind = "uniform"
    magnitude = Magnitude(**{kind: pair})
    ends = np.concatenate((U, [2.0**-54, 1 - 2.0**-53]))
    severity = data.draw(st.floats(1e-3, 1e3))
    for each in (magnitude, magnitude.scaled(severity, limits)):
        drawn = each.values(ends, limits)
        assert np.isfinite(drawn).all()
        assert (drawn >= limits.low).all()
        assert (drawn <= limits.high).all()
        assert not each.outside(limits)


@pytest.mark.parametrize("limits", EVERY)
def test_severity_one_changes_nothing_and_small_severity_is_nearly_neutral(limits) -> None:
    if limits.spacing == "decibel" or limits.neutral is None:
        return
    middle = (limits.low * limits.high) ** 0.5 if limits.spacing == "log" else (limits.low + limits.high) / 2
    magnitude = Magnitude(normal=(middle, 0.1 * (limits.high - limits.low)))
    assert np.allclose(magnitude.scaled(1, limits).pair, magnitude.pair)
    faint = magnitude.scaled(1e-9, limits).values(U, limits)
    assert np.allclose(faint, limits.neutral, atol=1e-6 * (limits.high - limits.low))


def test_half_the_severity_of_an_snr_is_six_decibels_more() -> None:
    limits = BOUNDS["audio"]["noise"].parameters["snr_db"]
    assert Magnitude(normal=(10, 3)).scaled(0.5, limits).pair == pytest.approx((16.02, 3), abs=0.01)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"normal": (0, 1), "uniform": (0, 1)},
        {"normal": (0, -1)},
        {"uniform": (2, 1)},
        {"log_uniform": (0, 1)},
        {"normal": (float("nan"), 1)},
        {"uniform": (0, float("inf"))},
        {"normal": (1, 2, 3)},
    ],
)
def test_what_is_no_distribution_is_refused(given) -> None:
    with pytest.raises(ValidationError):
        Magnitude(**given)
