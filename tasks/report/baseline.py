"""The page of a baseline: its ladder, what synthesis does to it, where more rows lead, and what counts advise."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tasks.catalog.atomic import write_text
from tasks.report.baseline_words import (
    advice_words,
    curve_words,
    error_words,
    next_words,
    points_words,
    span_words,
    synthesis_words,
    test_words,
    transfer_words,
)
from tasks.report.curve_plot import curve_plot
from tasks.report.environment import environment
from tasks.report.estimates import Estimate
from tasks.report.helps import JUDGES
from tasks.report.plots import Bar, mismatch_plot
from tasks.report.wording import count

ABOUT = {"train": "real records of train", "target in train": "target records in train"}
LANES = {"published": "as published", "without synthetic": "without synthetic records"}
_KINDS = {"train": "train", "train-dev": "train-dev", "dev": "dev", "test": "test"}


def write_baseline(result: Mapping[str, Any], folder: Path) -> Path:
    """Write `index.html` into a folder and return its path.

    Parameters
    ----------
    result : mapping
        What `flows.run_baseline` found.
    folder : Path

    Notes
    -----
    Invariants: the same result gives the same bytes; no script and nothing from elsewhere; names come out as text.
    """
    page = folder / "index.html"
    write_text(render_baseline(result), page)
    return page


def render_baseline(result: Mapping[str, Any]) -> str:
    """Return the page as text."""
    first = result["first"]
    kind = first["kind"]
    view = {
        "name": result["name"],
        "version": f"{result['version']:06d}",
        "next": next_words(first["ladders"]["published"]),
        "synthesis": synthesis_words(result),
        "judge": JUDGES[first["judge"]],
        "taught": [(origin, count(rows)) for origin, rows in first["taught"].items() if rows],
        "ladders": [_ladder(lane, first, kind) for lane in LANES if lane in first["ladders"]],
        "knobs": first["ladders"]["published"]["knobs"],
        "remarks": first["ladders"]["published"]["remarks"],
        "lent": first["lent"],
        "test": test_words(result["looks"]["test"]) if "test" in result["looks"] else None,
        "curves": [
            {
                "about": ABOUT[name],
                "plot": None if "refused" in curve else curve_plot(curve, rates=kind != "number", about=ABOUT[name]),
                "said": curve_words(curve, kind, about=ABOUT[name]),
            }
            for name, curve in result.get("curve", {}).get("curves", {}).items()
        ],
        "transfer": _transfer(result["transfer"]) if "transfer" in result else None,
        "advice": advice_words(result["advice"])[: 1 if result["advice"]["multi_task"] is None else 2],
        "rule": result["advice"]["transfer"]["rule"],
        "multi_task": result["advice"]["multi_task"],
    }
    return environment().get_template("baseline.html.jinja").render(view)


def _ladder(lane: str, first: Mapping[str, Any], kind: str) -> dict[str, Any]:
    ladder = first["ladders"][lane]
    factor = 100.0 if kind != "number" else 1.0
    bars = [
        Bar(
            name,
            Estimate(*(None if v is None else factor * v for v in (rate["error"], rate["ci_low"], rate["ci_high"]))),
            _KINDS[name],
        )
        for name, rate in ladder["levels"].items()
    ]
    unit = "error, %" if kind != "number" else "squared error, in variances"
    return {
        "name": LANES[lane],
        "plot": mismatch_plot(bars, floor=None, unit=unit, title=f"Errors {LANES[lane]}"),
        "links": [
            (
                link["name"],
                f"{link['upper']} − {link['lower']}",
                points_words(link["gap"], kind),
                span_words(link["ci_low"], link["ci_high"], kind),
            )
            for link in ladder["links"]
        ],
        "levels": [
            (name, error_words(rate["error"], kind), count(rate["n"])) for name, rate in ladder["levels"].items()
        ],
        "draws": [
            (split, error_words(effect["effect"], kind), span_words(effect["low"], effect["high"], kind))
            for split, effect in first["errors"][lane].items()
        ],
    }


def _transfer(told: Mapping[str, Any]) -> dict[str, Any]:
    tried = told["tried"]
    plot = None
    if tried is not None:
        factor = 100.0 if told["kind"] != "number" else 1.0
        bars = [
            Bar(lane, Estimate(*(None if e[k] is None else factor * e[k] for k in ("effect", "low", "high"))), kind)
            for (lane, e), kind in zip(tried["errors"].items(), ("dev", "train", "synthetic"), strict=True)
        ]
        plot = mismatch_plot(bars, floor=None, unit="error on dev", title="Transfer beside the target alone")
    return {"plot": plot, "said": transfer_words(told)}
