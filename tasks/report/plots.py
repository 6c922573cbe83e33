"""Estimates as pictures: dots with intervals against limits, floors and each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from markupsafe import Markup

from tasks.report.estimates import Estimate
from tasks.report.scale import Scale, scale_over
from tasks.report.svg import element, line, path, picture, ticks, words
from tasks.report.wording import foreign, interval, number, round_number

Side: TypeAlias = Literal["beyond", "below", "above"]
"""Where a check fails: at effects beyond the limit on either side of zero, or below it, or above it."""


@dataclass(frozen=True)
class Bar:
    """A named estimate; `kind` is the CSS class that colours it."""

    name: str
    estimate: Estimate
    kind: str


@dataclass(frozen=True)
class Change:
    """A descriptor's distance to dev without and with synthetic data."""

    name: str
    before: Estimate
    after: Estimate | None


def interval_plot(
    estimate: Estimate, *, limit: float | None, fails: Side = "beyond", others: Sequence[float] = (), about: str = ""
) -> Markup:
    """Draw one estimate and its interval against a limit.

    Parameters
    ----------
    estimate : Estimate
        Without an effect the picture says that nothing was measured.
    limit : float, optional
        None draws no limit.
    fails : {"beyond", "below", "above"}
        Which side of the limit is shaded.
    others : sequence of float
        Effects of the same family, drawn as faint ticks behind.
    about : str
        What is shown, for who cannot see it.

    Returns
    -------
    Markup
        An SVG element, 232 x 40.
    """
    width, height, middle = 232.0, 40.0, 14.0
    if estimate.effect is None:
        return picture(width, height, [words(2, middle + 4, "not measured", "tick")], title=f"{about}: not measured")
    marks = [estimate.effect, estimate.low, estimate.high, *others]
    signed = any(mark is not None and mark < 0 for mark in marks)
    limits = [] if limit is None else ([limit, -limit] if signed and fails == "beyond" else [limit])
    at = scale_over([*marks, *limits], 6, width - 6, room=0.12)
    parts = [line(at(at.low), middle, at(at.high), middle, "axis")]
    for edge in limits:
        outwards = (at.start - 6, at(edge)) if fails == "below" or edge < 0 else (at(edge), at.end + 6)
        parts.append(
            element("rect", x=outwards[0], y=2, width=outwards[1] - outwards[0], height=2 * middle - 4, class_="bad")
        )
        parts.append(line(at(edge), 1, at(edge), 2 * middle - 1, "limit"))
        side, place = ("end", max(at(edge), 28)) if edge < 0 else ("start", min(at(edge), width - 28))
        parts.append(words(place, height - 3, round_number(edge), "tick", side))
    parts += [line(at(other), middle - 5, at(other), middle + 5, "other") for other in others]
    parts += _whisker(at, estimate, middle, "dot")
    if all(abs(at(0.0) - at(edge)) > 34 for edge in limits):
        parts.append(words(at(0.0), height - 3, "0", "tick", "middle"))
    shown = f"{number(estimate.effect)} {interval(estimate.low, estimate.high)}".strip()
    against = f", limit {round_number(limit)}" if limit is not None else ""
    return picture(width, height, parts, title=f"{about}: {shown}{against}".lstrip(": "))


def _whisker(at: Scale, estimate: Estimate, y: float, kind: str, *, cap: float = 4) -> list[Markup]:
    parts = []
    if estimate.low is not None and estimate.high is not None:
        low, high = at(estimate.low), at(estimate.high)
        parts = [line(low, y, high, y, f"whisker {kind}")]
        parts += [line(end, y - cap, end, y + cap, f"whisker {kind}") for end in (low, high)]
    if estimate.effect is not None:
        parts.append(element("circle", cx=at(estimate.effect), cy=y, r=4, class_=f"mark {kind}"))
    return parts


