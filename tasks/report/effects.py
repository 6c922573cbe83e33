"""Many effects on one axis, each with its interval against the margin, and one effect on the scale that it lives on."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tasks.report.scale import Scale, scale_over
from tasks.report.svg import element, line, picture, ticks, words
from tasks.report.wording import foreign, interval, number, round_number

MOST_NAME = 36


def effects_plot(rows: Sequence[Mapping[str, Any]], *, margin: float, unit: str) -> Markup:
    """Draw effects from top to bottom: dots with intervals, the margin shaded around zero.

    Parameters
    ----------
    rows : sequence of mapping
        Each with name, effect, ci_low, ci_high, state and, in other units than the axis, `shrink`: what to divide by.
    margin : float
    unit : str
        What the axis shows.
    """
    width, row_height = 760.0, 22.0
    shown = [foreign(str(row["name"]), MOST_NAME) for row in rows]
    left = 24 + 6.4 * min(max((len(name) for name in shown), default=0), MOST_NAME + 24)
    bottom = row_height * len(rows) + 6
    placed = [[_place(row, part) for part in ("effect", "ci_low", "ci_high")] for row in rows]
    marks = [value for values in placed for value in values]
    at = scale_over([*marks, margin, -margin], left, width - 14)
    parts = [element("rect", x=at(-margin), y=2, width=at(margin) - at(-margin), height=bottom - 2, class_="good")]
    places = ticks(at.low, at.high, 8)
    parts += [line(at(place), 2, at(place), bottom, "grid") for place in places]
    parts.append(line(at(0), 2, at(0), bottom, "zero"))
    for index, (row, name, (effect, low, high)) in enumerate(zip(rows, shown, placed, strict=True)):
        y = row_height * index + row_height / 2 + 3
        parts.append(words(left - 16, y + 4, name, "name", "end"))
        parts += _dot(at, effect, low, high, y, str(row["state"]))
    parts += [words(at(place), bottom + 14, round_number(place), "tick", "middle") for place in places]
    parts.append(words((at.start + at.end) / 2, bottom + 31, unit, "tick", "middle"))
    said = "; ".join(f"{name}: {number(row['effect'])}, {row['state']}" for name, row in zip(shown, rows, strict=True))
    return picture(width, bottom + 36, parts, title="Effects, by descriptor", desc=said, class_="plot wide")


def apart_plot(effect: float | None, low: float | None, high: float | None, *, margin: float, state: str) -> Markup:
    """Draw on the scale from 0 to 1 how well two samples are told apart."""
    width, middle, bottom = 760.0, 26.0, 44.0
    if effect is None:
        return picture(width, 30, [words(2, 18, "not measured", "tick")], title="How far apart: not measured")
    at = Scale(min(0.0, effect, low if low is not None else 0.0), 1.0, 12, width - 12)
    parts = [
        element("rect", x=at(0), y=8, width=at(margin) - at(0), height=bottom - 8, class_="good"),
        line(at(at.low), bottom, at(1), bottom, "axis"),
        line(at(0), 8, at(0), bottom, "zero"),
    ]
    parts += _dot(at, effect, low, high, middle, state, radius=6, cap=7)
    parts += [words(at(place), bottom + 14, round_number(place), "tick", "middle") for place in ticks(0, 1, 5)]
    parts.append(words(at(0) + 2, bottom + 30, "alike", "tick"))
    parts.append(words(at(1), bottom + 30, "told apart without fail", "tick", "end"))
    said = f"{number(effect)} {interval(low, high)}".strip()
    parts.append(words(*_beside(at, effect, high, middle), said, "value", "end" if effect > 0.7 else "start"))
    return picture(width, bottom + 36, parts, title=f"How far apart, from 0 to 1: {said}", class_="plot wide")


def _beside(at: Scale, effect: float, high: float | None, y: float) -> tuple[float, float]:
    if effect > 0.7:
        return at(effect) - 26, y - 8
    return at(max(effect, high if high is not None else effect)) + 14, y + 4


def _place(row: Mapping[str, Any], part: str) -> float | None:
    value = row[part]
    return None if value is None else float(value) / float(row.get("shrink", 1.0))


def _dot(
    at: Scale,
    effect: float | None,
    low: float | None,
    high: float | None,
    y: float,
    state: str,
    *,
    radius: float = 4,
    cap: float = 0,
) -> list[Markup]:
    parts = []
    if low is not None and high is not None:
        parts.append(line(at(low), y, at(high), y, f"whisker {state}"))
        if cap:
            parts += [line(at(end), y - cap, at(end), y + cap, f"whisker {state}") for end in (low, high)]
    if effect is not None:
        parts.append(element("circle", cx=at(effect), cy=y, r=radius, class_=f"mark {state}"))
    return parts
