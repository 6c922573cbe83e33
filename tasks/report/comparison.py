"""The page of a comparison: one file, no scripts, nothing from elsewhere, as the report of a build."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from markupsafe import Markup
from numpy.typing import NDArray

from tasks.catalog.atomic import write_text
from tasks.descriptors.families import explain_family
from tasks.report.budget import parts_plot
from tasks.report.comparison_cells import cells, measured
from tasks.report.comparison_labels import label_view
from tasks.report.comparison_words import (
    SPREAD,
    WORDS,
    consists_of,
    content_alone,
    counted,
    headline,
    main_rows,
    parts_of,
    sorted_rows,
)
from tasks.report.effects import apart_plot, effects_plot
from tasks.report.environment import environment
from tasks.report.estimates import finite
from tasks.report.mismatch_words import SATURATED
from tasks.report.silhouettes import legend_mark, silhouette
from tasks.report.wording import interval, number, percent
from tasks.shift.answer import CONSTANT
from tasks.shift.comparison_table import comparison_table
from tasks.shift.histograms import descriptor_histograms
from tasks.sides.compared import Compared
from tasks.sides.side import Side

MOST_EFFECTS = 40
MOST_FAMILIES = 4
MOST_PANELS = 24
MOST_ROWS = 400
PARTS = {"missing_share_difference": "gaps", "wasserstein": "shape"}
"""What is drawn of a descriptor besides its place."""


def write_comparison(compared: Compared, folder: Path, looks: Sequence[Mapping[str, Any]] = ()) -> Path:
    """Write `index.html` into a folder, made if it is missing, and return its path.

    Parameters
    ----------
    compared : Compared
    folder : Path
    looks : sequence of mapping
        What `tasks.report.comparison_looks.look_at` made.

    Notes
    -----
    Invariants: the same comparison gives the same bytes; no script and no address but `data:` and anchors; whatever a
    column, label or path contains comes out as text.
    """
    page = folder / "index.html"
    write_text(render_comparison(compared, looks), page)
    return page


def render_comparison(compared: Compared, looks: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the page as text."""
    rows = sorted_rows(compared)
    found, parts = compared.found, parts_of(compared)
    view = {
        "state": compared.answer.state,
        "sentence": headline(compared),
        "sides": [_side(letter, side) for letter, side in (("A", compared.a), ("B", compared.b))],
        "margin": compared.margin,
        "seed": compared.seed,
        "apart": None if found is None else _apart(compared),
        "joint": None if found is None else measured(found.joint),
        "classifier": None if found is None else measured(found.classifier),
        "saturated": found is not None and found.classifier.effect > SATURATED,
        "telling": _telling(compared),
        "parts": parts_plot(parts) if parts else None,
        "families": _families(compared.a.kind, [part.family for part in parts[:MOST_FAMILIES]]),
        "content": content_alone(compared),
        "consists_of": consists_of(parts) if parts else "",
        "effects": _effects(rows, compared.margin),
        "more_effects": max(0, len(main_rows(rows)) - MOST_EFFECTS),
        "rows": [cells(row) for row in rows[:MOST_ROWS]],
        "more_rows": max(0, len(rows) - MOST_ROWS),
        "tally": Counter(row["state"] for row in rows if row["statistic"] != "none" and row["note"] not in CONSTANT),
        "panels": _panels(compared, rows),
        "legend": [(letter, legend_mark(letter)) for letter in ("A", "B")],
        "labels": label_view(compared),
        "looks": [look for look in looks if look["examples"]],
        "pictures": any(example.picture for look in looks for example in look["examples"]),
        "left_out": _left_out(compared),
        "constant": _constant(rows),
        "remarks": compared.remarks,
        "things": "column" if compared.a.kind == "tabular" else "descriptor",
    }
    return environment().get_template("comparison.html.jinja").render(view)


def _side(letter: str, side: Side) -> dict[str, Any]:
    refused = [(reason, amount, side.examples[reason]) for reason, amount in sorted(side.refused.items())]
    return {"letter": letter, "name": side.name, "counted": counted(side), "refused": refused}


def _apart(compared: Compared) -> Markup:
    assert compared.found is not None  # noqa: S101 - asked for only then
    it = compared.found.classifier
    state = "equivalent" if it.ci_high < compared.margin else "undecided"
    state = "different" if it.ci_low > compared.margin and it.p_value < 0.05 else state
    return apart_plot(finite(it.effect), finite(it.ci_low), finite(it.ci_high), margin=compared.margin, state=state)


