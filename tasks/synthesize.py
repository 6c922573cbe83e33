"""Synthesize: write the published shards, the real ones first, then noisy copies of their source records."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.caching import Made, Ref, store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.published import real_rows, synthetic_rows, write_published
from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.modalities.kinds import modality as find_modality
from tasks.noise.policy import load_policy
from tasks.sources.reader import reader
from tasks.sources.shards import batch_rows

BATCH = 256
"""Small synthetic records that are in memory at a time, decoded; of large ones fewer."""


@store_task("tasks.sources", "tasks.payloads", "tasks.modalities", reads=("inputs", "modality"), retries=2)
def write_shard(out: Path, *, plan: Ref, inputs: tuple[Input, ...], modality: str) -> dict[str, Any]:
    """Write the real rows of one laid out shard: `rows.parquet`."""
    records = pq.read_table(plan.path)
    payload = find_modality(modality).payload(records, reader(inputs))
    write_published(real_rows(records, payload), out / "rows.parquet")
    return {"rows": records.num_rows}


@store_task(
    "tasks.noise", "tasks.payloads", "tasks.descriptors", "tasks.modalities", reads=("synthesis", "modality", "seed")
)
def synthesize_shard(
    out: Path, *, rows: Ref, policy: Made, resources: Made, synthesis: Synthesis, modality: str, seed: int
) -> dict[str, Any]:
    """Draw, record and apply noise to the source records of one published shard of train.

    Makes `rows.parquet`, `draws.parquet` and `records.parquet` (identity and descriptors of the synthetic records),
    in step with each other.
    """
    kind = find_modality(modality)
    parents = pq.read_table(rows.path)
    parents = parents.filter(pc.equal(parents["domain"], "source"))
    needs = kind.load(resources.json("resources.json"))
    ids = parents["record_id"].to_pylist()
    settled = load_policy(policy.ref("policy.yaml").path)
    copies = synthesis.copies if settled.operations else 0.0  # a copy that nothing happens to teaches nothing
    draws = kind.draw(settled, ids, copies=copies, seed=seed, resources=needs)
    places = pc.index_in(draws["parent_id"], value_set=parents["record_id"].combine_chunks())
    published, described = [], []
    step = batch_rows(parents.nbytes, parents.num_rows, most=BATCH)
    for start in range(0, max(1, draws.num_rows), step):
        drawn = draws.slice(start, step)
        chosen = parents.take(places.slice(start, step))
        decoded = kind.apply(kind.decode(chosen), drawn, needs)
        named = drawn["record_id"].to_pylist()
        published.append(synthetic_rows(chosen, drawn["record_id"], kind.encode(decoded, named)))
        described.append(kind.descriptors(decoded))
    made = pa.concat_tables(published)
    write_published(made, out / "rows.parquet")
    write_table(draws, out / "draws.parquet")
    write_table(_identified(made, pa.concat_tables(described)), out / "records.parquet")
    return {"rows": made.num_rows}


def _identified(rows: pa.Table, descriptors: pa.Table) -> pa.Table:
    known = rows.select(["record_id", "input", "domain", "label", "group", "split", "synthetic", "parent_id"])
    for name in descriptors.column_names:
        known = known.append_column(name, descriptors[name])
    return known
