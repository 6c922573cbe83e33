"""How a check decides: pass, fail or undecided, from the rows of the measurements table that it reads."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from expectations.check import Check, Status
from expectations.limits import FAMILY_LEVEL, FEWEST_ATOMS, FEWEST_ROWS, JOINT_UNDECIDED
from expectations.nearness import decide_nearness
from tasks.report.wording import foreign, interval, number
from tasks.shift.enough_rows import rows_to_decide
from tasks.shift.measurements import Effect

MOST_NAMED = 4
"""Descriptors that a reason names after the worst one, each with its effect."""

SPANNING = ("interval_within", "interval_below", "family_within", "above")
"""Rules that an interval decides, so that a narrower one would decide them."""

Row: TypeAlias = Mapping[str, Any]
"""One row of the measurements table as plain values; None where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: the status, the row that decided, the limit in the row's unit, and why."""

    status: Status
    row: Row
    limit: float | None
    reason: str
    rows_to_decide: int | None = None
    """How many rows a side would decide what is undecided; None where that is not known."""

    def remedy(self, check: Check) -> str:
        """Say what to do: the check's remedy when it failed, what would decide it when it is undecided."""
        if self.status != "undecided":
            return check.remedy
        if self.row.get("effect") is None:
            return "Nothing is claimed here: it was not measured, or there was too little data to measure it on."
        if check.rule == "as_near":
            return "More groups would decide it, or smaller ones; more rows of the same groups would not."
        if check.rule == "gains":
            return f"More rows of {check.split_b}, or more groups in it, would decide it."
        if self.rows_to_decide is None:
            return "More rows, or more groups, on both sides would decide it. Until then do not rely on it."
        sides = " a side" if self.row.get("n_b") else ""
        sides += f" that have {foreign(self.row['descriptor'])}" if self.row.get("descriptor") else ""
        return (
            f"About {_round(self.rows_to_decide)} rows{sides}, in groups as large as now, would decide it. Until then "
            "do not rely on it."
        )


def _round(rows: int) -> str:
    """Write a number of rows that is known roughly: two digits."""
    return f"{round(rows, 2 - len(str(rows))):,}"


def decide(check: Check, rows: Sequence[Row], references: Sequence[Row] = ()) -> Finding:
    """Decide one check on the rows that it reads.

    Parameters
    ----------
    check : Check
        Any rule but `rows`.
    rows : sequence of rows
        The measurements of the check's statistic, splits and descriptor.
    references : sequence of rows
        The measurements of the check's reference, if it has one, of both splits.

    Returns
    -------
    Finding
        The worst row decides: any failure fails, else any undecided row leaves the check undecided.

    Notes
    -----
    Invariants: nothing measured is undecided, never a pass; a wider interval never decides what a narrower one left
    open; the order of the rows does not matter.
    """
    limit = _limit(check, references)
    if not rows:
        return Finding("undecided", {}, limit, f"{_name(check)}: not measured")
    if limit is None:
        return Finding("undecided", _worst(check, rows), None, f"{check.reference}: not measured")
    judged = [(*_decide_row(check, row, limit, references), row) for row in rows]
    statuses = {status for status, _, _ in judged}
    overall: Status = "fail" if "fail" in statuses else "undecided" if "undecided" in statuses else "pass"
    deciding = [(reason, row) for status, reason, row in judged if status == overall]
    worst = _worst(check, [row for _, row in deciding])
    reason = next(reason for reason, row in deciding if row is worst)
    enough = _enough(check, worst, limit) if overall == "undecided" else None
    return Finding(
        overall, worst, limit, reason + _others(check, [row for _, row in deciding if row is not worst]), enough
    )


def _enough(check: Check, row: Row, limit: float) -> int | None:
    """Return how many rows a side would decide a row whose interval spans the limit."""
    if check.rule not in SPANNING or None in (row["effect"], row["ci_low"], row["ci_high"]):
        return None
    low, high = row["ci_low"], row["ci_high"]
    signed = check.rule in ("above", "interval_below")
    spans = low <= limit <= high or (not signed and low <= -limit <= high)
    effect = Effect(row["effect"], low, high, n_a=row["n_a"] or 0, n_b=row["n_b"] or 0)
    return rows_to_decide(effect, limit, signed=signed) if spans else None


def _others(check: Check, rows: Sequence[Row]) -> str:
    """Name the other rows that decided, the worst ones with their numbers."""
    left = [row for row in rows if row["descriptor"] and row["effect"] is not None]
    told: list[str] = []
    while left and len(told) < MOST_NAMED:
        worst = _worst(check, left)
        told.append(f"{foreign(worst['descriptor'])} {number(worst['effect'])}")
        left = [row for row in left if row is not worst]
    if more := len(rows) - len(told):
        told.append(f"{more:,} more")
    return f"; likewise {', '.join(told)}" if told else ""


