"""Distributions as pictures: the splits' shapes of one descriptor, laid over each other."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.report.scale import Scale
from tasks.report.svg import element, line, path, picture, words
from tasks.report.wording import number, percent

SYNTHETIC = "synthetic"
"""Synthetic records without the rest of train."""

OF_SPLITS: Mapping[str, str] = {
    "train": "train",
    AUGMENTED: "synthetic",
    "train-dev": "train-dev",
    "dev": "dev",
    "test": "test",
}
OF_SIDES: Mapping[str, str] = {"A": "dev", "B": "train"}
KINDS: Mapping[str, str] = {**OF_SPLITS, SYNTHETIC: "synthetic", **OF_SIDES}
"""Split, or side of a comparison -> the CSS class that gives it colour and dash; no picture shows splits and sides."""

_ASIDE = {"train": -4, "synthetic": 4}  # equal shares must not hide each other
_FEW = 12  # a descriptor with so few bins has one for each of its values
_DRAWN = ("dev", "test", "train-dev", "train", AUGMENTED, SYNTHETIC, "A", "B")
_WIDTH, _HEIGHT, _BOTTOM = 232.0, 116.0, 98.0


def silhouette(rows: Sequence[Mapping[str, object]], *, name: str, unit: str = "") -> Markup:
    """Draw one descriptor's histograms: dev as a filled shape, the other splits as lines over it.

    Parameters
    ----------
    rows : sequence of Mapping
        Rows of a HISTOGRAMS table that belong to one descriptor.
    name, unit : str
        What is shown, for who cannot see it.

    Returns
    -------
    Markup
        An SVG element; splits without values are left out.
    """
    filled = [row for row in rows if sum(_counts(row)) > 0 and row["split"] in KINDS]
    # dev is the ground that the others are held against, so it is drawn first.
    filled.sort(key=lambda row: _DRAWN.index(str(row["split"])))
    if not filled:
        return picture(_WIDTH, 24, [words(2, 16, "no values")], title=f"{name}: no values")
    if filled[0]["edges"] is None:
        return _of_words(filled, name)
    return _of_numbers(filled, name, unit)


def _counts(row: Mapping[str, object]) -> list[int]:
    counts = row["counts"]
    assert isinstance(counts, list)  # noqa: S101 - the type, not the user's data
    return counts


def _shares(row: Mapping[str, object]) -> list[float]:
    counts = _counts(row)
    total = sum(counts)
    return [count / total for count in counts]


def _of_numbers(rows: Sequence[Mapping[str, object]], name: str, unit: str) -> Markup:
    edges = rows[0]["edges"]
    assert isinstance(edges, list)  # noqa: S101 - the type, not the user's data
    across = Scale(edges[0], edges[-1], 4, _WIDTH - 4)
    shares = [_shares(row) for row in rows]
    each = len(edges) - 1 <= _FEW  # one bin a value
    peak = max(max(values) for values in shares)
    cap = peak if each else _cap(shares, peak)
    up = Scale(0.0, cap, _BOTTOM, 6)
    parts = []
    for row, values in zip(rows, shares, strict=True):
        kind = KINDS[str(row["split"])]
        points = [(across(edges[0]), up(0))]
        for left, right, value in zip(edges[:-1], edges[1:], values, strict=True):
            points += [(across(left), up(value)), (across(right), up(value))]
        points.append((across(edges[-1]), up(0)))
        parts.append(path(points, f"step {kind}", closed=kind == "dev"))
    parts.append(line(4, _BOTTOM, _WIDTH - 4, _BOTTOM, "axis"))
    half = (edges[1] - edges[0]) / 2 if each else 0.0
    for value, side in ((edges[0] + half, "start"), (edges[-1] - half, "end")):
        at = across(value) if not each else min(max(across(value), 4), _WIDTH - 4)
        parts.append(words(at, _HEIGHT - 5, number(value), "tick", "middle" if each else side))
    if peak > cap:
        parts.append(words(_WIDTH / 2, _HEIGHT - 5, f"cut off at {percent(cap)} a bin", "tick", "middle"))
    means = "; ".join(
        f"{row['split']} peaks at {number(edges[values.index(max(values))])}"
        for row, values in zip(rows, shares, strict=True)
    )
    span = f"{number(edges[0])} to {number(edges[-1])} {unit}".rstrip()
    return picture(_WIDTH, _HEIGHT, parts, title=f"{name}, {span}", desc=means)


def _cap(shares: Sequence[Sequence[float]], peak: float) -> float:
    """Return the height to draw: one full bin must not press the rest flat, and no scale must flatter small ones."""
    descending = sorted((value for values in shares for value in values), reverse=True)
    usual = descending[min(2 * len(shares), len(descending) - 1)]
    return min(peak, max(2.5 * usual, peak / 3, 1e-12))


def _of_words(rows: Sequence[Mapping[str, object]], name: str) -> Markup:
    named = rows[0]["words"]
    assert isinstance(named, list)  # noqa: S101 - the type, not the user's data
    shares = [_shares(row) for row in rows]
    across = Scale(0.0, max(max(values) for values in shares), 96, _WIDTH - 8)
    parts = []
    for index, word in enumerate(named):
        y = 12.0 + 16 * index
        shown = word if len(word) <= 15 else word[:14] + "…"
        parts.append(words(90, y + 4, shown, "tick", "end"))
        parts.append(line(96, y, _WIDTH - 8, y, "grid"))
        for row, values in zip(rows, shares, strict=True):
            kind = KINDS[str(row["split"])]
            parts.append(_mark(kind, across(values[index]), y + _ASIDE.get(kind, 0)))
    bottom = 16.0 * len(named) + 20
    parts.append(words(96, bottom, "0", "tick", "middle"))
    parts.append(words(_WIDTH - 8, bottom, percent(across.high), "tick", "end"))
    said = "; ".join(
        f"{row['split']}: " + ", ".join(f"{word} {percent(value)}" for word, value in zip(named, values, strict=True))
        for row, values in zip(rows, shares, strict=True)
    )
    return picture(_WIDTH, bottom + 6, parts, title=f"{name}: shares of its values", desc=said)


def _mark(kind: str, x: float, y: float) -> Markup:
    if kind == "dev":
        return element("rect", x=x - 2, y=y - 6, width=4, height=12, class_="mark dev")
    if kind == "test":
        return element("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, class_="mark test hollow")
    if kind == "synthetic":
        return path([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], "mark synthetic", closed=True)
    return element("circle", cx=x, cy=y, r=4, class_=f"mark {kind} hollow")


def legend_mark(split: str) -> Markup:
    """Draw the line that stands for a split in the silhouettes."""
    kind = KINDS.get(split, "train")
    points = [(1.0, 13.0), (1.0, 4.0), (14.0, 4.0), (14.0, 8.0), (27.0, 8.0), (27.0, 13.0)]
    return picture(28, 14, [path(points, f"step {kind}", closed=kind == "dev")], title=split, class_="key")
