"""A number to predict: where its values lie in each split."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import SPLITS
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.silhouettes import KINDS, legend_mark, silhouette
from tasks.report.wording import count, interval, number, percent

PAIRS = (("dev", "test"), ("train", "train-dev"), ("train", "dev"))


@dataclass(frozen=True)
class Values:
    """One split's values."""

    split: str
    rows: str
    mean: str
    interval: str
    quantiles: tuple[str, ...]
    outside: str


@dataclass(frozen=True)
class Apart:
    """How far the values of two splits are apart."""

    pair: str
    delta: str
    delta_interval: str
    wasserstein: str
    wasserstein_interval: str


@dataclass(frozen=True)
class LabelValues:
    """The picture and both tables of a number to predict."""

    plot: Markup
    legend: tuple[tuple[str, Markup], ...]
    quantiles: tuple[str, ...]
    rows: tuple[Values, ...]
    apart: tuple[Apart, ...]


def label_values(contents: ReportContents) -> LabelValues | None:
    """Return where the number lies in each split; None for other labels."""
    estimates = Estimates(contents.measurements)
    splits = [split for split in SPLITS if estimates.all("label_quantile", split)]
    if not splits:
        return None
    names = tuple(str(e.descriptor) for e in estimates.all("label_quantile", splits[0]))
    rows = []
    for split in splits:
        mean, outside = estimates.one("label_mean", split), estimates.one("label_outside_train", "train", split)
        rows.append(
            Values(
                split,
                count(mean.n_a if mean else None),
                number(mean.effect if mean else None),
                interval(mean.low, mean.high) if mean else "",
                tuple(number(e.effect) for e in estimates.all("label_quantile", split)),
                percent(outside.effect) if outside else "",
            )
        )
    found = [
        (f"{a} and {b}", estimates.one("label_cliffs_delta", a, b), estimates.one("label_wasserstein", a, b))
        for a, b in PAIRS
    ]
    apart = tuple(
        Apart(pair, number(delta.effect), _span(delta), number(far.effect), _span(far))
        for pair, delta, far in found
        if delta is not None and far is not None
    )
    shapes = contents.label_histogram.to_pylist()
    legend = tuple((split, legend_mark(split)) for split in KINDS if split in splits)
    return LabelValues(silhouette(shapes, name="number to predict"), legend, names, tuple(rows), apart)


def _span(estimate: Estimate) -> str:
    return interval(estimate.low, estimate.high)
