import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.pages.picture import HEIGHT, WIDTH, interval_picture

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def answer(rule: str, **given: Any) -> dict[str, Any]:
    found = {"rule": rule, "status": "pass", "effect": 0.05, "ci_low": 0.0, "ci_high": 0.1, "limit": 0.2}
    return found | given


@given(st.sampled_from(["interval_within", "family_within", "above"]), st.tuples(FINITE, FINITE, FINITE))
def test_everything_is_drawn_inside_the_picture(rule: str, numbers: tuple[float, float, float]) -> None:
    low, effect, high = sorted(numbers)
    limit = 0.0 if rule == "above" else 0.1
    drawn = str(interval_picture(answer(rule, effect=effect, ci_low=low, ci_high=high, limit=limit)))
    across = [float(value) for value in re.findall(r' (?:x|x1|x2|cx)="([^"]+)"', drawn)]
    assert across
    assert all(0 <= value <= WIDTH for value in across)
    assert all(0 <= float(value) <= HEIGHT for value in re.findall(r' (?:y|y1|y2|cy)="([^"]+)"', drawn))
    assert all(float(value) >= 0 for value in re.findall(r'<rect[^>]* width="([^"]+)"', drawn))


@pytest.mark.parametrize("missing", ["effect", "ci_low", "ci_high", "limit"])
def test_what_was_not_measured_is_not_drawn(missing: str) -> None:
    assert interval_picture(answer("above", **{missing: None})) == ""


@pytest.mark.parametrize("rule", ["rows", "at_most", "at_least", "no_difference"])
def test_counts_and_p_values_are_not_drawn(rule: str) -> None:
    assert interval_picture(answer(rule)) == ""


def test_the_picture_says_in_words_what_it_shows() -> None:
    assert "<title>0.0500 [0, 0.100], limit 0.200</title>" in interval_picture(answer("interval_within"))
