"""The gap as a model of the task sees it: a picture, and what the model is worth."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.report.budget import PAIRS
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.plots import Bar, mismatch_plot
from tasks.report.wording import count, number, percent


@dataclass(frozen=True)
class TaskSpaceLines:
    """The picture of the distances, and sentences; empty where there is nothing to say."""

    distances: Markup
    model: str
    closed: str


def task_space_lines(contents: ReportContents) -> TaskSpaceLines | None:
    """Say and draw how far splits are apart in the task space.

    None where that was not measured, or in an embedding of the user's, of which the page tells elsewhere.
    """
    estimates = Estimates(contents.measurements)
    bars, floors = [], []
    for a, b, name, kind in PAIRS:
        found = estimates.one("task_distance", a, b)
        if found is None or found.effect is None or found.descriptor is not None:
            continue
        bars.append(Bar(name, found, kind))
        if kind == "quiet":
            floors.append(found.high if found.high is not None else found.effect)
    if not bars:
        return None
    picture = mismatch_plot(bars, floor=max(floors, default=None), unit="energy distance in the task space")
    return TaskSpaceLines(picture, _model(estimates), _closed(estimates.one("task_gap_closed", AUGMENTED, "dev")))


def _model(estimates: Estimates) -> str:
    error, guessing = (estimates.one(f"task_{name}", "train") for name in ("error", "guessing"))
    if error is None or guessing is None or error.effect is None or guessing.effect is None:
        return ""
    known = f"The model’s error on source records that it has not learned from is {_size(error, guessing)}"
    rest = f", that of one answer for all {_size(guessing, guessing)}; {count(error.n_a)} records taught it."
    if error.effect > 0.9 * guessing.effect:
        rest += " It knows little of the task, so that these distances are those of records, not of the task."
    return known + rest


def _size(found: Estimate, guessing: Estimate) -> str:
    """Write an error: that of a number to predict is in standard deviations, of which guessing has 1."""
    return f"{number(found.effect)} sd" if guessing.effect == 1 else percent(found.effect)


def _closed(found: Estimate | None) -> str:
    if found is None or found.effect is None:
        return ""
    if found.effect <= 0:
        return "Synthetic data does not bring train nearer to dev here."
    closed = f"Synthetic data closes {percent(found.effect)}"
    if found.low is None or found.high is None:
        return f"{closed} of the gap here; too few groups differ to say how sure that is."
    return f"{closed} [{percent(found.low)}, {percent(found.high)}] of the gap here."
