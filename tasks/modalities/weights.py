"""The weights of published rows, from file to file."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.atomic import file_aside
from tasks.catalog.schema import WEIGHT


def weigh_rows(out: Path, rows: Path, weight: float) -> dict[str, Any]:
    """Write a published shard again, in which target records count so much: `rows.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    rows : Path
        A published shard of train.
    weight : float
        Of a record of the target; the others keep theirs.

    Returns
    -------
    dict
        `rows`.

    Notes
    -----
    Invariants: nothing but the weight changes, row groups and schema included; one row group is in memory at a time.
    """
    with pq.ParquetFile(rows) as file, file_aside(out / "rows.parquet") as aside:
        schema = file.schema_arrow
        place = schema.get_field_index(WEIGHT)
        with pq.ParquetWriter(aside, schema, compression="zstd") as writer:
            for number in range(file.num_row_groups):
                group = file.read_row_group(number)
                own = pc.equal(group["domain"], "target").to_numpy()
                counted = np.where(own, np.float32(weight), group[WEIGHT].to_numpy()).astype(np.float32)
                writer.write_table(group.set_column(place, schema.field(place), pa.array(counted)))
        return {"rows": file.metadata.num_rows}
