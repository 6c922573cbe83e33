"""Shares and tables in the words of a terminal."""

from collections.abc import Sequence

from tasks.diagnosis.agreement import Agreement
from tasks.diagnosis.weighted_shares import Share
from tasks.report.share_words import in_percent


def share_of(share: Share) -> str:
    """Write a share with its interval, in percent: `12.0 % [7.1, 19.2]`."""
    return in_percent(share, " %")


def agreed(found: Agreement | None) -> str:
    """Write a kappa with its interval; a dash where it cannot be told."""
    if found is None or found.kappa != found.kappa:
        return "–"
    if found.low != found.low:
        return f"{found.kappa:.2f}"
    return f"{found.kappa:.2f} [{found.low:.2f}, {found.high:.2f}]"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write rows in columns that line up."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
