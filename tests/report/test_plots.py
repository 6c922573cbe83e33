"""Estimates as pictures."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report.estimates import Estimate
from tasks.report.plots import Bar, Change, change_plot, drawn_plot, interval_plot, mismatch_plot
from tasks.report.scale import Scale, scale_over

numbers = st.floats(-1e12, 1e12, allow_nan=False)


def parsed(svg):
    return ElementTree.fromstring(svg)


def places(svg):
    width = float(parsed(svg).attrib["width"])
    return width, [float(value) for value in re.findall(r' (?:x1|x2|cx|x)="([-0-9.e]+)"', svg)]


@given(
    effect=numbers,
    reach=st.floats(0, 1e12),
    limit=st.one_of(st.none(), st.floats(0, 1e12)),
    others=st.lists(numbers, max_size=4),
)
def test_an_interval_stays_inside_its_picture(effect, reach, limit, others) -> None:
    for fails in ("beyond", "below"):
        svg = interval_plot(Estimate(effect, effect - reach, effect + reach), limit=limit, fails=fails, others=others)
        width, found = places(svg)
        assert all(0 <= place <= width for place in found)


def test_a_limit_is_drawn_on_both_sides_of_a_signed_effect_and_on_one_of_an_unsigned() -> None:
    signed = interval_plot(Estimate(0.05, -0.02, 0.12), limit=0.1)
    unsigned = interval_plot(Estimate(0.05, 0.02, 0.12), limit=0.1)
    below = interval_plot(Estimate(0.6, -0.1, 0.7), limit=0.0, fails="below")
    assert [svg.count('class="limit"') for svg in (signed, unsigned, below)] == [2, 1, 1]
    assert "limit 0.1" in signed


def test_what_was_not_measured_is_said() -> None:
    assert "not measured" in interval_plot(Estimate(), limit=0.1)
    assert "not measured" in mismatch_plot([Bar("train and dev", Estimate(), "train")], floor=None, unit="")


def test_an_estimate_without_interval_is_a_dot() -> None:
    svg = interval_plot(Estimate(0.2), limit=None)
    assert svg.count("whisker") == 0 and svg.count("<circle") == 1


def test_the_arrow_runs_from_the_first_bar_to_the_second() -> None:
    bars = [Bar("a", Estimate(4.0, 3.0, 5.0), "train"), Bar("b", Estimate(0.5, 0.4, 0.6), "synthetic")]
    svg = mismatch_plot(bars, floor=0.2, unit="energy distance", closed="90 % of the gap closed")
    dots = [float(x) for x in re.findall(r'<circle cx="([0-9.]+)"', svg)]
    start, end = map(
        float, re.search(r'<line x1="([0-9.]+)" y1="[0-9.]+" x2="([0-9.]+)" y2="[0-9.]+" class="arrow"', svg).groups()
    )
    assert start == pytest.approx(dots[0]) and end == pytest.approx(dots[1], abs=5.01)
    assert "arrow" not in mismatch_plot(bars, floor=0.2, unit="")


def test_changes_name_every_descriptor_and_keep_signs() -> None:
    svg = change_plot(
        [Change("blur", Estimate(-0.8, -0.9, -0.7), Estimate(0.2, 0.1, 0.3)), Change("<i>", Estimate(0.3), None)],
        limit=0.1,
        unit="delta",
    )
    assert "blur: −0.800 without, 0.200 with synthetic data" in svg
    assert "&lt;i&gt;" in svg and "<i>" not in svg
    parsed(svg)


def test_no_bars_and_no_changes_are_still_pictures() -> None:
    parsed(mismatch_plot([], floor=None, unit=""))
    parsed(change_plot([], limit=None, unit=""))


@given(values=st.lists(st.one_of(st.none(), numbers), max_size=6))
def test_a_scale_shows_all_values_and_zero_in_order(values) -> None:
    at = scale_over(values, 10, 90)
    known = sorted([value for value in values if value is not None] + [0.0])
    found = [at(value) for value in known]
    assert found == sorted(found)
    assert found[0] >= 10 and found[-1] <= 90


def test_drawn_values_outside_of_their_scale_are_held_at_the_edge() -> None:
    svg = drawn_plot((-5, 1, 7), (3, 4), 0.5, Scale(0, 1, 0, 1), about="rotation angle")
    width, found = places(svg)
    assert all(0 <= place <= width for place in found)


def test_one_value_is_drawn_as_one_bar() -> None:
    svg = parsed(drawn_plot((1.5, 2, 2.5), (0, 9), 2, Scale(0, 1000, 0, 1), about="constant"))
    assert [part.get("class") for part in svg.iter() if part.get("class") == "range"] == ["range"]
    assert any(part.tag.endswith("rect") for part in svg.iter())
    parsed(drawn_plot((2, 2), (9,), 2, Scale(2, 2, 0, 1), about="constant"))
