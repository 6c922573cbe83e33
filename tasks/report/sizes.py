"""How large the splits are, and what an error measured on them is worth."""

import math
from dataclasses import dataclass

from tasks.catalog.schema import SPLITS
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimates
from tasks.report.wording import count, percent


@dataclass(frozen=True)
class Size:
    """One split's size; texts are a dash where nothing was measured."""

    split: str
    rows: str
    wanted: str
    atoms: str
    largest: str
    margin: str
    margin_wanted: str
    worth: str
    gain: str


def split_sizes(contents: ReportContents) -> tuple[Size, ...]:
    """Return the sizes of the splits that there are."""
    estimates = Estimates(contents.measurements)

    def effect(statistic: str, split: str) -> float | None:
        found = estimates.one(statistic, split)
        return found.effect if found else None

    sizes = []
    for split in SPLITS:
        if split in contents.splits:
            margin = effect("margin", split)
            wanted = effect("margin_wanted", split)
            sizes.append(
                Size(
                    split=split,
                    rows=count(sum(contents.splits[split].values())),
                    wanted=count(effect("rows_wanted", split)),
                    atoms=count(effect("atoms", split)),
                    largest=percent(effect("largest_atom_share", split)),
                    margin=_points(margin),
                    margin_wanted=_points(wanted),
                    worth=count(effect("rows_worth", split)),
                    gain=_points(effect("detectable_gain", split)).removeprefix("± "),
                )
            )
    return tuple(sizes)


def chance_difference(contents: ReportContents) -> str:
    """Return by how much errors on dev and test may differ by chance alone, or nothing if that was not measured.

    Notes
    -----
    The margins are half-widths of independent intervals, so the difference has the root of the sum of their squares.
    """
    margins = [
        found.effect for found in (Estimates(contents.measurements).one("margin", s) for s in ("dev", "test")) if found
    ]
    if len(margins) < 2 or None in margins:
        return ""
    return _points(math.hypot(*(margin for margin in margins if margin is not None))).removeprefix("± ")


def noticed_difference(contents: ReportContents) -> str:
    """Return how much higher than on dev an error must be on test to be noticed, or nothing if none would be."""
    found = Estimates(contents.measurements).one("detectable_gap", "dev", "test")
    return _points(found.effect).removeprefix("± ") if found and found.effect is not None else ""


def _points(margin: float | None) -> str:
    return "–" if margin is None else f"± {margin * 100:.1f} points"
