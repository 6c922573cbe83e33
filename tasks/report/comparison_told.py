"""A comparison on the terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.report.comparison_words import (
    WORDS,
    consists_of,
    counted,
    headline,
    main_rows,
    p_value,
    parts_of,
    short,
    sorted_rows,
)
from tasks.report.mismatch_words import SATURATED
from tasks.report.wording import count, foreign, interval, number
from tasks.sides.compared import Compared
from tasks.sources.names import name_to_text

MOST_LINES = 15


def tell(compared: Compared, places: Mapping[str, Path]) -> str:
    """Return what the terminal says: the sides, the answer, the numbers, and where the rest is.

    Parameters
    ----------
    compared : Compared
    places : mapping of str to Path
        What was written, by what it is: `"report"`, `"table"`.
    """
    lines = []
    for letter, side in (("A", compared.a), ("B", compared.b)):
        lines.append(f"{letter}  {counted(side)}  {foreign(side.name)}")
        lines += [
            f"   {count(amount)} refused: {reason}, such as {foreign(side.examples[reason])}"
            for reason, amount in sorted(side.refused.items())
        ]
    lines += ["", headline(compared), ""]
    if compared.found is not None:
        found = compared.found
        parts = parts_of(compared)
        lines += [
            f"joint distance      {short(found.joint)}, p {p_value(found.joint.p_value)}",
            f"classifier 2 AUC-1  {short(found.classifier)}, p {p_value(found.classifier.p_value)}",
        ]
        if parts:
            lines.insert(-1, f"  which consists of {consists_of(parts)}")
        if found.classifier.effect > SATURATED:
            lines.append("                    (so near 1 it says that they differ, and hardly how much)")
        if found.labels is not None:
            shares = found.labels
            lines.append(
                f"label shares, TV    {short(shares.shares)}, p {p_value(shares.shares.p_value)}: {shares.state}"
            )
            rest = shares.reweighted
            lines.append(f"labels put aside    {short(rest)}, p {p_value(rest.p_value)} (joint distance)")
        lines += ["", *_table(sorted_rows(compared))]
    lines += [remark for remark in compared.remarks if not remark.startswith("A and B hold")]
    return "\n".join([*lines, "", *(f"{what:7} {name_to_text(str(path))}" for what, path in places.items())]).rstrip()


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the largest effects, then what could not be compared."""
    chosen = [*main_rows(rows), *(row for row in rows if row["statistic"] == "none")]
    shown = chosen[:MOST_LINES]
    cells = [("column", "measure", "effect", "95 % interval", "p adjusted", "")]
    for row in shown:
        bounds = interval(row["ci_low"], row["ci_high"])
        measure = WORDS.get(row["statistic"], "not compared")
        told = f"{row['state']}: {row['note']}" if row["note"] else row["state"]
        told = row["note"] if row["statistic"] == "none" else told
        adjusted = p_value(row["p_adjusted"])
        cells.append((foreign(row["name"], 36), measure, number(row["effect"]), bounds, adjusted, told))
    widths = [max(len(texts[at]) for texts in cells) for at in range(len(cells[0]) - 1)]
    lines = []
    for texts in cells:
        padded = [text.ljust(width) for text, width in zip(texts, widths, strict=False)]
        lines.append("  ".join([*padded, texts[-1]]).rstrip())
    more = len(chosen) - len(shown)
    return [*lines, *([f"and {count(more)} more in the report"] if more > 0 else []), ""]
