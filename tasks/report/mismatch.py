"""The gap: how far train is from dev, with and without synthetic data, over what chance alone shows."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.report.budget import Budget, budget, mismatch_bars
from tasks.report.contents import ReportContents
from tasks.report.correlations import correlation_sentence
from tasks.report.estimates import Estimate, Estimates
from tasks.report.gap_lines import gap_lines_plot, gap_lines_words
from tasks.report.plots import Change, change_plot, mismatch_plot
from tasks.report.wording import percent
from tasks.shift.histograms import constant_descriptors
from tasks.shift.pair import DEFINING

MOST_DESCRIPTORS = 40


@dataclass(frozen=True)
class Gap:
    """The pictures of the gap; None where there is nothing to draw."""

    budget: Budget
    distances: Markup | None
    changes: Markup | None
    more: int
    margin: float | None
    defining: Markup | None
    """The columns that define the domain, which are expected to differ; None without any."""
    lines: Markup | None
    """The share of the gap that the policy closes, beside what others would."""
    lines_told: str
    correlated: str
    """Pairs of columns that hang together otherwise; empty where none surely does."""


def gap(contents: ReportContents) -> Gap:
    """Say and draw the mismatch, its parts, and descriptor by descriptor the change that synthetic data makes."""
    estimates = Estimates(contents.measurements)
    bars, floor = mismatch_bars(estimates)
    closed = _closed(estimates.one("gap_closed", AUGMENTED, "dev"))
    distances = mismatch_plot(bars, floor=floor, unit="energy distance", closed=closed) if bars else None
    margin = _margin(contents)
    constant = constant_descriptors(contents.histograms)
    changes = [change for change in sorted_changes(estimates) if change.name not in constant]
    drawn = changes[:MOST_DESCRIPTORS]
    picture = change_plot(drawn, limit=margin, unit="Cliff’s delta of train against dev") if drawn else None
    told_apart = sorted_changes(estimates, DEFINING + "cliffs_delta")[:MOST_DESCRIPTORS]
    defining = change_plot(told_apart, limit=None, unit="Cliff’s delta of train against dev") if told_apart else None
    return Gap(
        budget(estimates, contents.splits.get("train", {})),
        distances,
        picture,
        len(changes) - len(drawn),
        margin,
        defining,
        gap_lines_plot(contents),
        gap_lines_words(contents),
        correlation_sentence(estimates),
    )


def sorted_changes(estimates: Estimates, statistic: str = "cliffs_delta") -> list[Change]:
    """Return the descriptors with their distance to dev, the largest first; those that were not measured last."""
    before = {e.descriptor: e for e in estimates.all(statistic, "train", "dev") if e.descriptor is not None}
    after = {e.descriptor: e for e in estimates.all(statistic, AUGMENTED, "dev")}
    changes = [Change(name, estimate, after.get(name)) for name, estimate in before.items()]
    return sorted(changes, key=lambda change: (-_size(change.before), change.name))


def _size(estimate: Estimate) -> float:
    return abs(estimate.effect) if estimate.effect is not None else -1.0


def _closed(estimate: Estimate | None) -> str:
    if estimate is None or estimate.effect is None:
        return ""
    return f"{percent(estimate.effect)} of the gap closed" if estimate.effect > 0 else "the gap has grown"


def _margin(contents: ReportContents) -> float | None:
    for check in contents.verdict["checks"]:
        if check.get("statistic") == "cliffs_delta" and check["limit"] is not None:
            return float(check["limit"])
    return None
