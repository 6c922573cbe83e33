"""Amounts as bars: a whole in its parts, or one share."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tasks.report.svg import element, picture
from tasks.report.wording import count, percent


@dataclass(frozen=True)
class Part:
    """A named part of a whole; `kind` is the CSS class that colours it."""

    name: str
    amount: int
    kind: str


def whole_bar(parts: Sequence[Part], *, most: int | None = None, width: float = 320, about: str = "") -> Markup:
    """Draw a whole in its parts, side by side.

    Parameters
    ----------
    parts : sequence of Part
        From left to right; parts of 0 are left out, small ones are kept visible.
    most : int, optional
        The amount that the full width stands for, so that several bars can be compared; the sum by default.
    """
    total = sum(part.amount for part in parts)
    full = max(most or total, total, 1)
    x, drawn = 0.0, []
    for part in parts:
        if part.amount <= 0:
            continue
        wide = max(part.amount / full * (width - 2 * len(parts)), 2.0)
        drawn.append(element("rect", x=x, y=1, width=wide, height=10, class_=f"bar {part.kind}"))
        x += wide + 1
    said = ", ".join(f"{part.name} {count(part.amount)}" for part in parts if part.amount > 0) or "nothing"
    return picture(width, 12, drawn, title=f"{about}: {said}".lstrip(": "), class_="plot bar")


def share_bar(share: float, most: float, kind: str, *, about: str) -> Markup:
    """Draw one share against the largest share of its table."""
    full = most if most > 0 else 1.0
    wide = min(1.0, max(0.0, share / full)) * 72
    return picture(
        72,
        8,
        [element("rect", x=0, y=0, width=wide, height=8, class_=f"bar {kind}")],
        title=f"{about}: {percent(share)}",
    )
