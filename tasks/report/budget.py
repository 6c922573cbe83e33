"""What the mismatch consists of: family by family, before and after synthesis, in words and as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.report.estimates import Estimate, Estimates
from tasks.report.mismatch_words import (
    Part,
    say_classifier,
    say_content,
    say_floors,
    say_labels,
    say_parts,
    say_unexplained,
    sorted_parts,
    with_interval,
)
from tasks.report.plots import Bar
from tasks.report.scale import Scale, scale_over
from tasks.report.svg import element, line, picture, ticks, words
from tasks.report.wording import foreign, number, round_number

PAIRS = (
    ("train", "dev", "train and dev", "train"),
    (AUGMENTED, "dev", "train+synthetic and dev", "synthetic"),
    ("train", "train-dev", "floor: train and train-dev", "quiet"),
    ("dev", "test", "floor: dev and test", "quiet"),
)


@dataclass(frozen=True)
class Budget:
    """The mismatch in words and pictures; texts are empty where nothing was measured."""

    sentence: str
    floors: str
    content: str
    labels: str
    classifier: str
    unexplained: str
    picture: Markup | None
    parts: tuple[Part, ...]


def mismatch_bars(estimates: Estimates) -> tuple[list[Bar], float | None]:
    """Return the whole mismatch of each pair of splits on one axis, and the upper end of what the floors reach."""
    bars, floors = [], []
    for a, b, name, kind in PAIRS:
        found = estimates.one("mismatch", a, b)
        if found is None or found.effect is None:
            continue
        bars.append(Bar(name, found, kind))
        if kind == "quiet":
            floors.append(found.high if found.high is not None else found.effect)
    return bars, max(floors, default=None)


def budget(estimates: Estimates, train: Mapping[str, int]) -> Budget:
    """Say and draw what the mismatch between train and dev consists of.

    Parameters
    ----------
    estimates : Estimates
        With what `tasks.shift.budget.mismatch_budget` measures. Labels and the classifier are said where they were
        measured too.
    train : mapping of str to int
        Origin -> rows of train.
    """
    parts = sorted_parts(estimates)
    return Budget(
        sentence=say_parts(estimates, parts),
        floors=say_floors(estimates),
        content=say_content(estimates, parts),
        labels=say_labels(estimates),
        classifier=say_classifier(estimates, train),
        unexplained=say_unexplained(estimates),
        picture=parts_plot(parts) if parts else None,
        parts=parts,
    )


def parts_plot(parts: Sequence[Part]) -> Markup:
    """Draw each family's part as a bar with its interval; below it, what is left after synthesis."""
    twice = any(part.after is not None for part in parts)
    width, row = 760.0, 40.0 if twice else 26.0
    left, right = 24 + 6.4 * min(max(len(part.name) for part in parts), 36), 120.0
    bottom = row * len(parts) + 6
    sides = [side for part in parts for side in (part.before, part.after) if side is not None]
    at = scale_over([value for side in sides for value in (side.effect, side.low, side.high)], left, width - right)
    drawn = []
    for place in ticks(at.low, at.high, 7):
        drawn.append(line(at(place), 2, at(place), bottom, "grid"))
        drawn.append(words(at(place), bottom + 14, round_number(place), "tick", "middle"))
    drawn.append(words((at.start + at.end) / 2, bottom + 31, "part of the energy distance", "tick", "middle"))
    drawn.append(line(at(0), 2, at(0), bottom, "zero"))
    for index, part in enumerate(parts):
        y = row * index + 5
        drawn.append(words(left - 16, y + (20 if twice and part.after else 13), foreign(part.name, 36), "name", "end"))
        drawn += _bar(at(0), at, part.before, y, "train")
        if part.after is not None:
            drawn += _bar(at(0), at, part.after, y + 16, "synthetic")
    said = "; ".join(
        f"{part.name} {with_interval(part.before)}"
        + (f", with synthetic data {with_interval(part.after)}" if part.after else "")
        for part in parts
    )
    return picture(width, bottom + 36, drawn, title="What the mismatch consists of", desc=said, class_="plot wide")


def _bar(zero: float, at: Scale, found: Estimate, y: float, kind: str) -> list[Markup]:
    if found.effect is None:
        return [words(zero + 6, y + 11, "not measured", "tick")]
    end = at(found.effect)
    drawn = [
        element("rect", x=min(zero, end), y=y, width=max(abs(end - zero), 1.5), height=14, class_=f"bar {kind} soft")
    ]
    edge = max(zero, end)
    if found.low is not None and found.high is not None:
        drawn.append(line(at(found.low), y + 7, at(found.high), y + 7, f"whisker {kind}"))
        drawn += [line(at(tip), y + 3, at(tip), y + 11, f"whisker {kind}") for tip in (found.low, found.high)]
        edge = max(edge, at(found.high))
    drawn.append(words(edge + 8, y + 11, number(found.effect), "value"))
    return drawn
