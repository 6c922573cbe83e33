"""Pictures from escaped parts."""

import math
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markupsafe import Markup

from tasks.report.svg import element, picture, ticks, words


def test_content_and_attributes_are_escaped() -> None:
    made = element("text", "<b>&", data_name='"><script>')
    assert made == '<text data-name="&#34;&gt;&lt;script&gt;">&lt;b&gt;&amp;</text>'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_place_that_is_not_finite_is_refused(value) -> None:
    with pytest.raises(ValueError, match="not a place"):
        element("circle", cx=value)


@given(title=st.text(), desc=st.text(), label=st.text())
def test_a_picture_is_well_formed_whatever_it_says(title, desc, label) -> None:
    made = picture(10, 10, [words(1.23456, 2, label)], title=title, desc=desc)
    assert isinstance(made, Markup)
    root = ElementTree.fromstring(made)
    assert root.attrib["role"] == "img"
    assert root[-1].attrib["x"] == "1.23"


@given(low=st.floats(-1e9, 1e9), span=st.floats(1e-6, 1e9), most=st.integers(2, 10))
def test_ticks_are_few_even_and_inside(low, span, most) -> None:
    assume(span > 1e-6 * abs(low))
    found = ticks(low, low + span, most)
    assert len(found) <= most
    slack = 1e-6 * span + 1e-9 * abs(low)
    assert all(low - slack <= place <= low + span + slack for place in found)
    steps = [b - a for a, b in pairwise(found)]
    assert all(math.isclose(step, steps[0], rel_tol=1e-3) for step in steps)


def test_ticks_of_nothing_are_none() -> None:
    assert ticks(1, 1) == ticks(2, 1) == ticks(0, math.inf) == ticks(math.nan, 1) == []
