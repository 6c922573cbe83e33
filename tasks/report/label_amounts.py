"""Several labels a record: how many records hold each, do not hold it, or were never looked at for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import SPLITS
from tasks.report.bars import Part, whole_bar
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimates
from tasks.report.wording import count, foreign, percent

MOST_LABELS = 40
_NAMED = 5
_ALIKE = "label-amounts.train"
"""The check that says which amounts are similar."""


@dataclass(frozen=True)
class Held:
    """One label in one split."""

    bar: Markup
    rate: str
    interval: str
    annotated: str


@dataclass(frozen=True)
class Amount:
    """One label's amounts: annotated records and those in which it holds."""

    label: str
    train: tuple[str, str]
    of_most: str
    alike: bool
    domains: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LabelAmounts:
    """Both tables of several labels; `more` labels are commoner than those shown."""

    splits: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Held, ...]], ...]
    domains: tuple[str, ...]
    amounts: tuple[Amount, ...]
    said: str
    more: int


def label_amounts(contents: ReportContents) -> LabelAmounts | None:
    """Return the amounts of several labels, in their order; the rarest if there are too many. None for other labels."""
    estimates = Estimates(contents.measurements)
    splits = tuple(split for split in SPLITS if estimates.all("label_annotated", split))
    if not splits:
        return None
    domains = tuple(name for name in ("source", "target") if estimates.all("label_annotated", name))
    found = {part: _counts(estimates, part) for part in (*splits, *domains)}
    names = list(dict.fromkeys(name for part in splits for name in found[part]))
    rarest = sorted(names, key=lambda name: sum(found[part][name][1] for part in splits))[:MOST_LABELS]
    shown = [name for name in names if name in set(rarest)]
    rates = {(part, e.descriptor): e for part in splits for e in estimates.all("label_rate", part)}

    def held(label: str, split: str) -> Held:
        annotated, positives, rows = found[split][label]
        rate = rates[split, label]
        parts = [
            Part("with it", positives, f"{split} held"),
            Part("without it", annotated - positives, f"{split} not-held"),
            Part("not annotated", rows - annotated, "left-out"),
        ]
        bar = whole_bar(parts, width=120, about=f"{label} in {split}")
        span = "" if rate.exact else f"{percent(rate.low)} to {percent(rate.high)}"
        return Held(bar, percent(rate.effect), span, f"{count(annotated)} of {count(rows)}")

    ratios = {str(e.descriptor): e.effect or 0.0 for e in estimates.all("label_amount_ratio", "train")}
    limit = next((check["limit"] for check in contents.verdict["checks"] if check["id"] == _ALIKE), None)
    amounts = tuple(
        Amount(
            label,
            _told(found["train"][label]) if "train" in found else ("", ""),
            percent(ratios.get(label)),
            limit is None or ratios.get(label, 0.0) >= limit,
            tuple(_told(found[name][label]) for name in domains),
        )
        for label in shown
    )
    rows = tuple((label, tuple(held(label, split) for split in splits)) for label in shown)
    said = _similar(ratios, limit, found["train"]) if ratios and limit is not None else ""
    return LabelAmounts(splits, rows, domains, amounts, said, len(names) - len(shown))


def _counts(estimates: Estimates, part: str) -> dict[str, tuple[int, int, int]]:
    """Return label -> annotated, positives, rows of a split or domain."""
    positives = {str(e.descriptor): round(e.effect or 0) for e in estimates.all("label_positives", part)}
    return {
        str(e.descriptor): (round(e.effect or 0), positives[str(e.descriptor)], e.n_a or 0)
        for e in estimates.all("label_annotated", part)
    }


def _told(amount: tuple[int, int, int]) -> tuple[str, str]:
    return count(amount[0]), count(amount[1])


def _similar(ratios: dict[str, float], limit: float, train: dict[str, tuple[int, int, int]]) -> str:
    """Say between which labels the amounts to learn from are similar."""
    few = sorted((name for name, ratio in ratios.items() if ratio < limit), key=lambda name: ratios[name])
    alike = [train[name][0] for name in ratios if name not in set(few)]
    span = count(min(alike)) if min(alike) == max(alike) else f"{count(min(alike))} to {count(max(alike))}"
    if not few:
        return (
            f"All {count(len(ratios))} labels have similar amounts in train, {span} annotated records each: one model "
            "for all of them learns about each label from all others as well."
        )
    return (
        f"Similar amounts in train, {span} annotated records each: {_some([n for n in ratios if n not in set(few)])}. "
        f"Less than {percent(limit)} of the most: "
        f"{_some([f'{name} ({count(train[name][0])})' for name in few])}. One model for all labels is worth trying "
        "where amounts are similar; what has far less is carried by the others, and is best compared with a model of "
        "its own."
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(foreign(name, 60) for name in names[:_NAMED]) + more