def mismatch_plot(
    bars: Sequence[Bar], *, floor: float | None, unit: str, closed: str = "", title: str = "Mismatch between splits"
) -> Markup:
    """Draw distances between pairs of splits, one line a pair, over the floor that pairs of one law reach by chance.

    Parameters
    ----------
    bars : sequence of Bar
        From top to bottom.
    floor : float, optional
        The upper end of what the floors reach; shaded from zero.
    unit : str
        What the axis shows.
    closed : str
        Words for the way from the first bar to the second; none draws no arrow.
    title : str
        What the picture is called.
    """
    width, row = 760.0, 40.0
    left, right = _name_width([bar.name for bar in bars]), 60.0
    bottom = row * len(bars) + 6
    marks = [value for bar in bars for value in (bar.estimate.effect, bar.estimate.low, bar.estimate.high)]
    at = scale_over([*marks, floor], left, width - right)
    parts = []
    if floor is not None:
        parts.append(element("rect", x=at(0), y=2, width=max(at(floor) - at(0), 1), height=bottom - 2, class_="floor"))
    parts += _grid(at, bottom, unit)
    for index, bar in enumerate(bars):
        y = row * index + row / 2 + 3
        parts.append(words(left - 16, y + 4, bar.name, "name", "end"))
        parts += _whisker(at, bar.estimate, y, bar.kind, cap=5)
        text = number(bar.estimate.effect) if bar.estimate.effect is not None else "not measured"
        edge = max((v for v in (bar.estimate.effect, bar.estimate.high) if v is not None), default=at.low)
        parts.append(words(at(edge) + 10, y + 4, text, "value"))
    if closed and len(bars) > 1 and bars[0].estimate.effect is not None and bars[1].estimate.effect is not None:
        start, end, y = at(bars[0].estimate.effect), at(bars[1].estimate.effect), row + 5
        if abs(start - end) > 120:
            tip = 5 if end < start else -5
            parts.append(line(start, y, end + tip, y, "arrow"))
            parts.append(path([(end, y), (end + 2 * tip, y - 4), (end + 2 * tip, y + 4)], "arrowhead", closed=True))
            parts.append(words((start + end) / 2, y - 5, closed, "value", "middle"))
    said = "; ".join(
        f"{bar.name} {number(bar.estimate.effect)} {interval(bar.estimate.low, bar.estimate.high)}" for bar in bars
    )
    return picture(width, bottom + 36, parts, title=title, desc=said, class_="plot wide")


def change_plot(changes: Sequence[Change], *, limit: float | None, unit: str) -> Markup:
    """Draw, descriptor by descriptor, how far train is from dev without and with synthetic data.

    Parameters
    ----------
    changes : sequence of Change
        From top to bottom; the signs are kept, so that going past dev shows.
    limit : float, optional
        The practical margin, shaded around zero.
    """
    width, row, apart = 760.0, 24.0, 4.5
    left = _name_width([change.name for change in changes])
    bottom = row * len(changes) + 6
    marks = [
        value
        for change in changes
        for side in (change.before, change.after or Estimate())
        for value in (side.effect, side.low, side.high)
    ]
    at = scale_over([*marks, limit, -limit if limit else None], left, width - 14)
    parts = []
    if limit:
        parts.append(element("rect", x=at(-limit), y=2, width=at(limit) - at(-limit), height=bottom - 2, class_="good"))
    parts += _grid(at, bottom, unit)
    parts.append(line(at(0), 2, at(0), bottom, "zero"))
    for index, change in enumerate(changes):
        y = row * index + row / 2 + 3
        parts.append(words(left - 16, y + 4, foreign(change.name, 36), "name", "end"))
        if change.after is None:
            parts += _whisker(at, change.before, y, "train hollow", cap=0)
            continue
        parts += _whisker(at, change.before, y - apart, "train hollow", cap=0)
        parts += _whisker(at, change.after, y + apart, "synthetic", cap=0)
    said = "; ".join(
        f"{change.name}: {number(change.before.effect)}"
        + (f" without, {number(change.after.effect)} with synthetic data" if change.after else "")
        for change in changes
    )
    return picture(width, bottom + 36, parts, title="Distance to dev, by descriptor", desc=said, class_="plot wide")


def _grid(at: Scale, bottom: float, unit: str) -> list[Markup]:
    places = ticks(at.low, at.high, 8)
    lines = [line(at(place), 2, at(place), bottom, "grid") for place in places]
    named = [words(at(place), bottom + 14, round_number(place), "tick", "middle") for place in places]
    return [*lines, *named, words((at.start + at.end) / 2, bottom + 31, unit, "tick", "middle")]


def _name_width(names: Sequence[str]) -> float:
    return 24 + 6.4 * min(max((len(name) for name in names), default=0), 36)


def drawn_plot(edges: Sequence[float], counts: Sequence[int], median: float, scale: Scale, *, about: str) -> Markup:
    """Draw the distribution of drawn values and their median on a given scale, as high as there is room."""
    low, high = edges[0], edges[-1]
    at = Scale(scale.low, scale.high, 5, 135) if scale.high > scale.low else Scale(low - 1, high + 1, 5, 135)
    base, peak = 26.0, max([1, *counts])
    points = [(at(low), base)]
    for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True):
        height = base - 22 * count / peak
        points += [(at(left), height), (at(right), height)]
    points.append((at(high), base))
    parts = [line(at.start, base, at.end, base, "axis")]
    if at.low < 0 < at.high:
        parts.append(line(at(0), base - 5, at(0), base + 2, "axis"))
    if at(high) - at(low) < 1.5:  # as good as one value
        parts.append(element("rect", x=at(low) - 0.75, y=4, width=1.5, height=22, class_="range"))
    else:
        parts.append(path(points, "range", closed=True))
    parts.append(line(at(median), 2, at(median), base + 2, "median"))
    return picture(140, 30, parts, title=f"{about}: {number(low)} to {number(high)}, median {number(median)}")