def _telling(compared: Compared) -> list[tuple[str, str]]:
    if compared.found is None or not compared.found.classifier.p_value < 0.05:
        return []
    rows = compared.found.telling.slice(0, 5).to_pylist()
    return [(row["descriptor"], percent(row["share"])) for row in rows if row["share"] >= 0.01]


def _families(kind: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """Say of the largest families what in the world moves them; a table's columns explain themselves."""
    known = [(name, explain_family(kind, name)) for name in names if kind != "tabular"]
    return [(name, family.sentence) for name, family in known if family is not None]


def _effects(rows: Sequence[Mapping[str, Any]], margin: float) -> Markup | None:
    lines = [
        row
        | ({"name": f"{row['name']}: {part}"} if (part := PARTS.get(row["statistic"])) else {})
        | ({"shrink": SPREAD} if row["statistic"] == "wasserstein" else {})
        for row in main_rows(rows)[:MOST_EFFECTS]
    ]
    unit = "Cliff’s δ of numbers: right of 0, A is larger · of words, total variation: 0 to 1 · gaps: share in A − in B"
    return effects_plot(lines, margin=margin, unit=unit) if lines else None


def _panels(compared: Compared, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Draw the distributions of what is furthest apart."""
    names = list(
        dict.fromkeys(row["name"] for row in rows if row["statistic"] != "none" and row["note"] not in CONSTANT)
    )
    drawn = sorted(names, key=lambda name: -_furthest(name, rows))[:MOST_PANELS]
    sides = {"A": compared.a.table, "B": compared.b.table}
    histograms = descriptor_histograms(
        {letter: {name: _values(table[name]) for name in drawn} for letter, table in sides.items()}
    ).to_pylist()
    panels = []
    for name in drawn:
        own = [row for row in histograms if row["descriptor"] == name]
        described = compared.a.notes.get(name) or compared.b.notes.get(name)
        unit = described.unit if described is not None else ""
        missing = [
            f"{row['split']} {percent(row['missing'] / (row['missing'] + sum(row['counts'])))}"
            for row in own
            if row["missing"]
        ]
        effects = [
            (WORDS[row["statistic"]], number(row["effect"]), interval(row["ci_low"], row["ci_high"]))
            for row in rows
            if row["name"] == name and row["statistic"] in ("cliffs_delta", "total_variation")
        ]
        panels.append(
            {
                "name": name,
                "unit": unit,
                "doc": described.doc if described is not None and compared.a.kind != "tabular" else "",
                "missing": ", ".join(missing),
                "plot": silhouette(own, name=name, unit=unit),
                "effects": effects,
            }
        )
    return panels


def _furthest(name: str, rows: Sequence[Mapping[str, Any]]) -> float:
    return max(float(abs(row["effect"] or 0.0) / row["margin"]) for row in rows if row["name"] == name)


def _values(column: pa.ChunkedArray) -> NDArray[np.generic]:
    kind = column.type
    if pa.types.is_temporal(kind):
        from tasks.descriptors.tabular import describe_rows

        column = describe_rows(pa.table({"days": column})).column(0)
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        column = column.cast(pa.int8() if pa.types.is_boolean(kind) else kind).cast(pa.float64(), safe=False)
    if pa.types.is_floating(column.type):
        return np.asarray(column.fill_null(np.nan).to_numpy(), np.float64)
    return np.asarray(column.to_pandas().to_numpy(object))


def _left_out(compared: Compared) -> list[tuple[str, str]]:
    told = [
        (name, f"{why} (in {letter})" if "--ignore" not in why else why)
        for letter, side in (("A", compared.a), ("B", compared.b))
        for name, why in side.left_out.items()
    ]
    if compared.found is not None:
        rows = comparison_table(compared.found, margin=compared.margin).to_pylist()
        told += [(r["name"], r["note"]) for r in rows if r["about"] == "descriptor" and r["statistic"] == "none"]
    return list(dict.fromkeys(told))


def _constant(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Gather the columns in which there is nothing to compare, by why."""
    gathered: dict[str, dict[str, None]] = {}
    for row in rows:
        if row["note"] in CONSTANT:
            gathered.setdefault(row["note"], {})[row["name"]] = None
    return [(note, list(names)) for note, names in gathered.items()]
