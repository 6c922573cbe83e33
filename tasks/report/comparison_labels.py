"""Labels of two sides as the page shows them: their shares, and what is left once they are put aside."""

from collections import Counter
from typing import Any

from tasks.report.bars import share_bar
from tasks.report.comparison_cells import cells, measured
from tasks.report.wording import count, percent
from tasks.shift.comparison_table import comparison_table
from tasks.sides.compared import Compared

MOST_LABELS = 40


def label_view(compared: Compared) -> dict[str, Any] | None:
    """Return what the page says of labels; None where only one side has some."""
    if compared.found is None or compared.found.labels is None:
        return None
    found = compared.found.labels
    sides = [side.labels for side in (compared.a, compared.b) if side.labels is not None]
    counts = [Counter(word for word in labels.to_pylist() if word is not None) for labels in sides]
    totals = [max(1, sum(held.values())) for held in counts]
    weight = {name: max(c[name] / t for c, t in zip(counts, totals, strict=True)) for c in counts for name in c}
    kept = sorted(weight, key=lambda name: (-weight[name], name))[:MOST_LABELS]
    most = max(weight.values(), default=1.0)
    shares = []
    for name in sorted(kept, key=_by_number):
        shown = []
        for letter, kind, held, total in zip("AB", ("dev", "train"), counts, totals, strict=True):
            share = held[name] / total
            bar = share_bar(share, most, kind, about=f"{name} in {letter}")
            shown.append({"bar": bar, "share": percent(share), "rows": count(held[name])})
        shares.append((name, shown))
    rows = comparison_table(compared.found, margin=compared.margin).to_pylist()
    of_labels = [row for row in rows if row["about"] == "label" and row["statistic"] != "none"][:MOST_LABELS]
    classes = [cells(row | {"state": ""}) for row in sorted(of_labels, key=lambda row: _by_number(row["name"]))]
    return {
        "state": found.state,
        "tv": measured(found.shares),
        "rest": measured(found.reweighted),
        "shares": shares,
        "more": len(weight) - len(kept),
        "classes": classes,
        "only": [(letter, names) for letter, names in (("A", found.only_x), ("B", found.only_y)) if names],
    }


def _by_number(label: str) -> tuple[int, int, str]:
    return (0, int(label), label) if label.isdecimal() and len(label) < 16 else (1, 0, label)
