"""Scalable pictures from escaped parts: text stays text, colours come from the page, NaN does not get through."""

import math
from collections.abc import Iterable

from markupsafe import Markup, escape

from tasks.report.wording import inert


def element(tag: str, *content: str, **attributes: str | float | None) -> Markup:
    """Return an element; content is escaped unless it is Markup, `class_` and `stroke_width` become attribute names.

    Raises
    ------
    ValueError
        For an attribute that is NaN or infinite: such a mark has no place on paper.
    """
    inner = Markup("").join(part if isinstance(part, Markup) else escape(inert(part)) for part in content)
    given = Markup("").join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _value(value))
        for name, value in attributes.items()
        if value is not None
    )
    return Markup("<{}{}>{}</{}>").format(tag, given, inner, tag)


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        raise ValueError(f"not a place in a picture: {value}")
    return _trim(value)


def _trim(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def picture(
    width: float, height: float, parts: Iterable[Markup], *, title: str, desc: str = "", class_: str = "plot"
) -> Markup:
    """Wrap parts into an image that screen readers announce by its title and description."""
    words = [element("title", title)] + ([element("desc", desc)] if desc else [])
    return element(
        "svg",
        *words,
        *parts,
        viewBox=f"0 0 {_trim(width)} {_trim(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=f"{inert(title)}. {inert(desc)}" if desc else inert(title),
        class_=class_,
    )


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Draw a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def words(x: float, y: float, text: str, class_: str = "tick", anchor: str = "start") -> Markup:
    """Set text with its baseline at y."""
    return element("text", text, x=x, y=y, class_=class_, text_anchor=anchor)


def path(points: Iterable[tuple[float, float]], class_: str, *, closed: bool = False) -> Markup:
    """Draw a line through points, in their order."""
    steps = [f"{_value(x)} {_value(y)}" for x, y in points]
    return element("path", d="M" + "L".join(steps) + ("Z" if closed else ""), class_=class_)


def ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Return at most `most` round numbers in [low, high], evenly spaced.

    >>> ticks(0, 1)
    [0.0, 0.5, 1.0]
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    for step in (power * factor for factor in (1, 2, 5, 10, 20)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [index * step for index in range(first, last + 1)]
    return []
