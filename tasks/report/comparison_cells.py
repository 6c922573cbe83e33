"""Measured effects as the cells of a page."""

from collections.abc import Mapping
from typing import Any

from tasks.report.comparison_words import WORDS, p_value
from tasks.report.estimates import finite
from tasks.report.wording import count, interval, number
from tasks.shift.measurements import Effect


def measured(effect: Effect) -> dict[str, str]:
    """Write an effect, its interval and its p-value."""
    return {
        "effect": number(finite(effect.effect)) if finite(effect.effect) is not None else "not measured",
        "interval": interval(effect.ci_low, effect.ci_high),
        "p": p_value(effect.p_value),
    }


def cells(row: Mapping[str, Any]) -> dict[str, str]:
    """Write a row of the table of all numbers."""
    return {
        "name": row["name"],
        "measure": WORDS.get(row["statistic"], "not compared"),
        "effect": number(row["effect"]),
        "interval": interval(row["ci_low"], row["ci_high"]),
        "p": p_value(row["p_adjusted"]),
        "state": row["state"],
        "rows": f"{count(row['n_a'])} · {count(row['n_b'])}",
        "note": row["note"] or "",
    }
