"""Embeddings of the user's own: a line each, since none of their columns means anything by itself."""

from dataclasses import dataclass

from tasks.catalog.schema import AUGMENTED
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.wording import count, interval, number, percent

PAIRS = (("train", "dev"), (AUGMENTED, "dev"), ("train", "train-dev"), ("dev", "test"))
"""What is far, what synthesis makes of that, and two floors."""


@dataclass(frozen=True)
class Cell:
    """A number with its interval; a dash and nothing where nothing was measured."""

    value: str
    interval: str


@dataclass(frozen=True)
class EmbeddingLine:
    """What is said of one embedding."""

    name: str
    width: str
    missing: str
    """Share of the records without a vector in the split that has most of them."""
    unused: str
    """Vectors that belong to no record; empty if there are none."""
    distances: tuple[Cell, ...]
    """In the order of `PAIRS`."""
    closed: Cell


def embedding_lines(contents: ReportContents) -> tuple[EmbeddingLine, ...]:
    """Return a line for each embedding, in the order of their names; none where there are none."""
    estimates = Estimates(contents.measurements)
    missing: dict[str, float] = {}
    for split, _ in estimates.pairs("embedding_missing_share"):
        for found in estimates.all("embedding_missing_share", split):
            if found.descriptor is not None and found.effect is not None:
                missing[found.descriptor] = max(found.effect, missing.get(found.descriptor, 0.0))
    return tuple(_line(estimates, name, missing[name]) for name in sorted(missing))


def _line(estimates: Estimates, name: str, missing: float) -> EmbeddingLine:
    width, unused = (_of(estimates, statistic, name) for statistic in ("embedding_width", "embedding_unused"))
    return EmbeddingLine(
        name=name,
        width=count(width.effect if width else None),
        missing=percent(missing),
        unused=count(unused.effect) if unused and unused.effect else "",
        distances=tuple(_cell(_of(estimates, "embedding_distance", name, *pair)) for pair in PAIRS),
        closed=_share(_of(estimates, "embedding_gap_closed", name, AUGMENTED, "dev")),
    )


def _of(
    estimates: Estimates, statistic: str, name: str, split_a: str | None = None, split_b: str | None = None
) -> Estimate | None:
    return next((found for found in estimates.all(statistic, split_a, split_b) if found.descriptor == name), None)


def _cell(found: Estimate | None) -> Cell:
    return Cell("–", "") if found is None else Cell(number(found.effect), interval(found.low, found.high))


def _share(found: Estimate | None) -> Cell:
    if found is None or found.effect is None:
        return Cell("–", "")
    known = found.low is not None and found.high is not None
    return Cell(percent(found.effect), f"[{percent(found.low)}, {percent(found.high)}]" if known else "")
