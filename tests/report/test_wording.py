"""Numbers and foreign words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report.wording import count, foreign, inert, interval, number, percent, round_number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.1, "0.100"),
        (0.0123, "0.0123"),
        (-1.5, "−1.50"),
        (12.34, "12.3"),
        (2e-7, "2.0e−7"),
        (1e6 + 0.5, "1,000,000"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_numbers(value, shown) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.0213, "2.1 %"),
        (0.0902, "9.0 %"),
        (0.1, "10 %"),
        (-0.05, "−5 %"),
        (0.0001, "< 0.1 %"),
        (-0.0001, "> −0.1 %"),
        (None, "–"),
    ],
)
def test_percents(share, shown) -> None:
    assert percent(share) == shown


def test_limits_have_no_zeros_at_their_end() -> None:
    assert [round_number(value) for value in (0.1, 0.18, 50.0, 1000.0, 0.0)] == ["0.1", "0.18", "50", "1,000", "0"]


def test_counts_and_intervals() -> None:
    assert count(12345) == "12,345" and count(-1) == "−1" and count(None) == "–"
    assert interval(-0.1, 0.25) == "[−0.100, 0.250]" and interval(None, 1) == interval(math.nan, 1) == ""


@given(value=st.floats())
def test_every_number_has_a_text(value) -> None:
    for write in (number, percent, round_number, count):
        text = write(value)
        assert text and not any(word in text for word in ("nan", "inf"))


@given(text=st.text(st.characters(exclude_categories=())))
def test_inert_text_can_be_encoded_and_does_not_steer(text) -> None:
    shown = inert(text)
    shown.encode("utf-8")
    assert not any(sign < " " or sign in "\u202e\u2067\u200f\x7f" for sign in shown)
    if text.isprintable():
        assert shown == text


def test_right_to_left_letters_stay() -> None:
    assert inert("شكرا") == "شكرا"


@given(text=st.text(max_size=2000), most=st.integers(20, 200))
def test_foreign_text_is_short(text, most) -> None:
    shown = foreign(text, most)
    assert len(shown) <= 6 * most + 30
    if len(text) > most:
        assert f"({len(text):,} characters)" in shown
