"""What synthetic records reach of dev: drawn beside what the source and test reach, and told."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.plots import Bar, mismatch_plot
from tasks.report.wording import interval, number, percent

SIDES = (("train", "source", "train"), ("synthetic", "synthetic", "synthetic"), ("test", "test", "quiet"))
"""Sides as the measurements table has them, as a reader calls them, and their colour."""

SPACES = (("task_", "to a small model of the task"), ("", "in all descriptors together"))


@dataclass(frozen=True)
class ReachPicture:
    """Coverage of dev in one space, and what density says beside it."""

    space: str
    plot: Markup
    density: str


@dataclass(frozen=True)
class Reach:
    """What the section shows; `told_apart` is empty where no classifier was made."""

    pictures: tuple[ReachPicture, ...]
    told_apart: str


def reach(contents: ReportContents) -> Reach | None:
    """Draw and say what synthetic records reach; None where there are none or nothing could be measured."""
    estimates = Estimates(contents.measurements)
    pictures = tuple(filter(None, (_picture(estimates, prefix, space) for prefix, space in SPACES)))
    return Reach(pictures, _told_apart(estimates)) if pictures else None


def _picture(estimates: Estimates, prefix: str, space: str) -> ReachPicture | None:
    bars = []
    for side, name, kind in SIDES:
        found = estimates.one(f"{prefix}coverage", side, "dev")
        if found is not None and found.effect is not None:
            bars.append(Bar(name, found, kind))
    if not any(bar.name == "synthetic" for bar in bars):
        return None
    plot = mismatch_plot(bars, floor=None, unit="share of dev that is reached", title=f"What is reached of dev {space}")
    density = estimates.one(f"{prefix}density", "synthetic", "dev")
    return ReachPicture(space, plot, _density(density, estimates.one(f"{prefix}density", "train", "dev")))


def _density(made: Estimate | None, train: Estimate | None) -> str:
    if made is None or made.effect is None:
        return ""
    said = f"Around records of dev synthetic ones are {number(made.effect)} {interval(made.low, made.high)}".rstrip()
    said += " times as dense as others of dev"
    return (
        f"{said}, source ones in train {number(train.effect)} times."
        if train and train.effect is not None
        else f"{said}."
    )


def _told_apart(estimates: Estimates) -> str:
    found = {pair: estimates.one("detectable", *pair) for pair in estimates.pairs("detectable")}
    made, source, own = (found.get(pair) for pair in (("synthetic", "dev"), ("train", "dev"), ("synthetic", "train")))
    if made is None or source is None or own is None:
        return ""
    if made.effect is None or source.effect is None or own.effect is None:
        return "Too few groups are in dev for a classifier that tells synthetic records from it."
    return (
        "A classifier that has to say which of two records is of dev is right "
        f"{_right(made.effect)} of the time where the other one is synthetic, and {_right(source.effect)} where it is "
        f"of the source. Of a synthetic and a source record it says right {_right(own.effect)} of the time which is "
        "which. Guessing is right 50 %."
    )


def _right(effect: float) -> str:
    """Return AUC, which is how often a classifier puts a pair in the right order, from 2 AUC - 1."""
    return percent((effect + 1) / 2)
