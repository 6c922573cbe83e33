"""A learning curve as a picture: errors at several sizes, the law through them, and where it leads."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tasks.report.scale import Scale
from tasks.report.svg import element, line, path, picture, ticks, words
from tasks.report.wording import count, number


def curve_plot(curve: Mapping[str, Any], *, rates: bool, about: str) -> Markup:
    """Draw errors against rows, rows on a logarithmic scale.

    Parameters
    ----------
    curve : mapping
        What `tasks.modalities.baseline_rows.draw_curve` tells of one curve.
    rates : bool
        Errors are shares, shown as percent.
    about : str
        Whose rows they are.

    Returns
    -------
    Markup
        An SVG element, 760 x 330.
    """
    width, left, right, top, bottom = 760.0, 56.0, 20.0, 14.0, 282.0
    factor = 100.0 if rates else 1.0
    drawn: Sequence[Mapping[str, float | None]] = curve["drawn"]
    rows = [float(entry["rows"] or 1.0) for entry in drawn]
    across = Scale(math.log(min(rows)), math.log(max(rows)), left, width - right)
    errors, deviations = curve["errors"], curve["deviations"]
    highest = max(error + 2 * deviation for error, deviation in zip(errors, deviations, strict=True))
    wanted = (curve["needed"] or {}).get("wanted")
    high = factor * 1.08 * max(highest, wanted or 0.0, 1e-6)
    up = Scale(0.0, high, bottom, top)
    parts = [line(left, up(place), width - right, up(place), "grid") for place in ticks(0.0, high, 6)]
    parts += [words(left - 8, up(place) + 4, number(place), "tick", "end") for place in ticks(0.0, high, 6)]
    for place in _decades(min(rows), max(rows)):
        parts.append(line(across(math.log(place)), top, across(math.log(place)), bottom, "grid"))
        parts.append(words(across(math.log(place)), bottom + 15, count(place), "tick", "middle"))
    ends = [
        (across(math.log(row)), up(factor * float(e["low"] or 0.0)), up(factor * float(e["high"] or 0.0)))
        for row, e in zip(rows, drawn, strict=True)
    ]
    band = [(x, low) for x, low, _ in ends] + [(x, high_end) for x, _, high_end in reversed(ends)]
    parts.append(path(band, "floor", closed=True))
    law = [(across(math.log(row)), up(factor * float(e["value"] or 0.0))) for row, e in zip(rows, drawn, strict=True)]
    parts.append(path(law, "step train"))
    if wanted is not None:
        parts.append(line(left, up(factor * wanted), width - right, up(factor * wanted), "limit"))
        parts.append(
            words(width - right, up(factor * wanted) - 5, f"wanted: {number(factor * wanted)}", "value", "end")
        )
    for row, error, deviation in zip(curve["rows"], errors, deviations, strict=True):
        x = across(math.log(row))
        parts.append(
            line(x, up(factor * (error - 2 * deviation)), x, up(factor * (error + 2 * deviation)), "whisker train")
        )
        parts.append(element("circle", cx=x, cy=up(factor * error), r=4, class_="mark train"))
    unit = "error on dev, %" if rates else "squared error on dev, in variances"
    parts.append(words((left + width - right) / 2, bottom + 34, f"{about}, logarithmic · {unit}", "tick", "middle"))
    said = "; ".join(
        f"{count(round(row))} rows {number(factor * error)}" for row, error in zip(curve["rows"], errors, strict=True)
    )
    return picture(width, bottom + 48, parts, title=f"Learning curve over {about}", desc=said, class_="plot wide")


def _decades(low: float, high: float) -> list[int]:
    places = [10**power * factor for power in range(1, 10) for factor in (1, 2, 5)]
    shown = [place for place in places if low <= place <= high]
    return shown if len(shown) <= 9 else [place for place in shown if str(place)[0] == "1"]
