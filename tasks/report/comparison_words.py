"""A comparison in words: the answer in a sentence, and what of it is worth a line."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.report.estimates import Estimate, finite
from tasks.report.mismatch_words import Part
from tasks.report.wording import count, foreign, interval, number, percent, round_number
from tasks.shift.answer import CLASSIFIER, CONSTANT, LABELS, Answer
from tasks.shift.budget import MARGIN as LEAST
from tasks.shift.comparison_table import comparison_table
from tasks.shift.descriptor_table import MARGIN, SPREAD_MARGIN
from tasks.shift.families import OTHERS
from tasks.shift.measurements import Effect
from tasks.sides.compared import Compared
from tasks.sides.side import Side

MOST_NAMED = 4

SPREAD = SPREAD_MARGIN / MARGIN
"""Standard deviations that stand for as much as 1 of Cliff's delta."""

_PLACES = ("cliffs_delta", "total_variation")

WORDS = {
    "cliffs_delta": "Cliff’s δ",
    "wasserstein": "Wasserstein",
    "total_variation": "total variation",
    "missing_share_difference": "missing share",
}
THINGS = {"image": "images", "audio": "sounds", "tabular": "rows"}


def headline(compared: Compared) -> str:
    """Say the answer in a sentence or two."""
    told, margin = compared.answer, round_number(compared.margin)
    if compared.found is None:
        return "A and B hold the same rows, so there is no difference."
    if told.state == "equivalent":
        return (
            f"A and B are equivalent: in everything compared, a difference of more than {margin} can be ruled out."
            + _small_but_sure(compared)
        )
    if told.state == "different":
        return _different(compared, told)
    parts = []
    if told.refused:
        which = _named(told.refused)
        parts.append(f"{which} could not be compared; leave such columns out with --ignore to ask about the rest")
    if told.open:
        parts.append(f"a difference of more than {margin} is neither shown nor ruled out in {_named(told.open)}")
    if not parts:
        parts.append("there is no column that varies and that both sides have")
    what = "what is open" if told.refused else "it"
    more = f" About {_rounded(told.rows)} rows a side would decide {what}, if the differences stay as they are."
    return f"Whether A and B differ is undecided: {'; '.join(parts)}.{more if told.rows is not None else ''}"


def _different(compared: Compared, told: Answer) -> str:
    columns = [name for name in told.differing if name not in (CLASSIFIER, LABELS)]
    margin = round_number(compared.margin)
    assert compared.found is not None  # noqa: S101 - without it the answer is another
    known = len({row["descriptor"] for row in compared.found.descriptors.to_pylist() if row["statistic"] != "none"})
    parts = []
    what = "columns" if compared.a.kind == "tabular" else "descriptors"
    if columns:
        parts.append(f"{count(len(columns))} of {count(known)} {what} differ by more than {margin}: {_named(columns)}")
    if CLASSIFIER in told.differing:
        parts.append(f"a classifier tells their rows apart (2 AUC − 1 = {short(compared.found.classifier)})")
    if LABELS in told.differing:
        parts.append("labels have other shares")
    left = f" {count(len(told.refused))} {what} could not be compared." if told.refused else ""
    return f"A and B are different: {'; '.join(parts)}.{left}"


def _small_but_sure(compared: Compared) -> str:
    assert compared.found is not None  # noqa: S101 - without it the answer is another
    if not compared.found.joint.p_value < 0.05:
        return ""
    return f" They do differ (joint p = {p_value(compared.found.joint.p_value)}), by less than matters."


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(foreign(name, 40) for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {count(more)} more" if more > 0 else shown


def _rounded(rows: int | None) -> str:
    """Two digits are all that such a number knows."""
    if rows is None:
        return ""
    step = 10 ** max(0, math.floor(math.log10(max(rows, 1))) - 1)
    return count(math.ceil(rows / step) * step)


def parts_of(compared: Compared) -> list[Part]:
    """Return what the distance consists of, the largest part first; nothing where there is hardly a distance."""
    whole = next((part.effect for part in compared.parts if part.statistic == "mismatch"), None)
    if whole is None or not (whole.ci_low > 0 and whole.effect >= LEAST):
        return []
    parts = [
        Part(str(part.descriptor), Estimate(finite(it.effect), finite(it.ci_low), finite(it.ci_high)), None, None)
        for part in compared.parts
        if part.statistic == "mismatch_part" and math.isfinite((it := part.effect).effect)
    ]
    return sorted(parts, key=lambda part: (-(part.before.effect or 0.0), part.family))


def consists_of(parts: Sequence[Part]) -> str:
    """Say what the distance consists of: the largest parts, in percent of them all."""
    whole = sum(part.before.effect or 0.0 for part in parts)
    named = [part for part in parts if (part.before.effect or 0.0) > 0 and part.family != OTHERS][:MOST_NAMED]
    said = [f"{foreign(part.name, 40)} {percent((part.before.effect or 0.0) / whole)}" for part in named]
    rest = whole - sum(part.before.effect or 0.0 for part in named)
    return ", ".join([*said, *([f"all else {percent(rest / whole)}"] if len(parts) > len(named) else [])])


def content_alone(compared: Compared) -> str:
    """Say what is left of the distance once what only the file says (its size, rate, duration) is put aside."""
    found = {part.statistic: part.effect for part in compared.parts if part.descriptor is None}
    if "mismatch_content" not in found or not parts_of(compared):
        return ""
    return (
        f"Without what only the file says (size, rate, duration), {short(found['mismatch_content'])} of "
        f"{short(found['mismatch'])} is left."
    )


def p_value(value: float | None) -> str:
    """Write a p-value; what is smaller than a table can show is told as a bound.

    >>> p_value(0.0213), p_value(1e-12)
    ('0.021', '< 0.0001')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value < 1e-4:
        return "< 0.0001"
    return f"{value:.2g}" if value < 0.1 else f"{value:.2f}"


def short(found: Effect) -> str:
    """Write an effect and its interval."""
    return f"{number(found.effect)} {interval(found.ci_low, found.ci_high)}".strip()


def counted(side: Side) -> str:
    """Say how many rows, in how many atoms."""
    things = THINGS[side.kind]
    rows = f"{count(side.rows)} {things}"
    return rows if side.atoms is None else f"{rows} in {count(side.atom_count)} atoms"


def sorted_rows(compared: Compared) -> list[Mapping[str, Any]]:
    """Return the table's rows about descriptors, what differs first, then by the size of the effect."""
    if compared.found is None:
        return []
    rows = comparison_table(compared.found, margin=compared.margin).to_pylist()
    order = {"different": 0, "undecided": 1, "equivalent": 2}
    chosen = [row for row in rows if row["about"] == "descriptor"]
    return sorted(chosen, key=lambda row: (order[row["state"]], -abs(row["effect"] or 0) / row["margin"], row["name"]))


def main_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Choose a row a descriptor, and another where its gaps, or its shape alone, tell more; the largest effect first.

    Parameters
    ----------
    rows : sequence of mapping
        What `sorted_rows` returned.
    """
    chosen = []
    place = {row["name"]: row["state"] for row in rows if row["statistic"] in _PLACES}
    for row in rows:
        if row["effect"] is None or row["note"] in CONSTANT:
            continue
        shape = row["state"] == "different" and place.get(row["name"]) != "different"
        if row["statistic"] != "wasserstein" or shape:
            chosen.append(dict(row))
    return sorted(chosen, key=lambda row: (-abs(row["effect"]) / row["margin"], row["name"]))
