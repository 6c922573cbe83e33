"""The distributions section: one small picture a descriptor, the most different first."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.silhouettes import KINDS, legend_mark, silhouette
from tasks.report.wording import percent
from tasks.shift.histograms import constant_descriptors
from tasks.shift.pair import DEFINING

MOST_PANELS = 48
_EFFECTS = (("cliffs_delta", "δ"), ("total_variation", "TV"))
_DEFINES = "It defines the domain, so train and dev are expected to differ in it."
_PAIRS = (("train", "dev", "train"), (AUGMENTED, "dev", "+ synthetic"), ("dev", "test", "dev, test"))


@dataclass(frozen=True)
class Panel:
    """One descriptor: its picture and how far apart the splits are."""

    name: str
    unit: str
    family: str
    doc: str
    plot: Markup
    effects: tuple[tuple[str, str, str], ...]
    """(pair, effect, interval)"""
    note: str


@dataclass(frozen=True)
class Shapes:
    """All panels, the legend, how many panels there is no room for, and which descriptors have one value only."""

    panels: tuple[Panel, ...]
    legend: tuple[tuple[str, Markup], ...]
    more: int
    constant: tuple[str, ...]


def shapes(contents: ReportContents) -> Shapes:
    """Make the panels, sorted by the distance between train and dev."""
    estimates = Estimates(contents.measurements)
    gathered: dict[str, list[dict[str, object]]] = {}
    for row in contents.histograms.to_pylist():
        gathered.setdefault(row["descriptor"], []).append(row)
    known, defining = _effects(estimates), _defining(estimates)
    constant = constant_descriptors(contents.histograms)
    names = sorted(gathered.keys() - set(constant), key=lambda name: (-_distance(known.get(name, {})), name))
    drawn = names[:MOST_PANELS]
    panels = tuple(_panel(contents, name, gathered[name], known.get(name, {}), name in defining) for name in drawn)
    present = {str(row["split"]) for name in drawn for row in gathered[name]}
    legend = tuple((split, legend_mark(split)) for split in KINDS if split in present)
    return Shapes(panels, legend, len(names) - len(drawn), constant)


def _effects(estimates: Estimates) -> dict[str, dict[tuple[str, str], tuple[str, Estimate]]]:
    known: dict[str, dict[tuple[str, str], tuple[str, Estimate]]] = {}
    signs = {prefix + statistic: sign for prefix in ("", DEFINING) for statistic, sign in _EFFECTS}
    for statistic, sign in signs.items():
        for a, b, _ in _PAIRS:
            for estimate in estimates.all(statistic, a, b):
                if estimate.descriptor is not None and estimate.effect is not None:
                    known.setdefault(estimate.descriptor, {})[a, b] = (sign, estimate)
    return known


def _defining(estimates: Estimates) -> set[str]:
    pairs = [(DEFINING + statistic, a, b) for statistic, _ in _EFFECTS for a, b, _ in _PAIRS]
    return {str(estimate.descriptor) for pair in pairs for estimate in estimates.all(*pair)}


def _distance(effects: dict[tuple[str, str], tuple[str, Estimate]]) -> float:
    found = effects.get(("train", "dev"))
    return abs(found[1].effect or 0.0) if found else -1.0


def _panel(
    contents: ReportContents,
    name: str,
    rows: list[dict[str, object]],
    effects: dict[tuple[str, str], tuple[str, Estimate]],
    defining: bool,
) -> Panel:
    described = contents.descriptors.get(name)
    unit = described.unit if described else ""
    notes = [_DEFINES] if defining else []
    shown = []
    for a, b, pair in _PAIRS:
        if (a, b) in effects:
            sign, estimate = effects[a, b]
            shown.append((pair, f"{sign} {_short(estimate.effect)}", _range(estimate)))
    return Panel(
        name=name,
        unit=unit,
        family=described.family if described else "",
        doc=described.doc if described else "",
        plot=silhouette(rows, name=name, unit=unit),
        effects=tuple(shown),
        note=" ".join([*notes, *filter(None, [_missing(rows)])]),
    )


def _short(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _range(estimate: Estimate) -> str:
    return "" if estimate.exact else f"[{_short(estimate.low)}, {_short(estimate.high)}]"


def _missing(rows: list[dict[str, object]]) -> str:
    parts = []
    for row in rows:
        missing, counts = row["missing"], row["counts"]
        if isinstance(missing, int) and isinstance(counts, list) and missing:
            parts.append(f"{row['split']} {percent(missing / (missing + sum(counts)))}")
    return f"missing: {', '.join(parts)}" if parts else ""
