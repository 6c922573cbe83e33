"""One picture a check: the effect with its interval against the limit."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from tasks.report.svg import element, line, picture, words
from tasks.report.wording import interval, number

WIDTH, HEIGHT = 300.0, 46.0
_LEFT, _RIGHT, _MIDDLE = 12.0, 288.0, 20.0


def interval_picture(answer: Mapping[str, Any]) -> Markup:
    """Draw the effect and its interval over the band in which the check passes.

    Parameters
    ----------
    answer : mapping
        The fields of a `CheckResult`.

    Returns
    -------
    Markup
        An inline SVG; empty for counts, p-values and what was not measured.
    """
    effect, limit, rule = answer["effect"], answer["limit"], answer["rule"]
    low, high = answer["ci_low"], answer["ci_high"]
    if effect is None or limit is None or low is None or high is None:
        return Markup("")
    if rule not in ("interval_within", "family_within", "above"):
        return Markup("")
    if rule == "above":
        start, stop = min(low, limit, 0.0), max(high, limit, 1.0)
        band_low, band_high = limit, None
    else:
        reach = max(abs(low), abs(high), limit) * 1.1
        start, stop = (-reach if low < 0 else 0.0), reach
        band_low, band_high = -limit, limit
    margin = 0.05 * (stop - start)
    start, stop = start - margin, stop + margin

    def at(value: float) -> float:
        return float(_LEFT + (_RIGHT - _LEFT) * (value - start) / (stop - start))

    left = at(max(band_low, start))
    right = at(min(band_high, stop)) if band_high is not None else _RIGHT
    parts = [
        element("rect", x=left, y=6.0, width=right - left, height=26.0, class_="band"),
        line(_LEFT, 32.0, _RIGHT, 32.0, "axis"),
    ]
    edges = {band_low, 0.0, 1.0 if rule == "above" else band_high}
    for edge in sorted(value for value in edges if value is not None and start <= value <= stop):
        parts.append(line(at(edge), 6.0, at(edge), 35.0, "zero" if edge == 0 and limit != 0 else "limit"))
        parts.append(words(at(edge), 44.0, f"{edge:g}".replace("-", "−"), "tick", "middle"))
    parts += [
        line(at(low), _MIDDLE, at(high), _MIDDLE, f"whisker {answer['status']}"),
        element("circle", cx=at(effect), cy=_MIDDLE, r=4.0, class_=f"point {answer['status']}"),
    ]
    title = f"{number(effect)} {interval(low, high)}, limit {number(limit)}"
    return picture(WIDTH, HEIGHT, parts, title=title, class_="interval")