def _limit(check: Check, references: Sequence[Row]) -> float | None:
    if check.reference is None or check.rule in ("no_difference", "as_near"):
        return check.limit
    known = [row["effect"] for row in references if row["effect"] is not None]
    return check.limit * min(known) if known else None


def _decide_row(check: Check, row: Row, limit: float, references: Sequence[Row]) -> tuple[Status, str]:
    """Decide one row, and say why."""
    if check.rule == "no_difference":
        return _decide_joint(check, row, limit, references)
    if check.rule == "as_near":
        return decide_nearness(row, limit, references)
    effect, low, high = row["effect"], row["ci_low"], row["ci_high"]
    about = f"{foreign(row['descriptor'])}: " if row["descriptor"] else ""
    if effect is None:
        return "undecided", f"{about}{_name(check)} could not be measured"
    if check.rule == "at_most":
        return ("pass" if abs(effect) <= limit else "fail"), f"{about}{number(effect)}; at most {limit:g} is allowed"
    if check.rule == "at_least":
        return ("pass" if effect >= limit else "fail"), f"{about}{number(effect)}; at least {limit:g} is wanted"
    if low is None or high is None:
        return "undecided", f"{about}{number(effect)} without an interval"
    shown = f"{about}{number(effect)} {interval(low, high)}"
    if check.rule == "interval_below":
        if high < limit:
            return "pass", f"{shown} lies below {limit:g}"
        return ("fail", f"{shown} lies above {limit:g}") if low > limit else ("undecided", f"{shown} spans {limit:g}")
    if check.rule == "above":
        if low > limit:
            return "pass", f"{shown} lies above {limit:g}"
        return ("fail", f"{shown} lies below {limit:g}") if high < limit else ("undecided", f"{shown} spans {limit:g}")
    if check.rule == "gains":
        if low > 0:
            return "pass", f"{shown} lies above 0"
        return (
            ("fail", f"{shown} lies below {limit:g}")
            if high < limit
            else ("undecided", f"{shown} spans 0 to {limit:g}")
        )
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    if max(abs(low), abs(high)) < limit:
        return "pass", f"{shown} lies within {limit:g}"
    if nearest <= limit:
        return "undecided", f"{shown} spans {limit:g}"
    if check.rule == "family_within" and (row["p_value"] is None or row["p_value"] > FAMILY_LEVEL):
        return "undecided", f"{shown} lies beyond {limit:g}, but is not significant among all descriptors"
    return "fail", f"{shown} lies beyond {limit:g}"


def _decide_joint(check: Check, row: Row, limit: float, atoms: Sequence[Row]) -> tuple[Status, str]:
    """Decide a joint test, and say why; `atoms` are the numbers of atoms of both splits, if the check asks for them."""
    p_value, rows = row["p_value"], (row["n_a"], row["n_b"])
    if p_value is None:
        return "undecided", "no p-value could be measured"
    shown = f"p = {number(p_value)}"
    if p_value <= limit:
        return "fail", f"{shown}: they differ"
    if p_value < JOINT_UNDECIDED:
        return "undecided", f"{shown} lies between {limit:g} and {JOINT_UNDECIDED:g}"
    if None in rows or min(rows) < FEWEST_ROWS:
        return "undecided", f"{shown}, but fewer than {FEWEST_ROWS} rows on a side would hide a difference"
    if check.reference:
        known = [found["effect"] for found in atoms if found["effect"] is not None]
        if len(known) < len(rows) or min(known) < FEWEST_ATOMS:
            return "undecided", f"{shown}, but fewer than {FEWEST_ATOMS} atoms on a side would hide a difference"
    return "pass", f"{shown}: no difference found"


def _worst(check: Check, rows: Sequence[Row]) -> Row:
    """Return the row that is worst for the check; ties go to the first by descriptor."""
    small_is_bad = check.rule in ("at_least", "above", "gains")

    def goodness(row: Row) -> tuple[float, str]:
        effect = row["effect"]
        if effect is None:
            return math.inf, row["descriptor"] or ""
        return (effect if small_is_bad else -abs(effect)), row["descriptor"] or ""

    return min(rows, key=goodness)


def _name(check: Check) -> str:
    pair = " and ".join(split for split in (check.split_a, check.split_b) if split)
    return check.statistic.replace("_", " ") + (f" of {pair}" if pair else "")
