"""The labels of two splits, compared by what they are: classes, several yes-or-no labels, numbers."""

import numpy as np

from tasks.shift.intervals import Pairing
from tasks.shift.label_shift import label_share_tv
from tasks.shift.measurements import Effect
from tasks.shift.sample import Flags, Sample
from tasks.shift.shares import share_difference
from tasks.shift.univariate import compare_numeric


def compare_labels(
    a: Sample, b: Sample, *, rng: np.random.Generator, pairing: Pairing
) -> dict[str, dict[str | None, Effect]]:
    """Compare the labels of two samples, where both have some.

    Returns
    -------
    dict
        Statistic -> label -> effect. Of classes label_share_tv, with None for the label. Of several, a label:
        label_rate_difference, the positive share among annotated records of a minus that of b, and
        label_annotated_difference, the annotated share: exactly 0 where every record of both is annotated, or none. Of
        numbers label_cliffs_delta (a over b) and label_wasserstein, in pooled standard deviations, with None for the
        label.
    """
    both = (a.atoms, b.atoms)
    if a.labels is not None and b.labels is not None:
        return {"label_share_tv": {None: label_share_tv(a.labels, b.labels, *both, rng=rng, pairing=pairing)}}
    if a.number is not None and b.number is not None:
        found = compare_numeric(a.number, b.number, *both, rng=rng, pairing=pairing)
        return {"label_cliffs_delta": {None: found.cliffs_delta}, "label_wasserstein": {None: found.wasserstein}}
    rates: dict[str | None, Effect] = {}
    annotated: dict[str | None, Effect] = {}
    for name in (name for name in a.several if name in b.several):
        x, y = a.several[name], b.several[name]
        here_x, here_y = ~np.isnan(x), ~np.isnan(y)
        annotated[name] = _annotated(here_x, here_y, pairing)
        codes = (pairing.code_x[here_x], pairing.code_y[here_y])
        rates[name] = share_difference(x[here_x] == 1, y[here_y] == 1, *codes)
    return {"label_rate_difference": rates, "label_annotated_difference": annotated} if rates else {}


def _annotated(here_x: Flags, here_y: Flags, pairing: Pairing) -> Effect:
    every, none = here_x.all() and here_y.all(), not here_x.any() and not here_y.any()
    if every or none:  # how the data was annotated, not how it fell out
        return Effect(0.0, 0.0, 0.0, 1.0, len(here_x), len(here_y))
    return share_difference(here_x, here_y, pairing.code_x, pairing.code_y)
