"""What could not be used, and what was left without a split, as tables."""

from dataclasses import dataclass

import pyarrow.compute as pc
from markupsafe import Markup

from tasks.catalog.quarantine import REASONS
from tasks.report.accounts import InputCounts
from tasks.report.bars import Part, whole_bar
from tasks.report.contents import ReportContents
from tasks.splitting.assign import WHY_DROPPED

_EXAMPLES = 3


@dataclass(frozen=True)
class Account:
    """One input's records and their picture."""

    counts: InputCounts
    dropped: int
    bar: Markup


@dataclass(frozen=True)
class Reason:
    """Why records were not used: how many, what it means, and a few of them as (path, detail)."""

    reason: str
    meaning: str
    rows: int
    examples: tuple[tuple[str, str], ...] = ()


def accounts(contents: ReportContents) -> tuple[Account, ...]:
    """Return the balance of each input."""
    largest = max((entry.listed for entry in contents.inputs), default=0)
    balance = []
    for entry in contents.inputs:
        dropped = sum(entry.dropped.values())
        parts = [
            Part("in a split", entry.used, f"origin-{entry.domain}"),
            Part("dropped", dropped, "dropped"),
            Part("quarantined", entry.quarantined, "quarantined"),
        ]
        balance.append(Account(entry, dropped, whole_bar(parts, most=largest, width=200, about=entry.name)))
    return tuple(balance)


def dropped(contents: ReportContents) -> tuple[Reason, ...]:
    """Return the reasons for which sound records are in no split, the commonest first."""
    rows: dict[str, int] = {}
    for entry in contents.inputs:
        for reason, amount in entry.dropped.items():
            rows[reason] = rows.get(reason, 0) + amount
    return _commonest([Reason(reason, WHY_DROPPED.get(reason, ""), amount) for reason, amount in rows.items()])


def quarantined(contents: ReportContents) -> tuple[Reason, ...]:
    """Return the reasons for quarantine, the commonest first, with the first few records of each."""
    table = contents.quarantine
    reasons = []
    for reason in pc.unique(table.column("reason")).to_pylist():
        rows = table.filter(pc.equal(table.column("reason"), reason))
        first = rows.slice(0, _EXAMPLES).to_pylist()
        examples = tuple((row["path"] or row["record_id"], row["detail"]) for row in first)
        reasons.append(Reason(reason, REASONS.get(reason, ""), rows.num_rows, examples))
    return _commonest(reasons)


def _commonest(reasons: list[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda entry: (-entry.rows, entry.reason)))
