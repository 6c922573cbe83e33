"""How the noise policy was chosen: each candidate with its error, beside nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tasks.report.contents import ReportContents
from tasks.report.label_kind import measured_labels
from tasks.report.scale import Scale, scale_over
from tasks.report.svg import element, line, picture
from tasks.report.wording import count, interval, number, round_number
from tasks.task_space.choice import MARGIN

WIDTH, HEIGHT = 180.0, 18.0


@dataclass(frozen=True)
class ChoiceLine:
    """One candidate, in words and as a picture."""

    candidate: str
    chosen: bool
    operations: str
    error: str
    difference: str
    span: str
    plot: Markup | None


@dataclass(frozen=True)
class ChoiceLines:
    """The candidates, and what their errors are counted on."""

    lines: tuple[ChoiceLine, ...]
    unit: str
    margin: str
    counted: str


def choice_lines(contents: ReportContents) -> ChoiceLines | None:
    """Return the candidates, nothing first, then by how near scores come to labels; None where nothing was tried."""
    table = contents.choice
    if table is None or not table.num_rows:
        return None
    tried = table.to_pylist()
    whole = measured_labels(contents.measurements).kind == "number"
    at = scale_over(
        [end for row in tried for end in (row["ci_low"], row["ci_high"]) if end is not None and math.isfinite(end)],
        6,
        WIDTH - 6,
    )
    margin = MARGIN.get(contents.choice_criterion, 0.0)
    ordered = sorted(tried, key=lambda row: (row["difference"] is not None, row["distance"]))
    lines = tuple(_line(row, at, whole, margin) for row in ordered)
    limit = round_number(-margin if whole else -100 * margin)
    counted = _counted(tried[-1], contents.choice_criterion)
    return ChoiceLines(lines, "variances" if whole else "%", limit, counted)


def _line(row: Mapping[str, Any], at: Scale, whole: bool, margin: float) -> ChoiceLine:
    compared = row["difference"] is not None and math.isfinite(row["ci_low"])
    return ChoiceLine(
        candidate=row["candidate"],
        chosen=row["chosen"],
        operations=count(row["operations"]),
        error=_figure(row["error"], whole),
        difference=_figure(row["difference"], whole) if compared else "",
        span=f"[{_figure(row['ci_low'], whole)}, {_figure(row['ci_high'], whole)}]" if compared else "",
        plot=_plot(row, at, margin) if compared else None,
    )


def _figure(value: float, whole: bool) -> str:
    """Write a squared error in variances, or an error in percent, all with one decimal so that they can be compared."""
    return number(value) if whole else f"{100 * value:.1f}".replace("-", "\N{MINUS SIGN}")


def _plot(row: Mapping[str, Any], at: Scale, margin: float) -> Markup:
    """Draw the difference and its interval; left of the line is better than nothing."""
    middle = HEIGHT / 2
    low, high = at(row["ci_low"]), at(row["ci_high"])
    kind = "synthetic" if row["ci_high"] < -margin else "quiet"
    parts = [
        line(at(0.0), 1, at(0.0), HEIGHT - 1, "limit"),
        line(low, middle, high, middle, f"whisker {kind}"),
        *(line(end, middle - 4, end, middle + 4, f"whisker {kind}") for end in (low, high)),
        element("circle", cx=at(row["difference"]), cy=middle, r=4, class_=f"mark {kind}"),
    ]
    shown = f"{number(row['difference'])} {interval(row['ci_low'], row['ci_high'])}"
    return picture(WIDTH, HEIGHT, parts, title=f"{row['candidate']} less nothing: {shown}")


def _counted(row: Mapping[str, Any], criterion: str) -> str:
    rows = count(row["rows"])
    units = f" in {count(row['units'])} groups" if row["units"] != row["rows"] else ""
    if criterion == "agreement":
        return (
            f"Fewer than 50 target records that the fit may see have labels, so the errors are disagreements with a "
            f"model that was taught by random policies, on {rows} target records{units}. That mixture is no candidate: "
            f"it would agree with itself."
        )
    return f"Errors are counted on {rows} labelled target records{units}, none of them of test or of dev’s other half."
