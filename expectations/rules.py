"""How a check decides: pass, fail or undecided, from the rows of the measurements table that it reads."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from expectations.check import Check, Status

FAMILY_LEVEL = 0.05
"""False discovery rate over the descriptors of one pair."""

JOINT_UNDECIDED = 0.05
"""A joint test between its limit and this p-value neither passes nor fails."""

FEWEST_ROWS = 100
"""Rows on each side from which the silence of a joint test counts as evidence: with fewer, a shift of 0.4 standard
deviations in one descriptor goes unseen more often than one time in five (16 / d^2 rows a side for 80 % power)."""

Row: TypeAlias = Mapping[str, Any]
"""One row of the measurements table as plain values; None where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: the status, the row that decided, the limit in the row's unit, and why."""

    status: Status
    row: Row
    limit: float | None
    reason: str


def decide(check: Check, rows: Sequence[Row], references: Sequence[Row] = ()) -> Finding:
    """Decide one check on the rows that it reads.

    Parameters
    ----------
    check : Check
        Any rule but `rows`.
    rows : sequence of rows
        The measurements of the check's statistic, splits and descriptor.
    references : sequence of rows
        The measurements of the check's reference, if it has one.

    Returns
    -------
    Finding
        The worst row decides: any failure fails, any undecided row leaves the check undecided.

    Notes
    -----
    Invariants: nothing measured is undecided, never a pass; a wider interval never turns undecided into a decision;
    the order of the rows does not matter.
    """
    limit = _limit(check, references)
    if not rows:
        return Finding("undecided", {}, limit, f"{_name(check)} was not measured")
    if limit is None:
        return Finding("undecided", _worst(rows), None, f"{check.reference} was not measured")
    significant = _significant(rows) if check.rule == "family_within" else [True] * len(rows)
    judged = [(_judge_row(check, row, limit, shifted), row) for row, shifted in zip(rows, significant, strict=True)]
    for status in ("fail", "undecided", "pass"):
        deciding = [(reason, row) for (found, reason), row in judged if found == status]
        if deciding:
            sign = -1.0 if check.rule in ("at_least", "above") else 1.0
            row = _worst([row for _, row in deciding], sign)
            reason = next(reason for reason, candidate in deciding if candidate is row)
            more = len(deciding) - 1
            if more and status != "pass":
                reason += f"; the same for {more:,} more"
            return Finding(status, row, limit, reason)
    raise AssertionError("every row has a status")


def _limit(check: Check, references: Sequence[Row]) -> float | None:
    if check.reference is None:
        return check.limit
    known = [row["effect"] for row in references if row["effect"] is not None]
    return check.limit * min(known) if known else None


def _judge_row(check: Check, row: Row, limit: float, shifted: bool) -> tuple[Status, str]:
    """Decide one row; `shifted` says whether its p-value survives the correction for its family."""
    effect, low, high, p_value = row["effect"], row["ci_low"], row["ci_high"], row["p_value"]
    about = f"{row['descriptor']}: " if row["descriptor"] else ""
    if check.rule == "no_difference":
        return _judge_p(p_value, row["n_a"], row["n_b"], limit)
    if effect is None:
        return "undecided", f"{about}{_name(check)} could not be measured"
    if check.rule == "at_most":
        within = abs(effect) <= limit
        return ("pass" if within else "fail"), f"{about}{effect:,.6g} {'<=' if within else '>'} {limit:,.6g}"
    if check.rule == "at_least":
        within = effect >= limit
        return ("pass" if within else "fail"), f"{about}{effect:,.6g} {'>=' if within else '<'} {limit:,.6g}"
    if low is None or high is None:
        return "undecided", f"{about}{effect:.3f} without an interval"
    shown = f"{about}{effect:.3f} [{low:.3f}, {high:.3f}]"
    if check.rule == "above":
        if low > limit:
            return "pass", f"{shown} lies above {limit:g}"
        if high < limit:
            return "fail", f"{shown} lies below {limit:g}"
        return "undecided", f"{shown} includes {limit:g}"
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    most = max(abs(low), abs(high))
    if most < limit:
        return "pass", f"{shown} lies within {limit:g}"
    if least > limit and shifted:
        return "fail", f"{shown} lies beyond {limit:g}"
    if least > limit:
        return "undecided", f"{shown} lies beyond {limit:g}, but is not significant among all descriptors"
    return "undecided", f"{shown} includes {limit:g}"


def _judge_p(p_value: float | None, n_a: int | None, n_b: int | None, limit: float) -> tuple[Status, str]:
    if p_value is None:
        return "undecided", "no p-value was measured"
    if p_value <= limit:
        return "fail", f"p = {p_value:.4f} <= {limit:g}: the two differ"
    if p_value < JOINT_UNDECIDED:
        return "undecided", f"p = {p_value:.4f} lies between {limit:g} and {JOINT_UNDECIDED:g}"
    if n_a is None or n_b is None or min(n_a, n_b) < FEWEST_ROWS:
        return "undecided", f"p = {p_value:.4f}, but fewer than {FEWEST_ROWS} rows on a side would hide a difference"
    return "pass", f"p = {p_value:.4f}: no difference found"


def _significant(rows: Sequence[Row]) -> list[bool]:
    """Benjamini and Hochberg's step-up procedure (1995) at FAMILY_LEVEL; a row without p-value is not significant."""
    order = sorted((row["p_value"], at) for at, row in enumerate(rows) if row["p_value"] is not None)
    kept = 0
    for rank, (p_value, _) in enumerate(order, start=1):
        if p_value <= FAMILY_LEVEL * rank / len(order):
            kept = rank
    significant = [False] * len(rows)
    for _, at in order[:kept]:
        significant[at] = True
    return significant


def _worst(rows: Sequence[Row], sign: float = 1.0) -> Row:
    """Return the row with the largest effect (the smallest for `sign` -1); ties go to the first by descriptor."""

    def badness(row: Row) -> tuple[float, str]:
        effect = row["effect"]
        size = -math.inf if effect is None else (abs(effect) if sign > 0 else -effect)
        return -size, row["descriptor"] or ""

    return min(rows, key=badness)


def _name(check: Check) -> str:
    pair = " and ".join(split for split in (check.split_a, check.split_b) if split)
    return check.statistic.replace("_", " ") + (f" of {pair}" if pair else "")
