"""The gap: how far train is from dev, with and without synthetic data, over what chance alone shows."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.plots import Bar, Change, change_plot, mismatch_plot
from tasks.report.wording import number, percent
from tasks.shift.histograms import constant_descriptors
from tasks.shift.pair import DEFINING

MOST_DESCRIPTORS = 40
_PAIRS = (
    ("train", "dev", "train and dev", "train"),
    ("train+synthetic", "dev", "train+synthetic and dev", "synthetic"),
    ("train", "train-dev", "floor: train and train-dev", "quiet"),
    ("dev", "test", "floor: dev and test", "quiet"),
)


@dataclass(frozen=True)
class Gap:
    """The pictures of the gap; None where there is nothing to draw."""

    distances: Markup | None
    changes: Markup | None
    more: int
    margin: float | None
    note: str
    defining: Markup | None
    """The columns that define the domain, which are expected to differ; None without any."""


def gap(contents: ReportContents) -> Gap:
    """Draw the joint distances and, descriptor by descriptor, the change that synthetic data makes."""
    estimates = Estimates(contents.measurements)
    bars = []
    floors: list[float] = []
    for a, b, name, kind in _PAIRS:
        found = estimates.one("energy_distance", a, b)
        if kind == "synthetic":
            found = _on_common_scale(estimates) or found
        if found is None or found.effect is None:
            continue
        bars.append(Bar(name, found, kind))
        if kind == "quiet":
            floors.append(found.high if found.high is not None else found.effect)
    floor = max(floors) if floors else None
    closed = _closed(estimates.one("gap_closed", "train+synthetic", "dev"))
    distances = mismatch_plot(bars, floor=floor, unit="energy distance", closed=closed) if bars else None
    margin = _margin(contents)
    constant = constant_descriptors(contents.histograms)
    changes = [change for change in sorted_changes(estimates) if change.name not in constant]
    drawn = changes[:MOST_DESCRIPTORS]
    picture = change_plot(drawn, limit=margin, unit="Cliff’s delta of train against dev") if drawn else None
    told_apart = sorted_changes(estimates, DEFINING + "cliffs_delta")[:MOST_DESCRIPTORS]
    defining = change_plot(told_apart, limit=None, unit="Cliff’s delta of train against dev") if told_apart else None
    return Gap(distances, picture, len(changes) - len(drawn), margin, _note(estimates), defining)


def sorted_changes(estimates: Estimates, statistic: str = "cliffs_delta") -> list[Change]:
    """Return the descriptors with their distance to dev, the largest first; those that were not measured last."""
    before = {e.descriptor: e for e in estimates.all(statistic, "train", "dev") if e.descriptor is not None}
    after = {e.descriptor: e for e in estimates.all(statistic, "train+synthetic", "dev")}
    changes = [Change(name, estimate, after.get(name)) for name, estimate in before.items()]
    return sorted(changes, key=lambda change: (-_size(change.before), change.name))


def _size(estimate: Estimate) -> float:
    return abs(estimate.effect) if estimate.effect is not None else -1.0


def _on_common_scale(estimates: Estimates) -> Estimate | None:
    """Return how far train+synthetic is from dev on the scale of train and dev.

    Notes
    -----
    A joint distance is measured in the spread of its own two samples, and synthetic data widens that spread; so two of
    them cannot stand on one axis. The share of the gap that was closed is measured on one scale: it gives the place.
    """
    far = estimates.one("energy_distance", "train", "dev")
    closed = estimates.one("gap_closed", "train+synthetic", "dev")
    if far is None or far.effect is None or closed is None or closed.effect is None:
        return None
    floor = estimates.one("energy_distance", "dev", "test")
    base = floor.effect if floor is not None and floor.effect is not None else 0.0
    span = far.effect - base

    def place(share: float | None) -> float | None:
        return None if share is None else base + (1 - share) * span

    return Estimate(place(closed.effect), place(closed.high), place(closed.low))


def _note(estimates: Estimates) -> str:
    common, own = _on_common_scale(estimates), estimates.one("energy_distance", "train+synthetic", "dev")
    if common is None or common.effect is None or own is None or own.effect is None:
        return ""
    if abs(common.effect - own.effect) <= 0.02 * abs(own.effect):
        return ""
    return (
        "All distances are in the spread of train and dev together. Measured in its own, wider spread, train+synthetic "
        f"is {number(own.effect)} from dev; that is what the check of this pair shows."
    )


def _closed(estimate: Estimate | None) -> str:
    if estimate is None or estimate.effect is None:
        return ""
    return f"{percent(estimate.effect)} of the gap closed" if estimate.effect > 0 else "the gap has grown"


def _margin(contents: ReportContents) -> float | None:
    for check in contents.verdict["checks"]:
        if check.get("statistic") == "cliffs_delta" and check["limit"] is not None:
            return float(check["limit"])
    return None
