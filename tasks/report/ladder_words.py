"""A ladder in sentences and as plain values: the same on the page, on the terminal and for programs."""

import math
from collections.abc import Mapping
from typing import Any

from tasks.diagnosis.knobs import GOALS
from tasks.diagnosis.ladder import Ladder
from tasks.diagnosis.plain import plain_ladder
from tasks.diagnosis.rates import Rate
from tasks.report.wording import count, foreign


def points(value: float) -> str:
    """Write an error or a difference of errors in percent, to the tenth of a point, finer where it is small."""
    digits = 1 if abs(value) > 0.01 - 1e-9 or value == 0 else 2
    return f"{100 * value:.{digits}f}".replace("-", "−")


def span(low: float, high: float) -> str:
    """Write both ends of an interval in percent; empty where there is none."""
    return f"[{points(low)}, {points(high)}]" if math.isfinite(low) and math.isfinite(high) and low < high else ""


def headline(ladder: Ladder) -> str:
    """Say what to work on, or that the rows do not settle it and what would."""
    if ladder.next_link is not None:
        return f"Work on {ladder.next_link}: it is surely the largest link."
    if not ladder.links:
        return "Undecided: one level alone is no ladder. Add train, train-dev and a human level."
    rivals = ladder.contenders
    said = " or ".join(rivals[:4])
    if ladder.links and not any(link.low > 0 for link in ladder.links) and len(rivals) > 1:
        said = f"no link is surely above 0; {said} may be the largest"
    elif len(rivals) > 1:
        said = f"{said} may be the largest"
    else:
        said = f"{said} looks largest, but it may be nothing"
    more = ladder.more
    if more is not None and more.rows is not None and more.split is not None:
        own = ladder.levels[more.split].n or 0
        return f"Undecided: {said}. About n = {count(more.rows - own)} more rows of {more.split} would decide."
    if more is not None:
        return f"Undecided: {said}. About {more.factor:.1f} times as many rows of each level would decide."
    return f"Undecided: {said}."


def goal(ladder: Ladder) -> str:
    """Say what the recommended link is about; empty where none is recommended."""
    return f"Goal: {GOALS[ladder.next_link]}." if ladder.next_link in GOALS else ""  # type: ignore[index]


def tell_ladder(ladder: Ladder) -> str:
    """Return the ladder as lines for a terminal."""
    lines = [headline(ladder), ""]
    for name, rate in ladder.levels.items():
        rows = "taken as exact" if rate.known else f"{count(rate.n)} rows"
        lines.append(f"{name:20} {points(rate.error):>6} %  {span(*rate.interval()):16} {rows}")
    lines.append("")
    for link in ladder.links:
        mark = "<- next" if link.name == ladder.next_link else ""
        lines.append(f"{foreign(link.name):20} {points(link.gap):>6}    {span(link.low, link.high):16} {mark}".rstrip())
    if ladder.knobs:
        lines += ["", f"{goal(ladder)} What moves {ladder.next_link} and no other link:"]
        lines += [f"  - {knob}" for knob in ladder.knobs]
    return "\n".join([*lines, *([""] if ladder.remarks else []), *ladder.remarks])


def ladder_values(ladder: Ladder) -> dict[str, Any]:
    """Return the ladder as plain values, with what it says in a sentence."""
    return {"sentence": headline(ladder), **plain_ladder(ladder)}


def two_way(ladder: Ladder, cells: Mapping[str, Rate]) -> list[tuple[str, Rate | None, Rate | None]]:
    """Return the two-way table: people, seen in training, not seen; on the source task and on the target.

    Across, the target is harder, or just unlike train; that people err more there too tells which.
    """
    levels = ladder.levels
    return [
        ("people", levels.get("human"), cells.get("human_target")),
        ("trained on", levels.get("train"), cells.get("train_target")),
        ("not trained on", levels.get("train-dev"), levels.get("dev", levels.get("test"))),
    ]


def rate_words(rate: Rate | None) -> str:
    """Say a rate with its interval; a dash where there is none."""
    return "–" if rate is None else f"{points(rate.error)} % {span(*rate.interval())}".strip()
