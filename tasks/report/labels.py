"""Label shares: what part of each split a label is."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import SPLITS
from tasks.report.bars import share_bar
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimates
from tasks.report.wording import count, percent

MOST_LABELS = 40


@dataclass(frozen=True)
class Share:
    """A label's part of one split."""

    share: str
    rows: str
    bar: Markup


@dataclass(frozen=True)
class LabelShares:
    """A table: one row a label, one column a split; `more` labels are rarer than those shown."""

    splits: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Share, ...]], ...]
    more: int


def label_shares(contents: ReportContents) -> LabelShares:
    """Return the labels' shares, in the labels' order; the commonest ones if there are too many to show."""
    estimates = Estimates(contents.measurements)
    counts: dict[str, dict[str, float]] = {}
    for split in SPLITS:
        measured = estimates.all("label_count", split)
        found = {str(e.descriptor): e.effect for e in measured if e.effect is not None}
        if found:
            counts[split] = found
    totals = {split: sum(amounts.values()) or 1.0 for split, amounts in counts.items()}
    weight: dict[str, float] = {}
    for split, amounts in counts.items():
        for label, amount in amounts.items():
            weight[label] = weight.get(label, 0.0) + amount / totals[split]
    kept = sorted(sorted(weight, key=lambda label: (-weight[label], label))[:MOST_LABELS], key=_by_number)
    most = max((counts[s].get(label, 0.0) / totals[s] for s in counts for label in kept), default=0.0)
    rows = tuple(
        (label, tuple(_share(label, split, counts[split].get(label, 0.0), totals[split], most) for split in counts))
        for label in kept
    )
    return LabelShares(tuple(counts), rows, len(weight) - len(kept))


def _share(label: str, split: str, amount: float, total: float, most: float) -> Share:
    share = amount / total
    return Share(percent(share), count(amount), share_bar(share, most, split, about=f"{label} in {split}"))


def _by_number(label: str) -> tuple[int, int, str]:
    """Put 9 before 10: labels that are whole numbers are read as numbers."""
    return (0, int(label), label) if label.isdecimal() and len(label) < 16 else (1, 0, label)
