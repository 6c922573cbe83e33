"""Which labels a version has, as its measurements tell."""

import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.labels import Labels


def measured_labels(measurements: pa.Table) -> Labels:
    """Tell the labels from what was measured of them: several have amounts each, numbers have quantiles.

    Parameters
    ----------
    measurements : pa.Table
        With the columns of MEASUREMENTS.
    """
    amounts = measurements.filter(pc.equal(measurements["statistic"], "label_annotated"))
    if amounts.num_rows:
        return Labels("several", tuple(pc.unique(amounts["descriptor"]).to_pylist()))
    return Labels("number" if "label_quantile" in set(measurements["statistic"].to_pylist()) else "class")
