"""Lend: half of dev to a fit that finds no target record in train."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.caching import Made, Ref, store_task
from tasks.catalog.atomic import write_table
from tasks.config.synthesis import Synthesis
from tasks.modalities.choosing import asked_records
from tasks.modalities.sampled import rows_of
from tasks.noise.fitting import FEWEST_ROWS
from tasks.splitting.halves import first_half


@store_task(
    *("tasks.splitting", "tasks.noise.fitting", "tasks.modalities.choosing", "tasks.modalities.sampled"),
    reads=("synthesis", "seed"),
    retries=2,
)
def lend_dev(
    out: Path, *, train: list[Ref], dev: list[Ref], rows: list[Made], synthesis: Synthesis, seed: int
) -> dict[str, Any]:
    """Set half of dev aside for a fit that finds no target record in train: `lent.parquet`, without rows otherwise.

    `lent_rows.parquet` holds as many of these records as published as a fit looks at: no fit is handed a shard of dev,
    since the other half lies in it too.
    """
    records = _joined(dev)
    lent = np.zeros(records.num_rows, bool)
    if synthesis.policy == "fitted" and not pc.any(pc.equal(_joined(train)["domain"], "target")).as_py():
        lent = first_half(records, seed=seed, fewest=FEWEST_ROWS)
    chosen = records.filter(pa.array(lent))
    write_table(chosen, out / "lent.parquet")
    if chosen.num_rows:
        ids = asked_records(chosen, seed)["record_id"].to_pylist()
        write_table(rows_of(ids, [made.ref("rows.parquet").path for made in rows]), out / "lent_rows.parquet")
    return {"lent": int(lent.sum()), "kept": int((~lent).sum())}


def _joined(refs: list[Ref]) -> pa.Table:
    return pa.concat_tables([pq.read_table(ref.path) for ref in refs], promote_options="permissive")
