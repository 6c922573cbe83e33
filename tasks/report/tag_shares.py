"""What the tags of an error analysis add up to, as a page: bars with intervals, the biggest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tasks.diagnosis.tags import Analysis, TagFound
from tasks.diagnosis.weighted_shares import Share
from tasks.report.environment import environment
from tasks.report.scale import scale_over
from tasks.report.share_words import in_percent
from tasks.report.svg import element, line, picture, ticks, words
from tasks.report.wording import count, foreign

ROW = 30.0
LEFT, WIDTH, RIGHT = 190.0, 760.0, 210.0
MOST_DRAWN = 24


@dataclass(frozen=True)
class _Line:
    name: str
    records: str
    share: str
    ceiling: str
    agreement: str


def render_tags(
    found: Analysis, error: Share, *, name: str, version: int, sheet: str, model: str, remarks: Sequence[str] = ()
) -> str:
    """Return the page as text.

    Parameters
    ----------
    found : Analysis
    error : Share
        The model's on dev.
    name : str
        Of the data set.
    version : int
    sheet : str
    model : str
    remarks : sequence of str

    Notes
    -----
    Invariants: no script and no address but anchors; whatever a tag contains comes out as text.
    """
    view = {
        "name": name,
        "version": version,
        "sheet": sheet,
        "model": model,
        "error": in_percent(error),
        "sentence": say_tags(found),
        "looked": f"{count(found.looked)} of {count(found.drawn)}",
        "reviewers": [foreign(each, 60) for each in found.reviewers],
        "picture": draw_tags(found.tags[:MOST_DRAWN]) if found.tags else None,
        "lines": [_line(tag) for tag in found.tags],
        "several": len(found.reviewers) > 1,
        "untagged": in_percent(found.untagged),
        "remarks": remarks,
    }
    return environment().get_template("tags.html.jinja").render(view)


def say_tags(found: Analysis) -> str:
    """Say what is worth working on, in one sentence: the first tag, and whether it surely is the first."""
    if not found.tags:
        return "No tag was given, so nothing stands out."
    first = found.tags[0]
    falls = f"Without {foreign(first.tag, 60)} the error falls by at most {in_percent(first.ceiling)} points"
    rivals = [tag for tag in found.tags[1:] if tag.share.high > first.share.low]
    if not rivals:
        return f"{falls}, more than without any other tag."
    others = ", ".join(foreign(tag.tag, 60) for tag in rivals[:3]) + (" and others" if len(rivals) > 3 else "")
    return f"{falls}. It looks largest, but may be no larger than {others}: look at more records to tell."


def draw_tags(tags: Sequence[TagFound]) -> Markup:
    """Draw each tag's share of the errors as a bar with its interval."""
    at = scale_over([0.0, *(tag.share.high for tag in tags)], LEFT, WIDTH - RIGHT)
    bottom = ROW * len(tags) + 6
    drawn = []
    for value in ticks(at.low, at.high, 6):
        drawn.append(line(at(value), 2, at(value), bottom, "grid"))
        drawn.append(words(at(value), bottom + 14, f"{100 * value:.0f} %", "tick", "middle"))
    drawn.append(words((at.start + at.end) / 2, bottom + 31, "share of the errors", "tick", "middle"))
    told = []
    for place, tag in enumerate(tags):
        middle, share = ROW * place + 20, tag.share
        drawn.append(words(LEFT - 14, middle + 4, foreign(tag.tag, 26), "name", "end"))
        wide = max(at(share.share) - at.start, 1.5)
        drawn.append(element("rect", x=at.start, y=middle - 8, width=wide, height=16, class_="bar synthetic"))
        drawn.append(line(at(share.low), middle, at(share.high), middle, "whisker"))
        ends = f"at most {in_percent(tag.ceiling)} points"
        drawn.append(words(at(share.high) + 9, middle + 4, ends, "value"))
        told.append(f"{foreign(tag.tag, 60)} {in_percent(share)} of the errors")
    return picture(WIDTH, bottom + 36, drawn, title="What went wrong", desc="; ".join(told), class_="plot wide")


def _line(tag: TagFound) -> _Line:
    kappa = tag.agreement.kappa if tag.agreement is not None else float("nan")
    return _Line(
        tag.tag,
        count(tag.records),
        in_percent(tag.share),
        in_percent(tag.ceiling),
        f"{kappa:.2f}" if kappa == kappa else "–",
    )
