"""How much of the gap is closed beside what others would close: nothing, noise of any kind, the target itself."""

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.plots import Bar, mismatch_plot
from tasks.report.wording import count, foreign, interval, number

KINDS = {
    "none": "train",
    "default": "dot",
    "random": "dot",
    "fitted": "synthetic",
    "named": "synthetic",
    "ceiling": "quiet",
}
"""Line -> the colour of its dot, in the order of the picture."""


def gap_lines_plot(contents: ReportContents) -> Markup | None:
    """Draw the lines, from doing nothing to the ceiling; None where nothing was copied."""
    lines = _lines(contents)
    bars = [Bar(_name(line, contents), lines[line], kind) for line, kind in KINDS.items() if line in lines]
    if len(bars) < 2:
        return None
    return mismatch_plot(bars, floor=None, unit="share of the gap closed", title="Who closes how much of the gap")


def gap_lines_words(contents: ReportContents) -> str:
    """Say what the lines are, and how far the policy stands from the best; empty where nothing was copied."""
    lines = _lines(contents)
    none, best = lines.get("none"), lines.get("ceiling")
    if none is None or len(lines) < 2:
        return ""
    told = f"The same {count(none.n_a)} records of train, with as many copies by each policy."
    if best is None or best.effect is None:
        return told
    return (
        f"{told} At the ceiling target records take the copies’ place: source records stay in train, so that more "
        f"than {number(best.effect)} {interval(best.low, best.high)}".rstrip()
        + " cannot be expected of any policy."
    )


def _lines(contents: ReportContents) -> dict[str, Estimate]:
    found = Estimates(contents.measurements).all("gap_line", AUGMENTED, "dev")
    return {line.descriptor: line for line in found if line.descriptor is not None and line.effect is not None}


def _name(line: str, contents: ReportContents) -> str:
    unused = " (not used)" if contents.proved == "withdrawn" else ""
    return {
        "none": "no synthetic records",
        "default": "generic default policy",
        "random": "mixture of random policies",
        "fitted": f"fitted policy{unused}",
        "named": f"policy {foreign(contents.policy, 28)}",
        "ceiling": "ceiling: target records instead",
    }[line]
