"""By which descriptors a classifier tells two samples apart."""

import numpy as np
import pyarrow as pa

from tasks.shift.features import Features
from tasks.shift.sample import Codes, Floats
from tasks.shift.units import Units

TELLING = pa.schema([("descriptor", pa.string()), ("share", pa.float64())])


def telling(features: Features, kept: Codes, weights: Floats, sums: Floats, sizes: Floats, units: Units) -> pa.Table:
    """Divide the difference of the sides' mean scores among the descriptors; what works against it counts as none."""
    parts = np.zeros(features.plain)
    for fold in range(units.folds):
        means = [
            sums[at].sum(0) / max(1.0, float(sizes[at].sum()))
            for at in ((units.fold == fold) & side for side in (units.in_x, ~units.in_x))
        ]
        parts[kept] += weights[:, fold] * (means[0] - means[1])
    totals: dict[str, float] = {}
    for at, names in enumerate(features.descriptors):
        for name in names:
            totals[name] = totals.get(name, 0.0) + float(parts[at]) / len(names)
    apart = {name: total for name, total in totals.items() if total > 0}
    if sum(totals.values()) <= 0:
        return TELLING.empty_table()
    whole = sum(apart.values())
    rows = [{"descriptor": name, "share": apart[name] / whole} for name in sorted(apart, key=lambda at: -apart[at])]
    return pa.Table.from_pylist(rows, schema=TELLING)
