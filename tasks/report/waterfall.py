"""The ladder as a waterfall: where each link begins and ends, with its interval."""

from markupsafe import Markup

from tasks.diagnosis.ladder import Ladder
from tasks.report.ladder_words import points, span
from tasks.report.scale import scale_over
from tasks.report.svg import element, line, picture, ticks, words

ROW = 34.0
LEFT, WIDTH, RIGHT = 190.0, 760.0, 150.0


def waterfall(ladder: Ladder) -> Markup:
    """Draw levels as dots and links as bars between them; the recommended link is filled."""
    ends = [value for rate in ladder.levels.values() for value in (rate.error, *rate.interval()) if value == value]
    at = scale_over([0.0, *ends], LEFT, WIDTH - RIGHT)
    rows: list[tuple[str, str]] = []
    names = list(ladder.levels)
    for place, name in enumerate(names):
        rows.append(("level", name))
        if place < len(ladder.links):
            rows.append(("link", ladder.links[place].name))
    bottom = ROW * len(rows) + 6
    drawn = []
    for value in ticks(at.low, at.high, 7):
        drawn.append(line(at(value), 2, at(value), bottom, "grid"))
        drawn.append(words(at(value), bottom + 14, f"{points(value)} %", "tick", "middle"))
    drawn.append(words((at.start + at.end) / 2, bottom + 31, "error", "tick", "middle"))
    told = []
    for index, (kind, name) in enumerate(rows):
        middle = ROW * index + 20
        if kind == "level":
            rate = ladder.levels[name]
            low, high = rate.interval()
            drawn.append(words(LEFT - 14, middle + 4, name, "name", "end"))
            edge = at(rate.error)
            if low == low and high == high and low < high:
                drawn.append(line(at(low), middle, at(high), middle, "whisker"))
                edge = at(high)
            drawn.append(element("circle", cx=at(rate.error), cy=middle, r=4, class_="mark"))
            drawn.append(words(edge + 9, middle + 4, f"{points(rate.error)} %", "value"))
            told.append(f"{name} {points(rate.error)} % {span(low, high)}".strip())
            continue
        link = ladder.links[index // 2]
        start, end = at(ladder.levels[link.lower].error), at(ladder.levels[link.upper].error)
        chosen = link.name == ladder.next_link
        kind = "synthetic" if chosen else "quiet"
        drawn.append(words(LEFT - 14, middle + 4, f"{link.name}{' ← next' if chosen else ''}", "tick", "end"))
        drawn.append(line(start, middle - ROW + 6, start, middle + 9, "zero"))
        drawn.append(
            element(
                "rect",
                x=min(start, end),
                y=middle - 9,
                width=max(abs(end - start), 1.5),
                height=18,
                class_=f"bar link {kind}",
            )
        )
        drawn.append(line(end, middle - 9, end, middle + ROW - 6, "zero"))
        sign = "+" if link.gap >= 0 else ""
        said = f"{sign}{points(link.gap)} {span(link.low, link.high)}"
        drawn.append(words(max(start, end) + 9, middle + 4, said, "value"))
        told.append(f"{link.name} {said}")
    return picture(WIDTH, bottom + 36, drawn, title="From level to level", desc="; ".join(told), class_="plot wide")
