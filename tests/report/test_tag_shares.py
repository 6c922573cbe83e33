"""The page of an error analysis: the biggest tag first, told as such only where it surely is; nothing on it runs."""

import pytest

from tasks.diagnosis.tags import Analysis, TagFound
from tasks.diagnosis.weighted_shares import NOTHING, Share
from tasks.report.tag_shares import render_tags, say_tags

ERROR = Share(0.10, 0.08, 0.12, 1000, 999.0)


def tag(name: str, share: float, low: float, high: float) -> TagFound:
    fall = Share(share / 10, low / 10, high / 10, 100, 100.0)
    return TagFound(name, round(100 * share), Share(share, low, high, 100, 100.0), fall, None)


def analysis(*tags: TagFound) -> Analysis:
    return Analysis(tags, Share(0.2, 0.1, 0.3, 100, 100.0), 100, 120, ("anna",))


def test_the_first_tag_is_called_so_only_where_no_other_may_be_larger() -> None:
    blurred = tag("blurred", 0.61, 0.51, 0.70)
    sure = say_tags(analysis(blurred, tag("dog", 0.05, 0.02, 0.11)))
    assert sure == "Without blurred the error falls by at most 6.1 [5.1, 7.0] points, more than without any other tag."
    tied = say_tags(analysis(blurred, tag("great cat", 0.55, 0.45, 0.65), tag("dog", 0.05, 0.02, 0.11)))
    assert "may be no larger than great cat: look at more" in tied
    assert "dog" not in tied
    assert say_tags(analysis()) == "No tag was given, so nothing stands out."


@pytest.mark.parametrize("name", ["</svg><script>alert(1)</script>", "a" * 5000, "\u202etag"])
def test_whatever_a_tag_holds_comes_out_as_text(name: str) -> None:
    page = render_tags(
        analysis(tag(name, 0.3, 0.2, 0.4)), ERROR, name="<b>set", version=3, sheet="ab12", model="<i>m", remarks=["so"]
    )
    assert "<script" not in page
    assert "<b>set" not in page
    assert "<i>m" not in page
    assert "\u202e" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_sheet_without_tags_or_errors_is_a_page_too() -> None:
    page = render_tags(Analysis((), NOTHING, 3, 3, ()), NOTHING, name="set", version=1, sheet="s", model="m")
    assert "nothing stands out" in page
    assert "<figure" not in page
    assert "nan" not in page.lower()
