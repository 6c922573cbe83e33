"""What the noise policy did: one line an operation's parameter, its distribution within its hard bounds."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from tasks.noise.bounds import Parameter
from tasks.noise.modalities import BOUNDS
from tasks.report.contents import ReportContents
from tasks.report.draws import DrawnParameter
from tasks.report.plots import drawn_plot
from tasks.report.scale import Scale
from tasks.report.wording import number, percent, round_number


@dataclass(frozen=True)
class PolicyLine:
    """One parameter of an operation; `first` starts an operation that has `height` lines."""

    operation: str
    doc: str
    first: bool
    height: int
    parameter: str
    unit: str
    used: str
    low: str
    median: str
    high: str
    bounds: str
    words: str
    plot: Markup | None


def policy_lines(contents: ReportContents) -> tuple[PolicyLine, ...]:
    """Return what was drawn for a version, operations with their parameters in the order of the draws."""
    return drawn_lines(str(contents.config.get("modality", "")), contents.drawn)


def drawn_lines(modality: str, given: Iterable[DrawnParameter]) -> tuple[PolicyLine, ...]:
    """Return what was drawn, operations with their parameters in the order of the draws."""
    known = BOUNDS.get(modality, {})
    gathered: dict[str, list[DrawnParameter]] = {}
    for drawn in given:
        if drawn.rows:
            gathered.setdefault(drawn.operation, []).append(drawn)
    lines = []
    for operation, parameters in gathered.items():
        bounds = known.get(operation)
        for place, drawn in enumerate(parameters):
            limits = bounds.parameters.get(drawn.parameter) if bounds else None
            lines.append(
                PolicyLine(
                    operation=operation,
                    doc=bounds.doc if bounds else "",
                    first=place == 0,
                    height=len(parameters),
                    parameter=drawn.parameter,
                    unit=limits.unit if limits else "",
                    used=percent(drawn.rows / drawn.of if drawn.of else None),
                    low=number(drawn.low),
                    median=number(drawn.median),
                    high=number(drawn.high),
                    bounds=f"{round_number(limits.low)} to {round_number(limits.high)}" if limits else "",
                    words=drawn.words,
                    plot=_plot(drawn, limits),
                )
            )
    return tuple(lines)


def _plot(drawn: DrawnParameter, limits: Parameter | None) -> Markup | None:
    if drawn.median is None or not drawn.edges:
        return None
    low, high = (limits.low, limits.high) if limits else (drawn.edges[0], drawn.edges[-1])
    about = f"{drawn.operation} {drawn.parameter}"
    return drawn_plot(drawn.edges, drawn.counts, drawn.median, Scale(low, high, 0, 1), about=about)
