"""The work on one shard, from files to files: it runs in any process, and knows of no scheduler."""

import json
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.atomic import write_table
from tasks.catalog.labels import labels_in
from tasks.catalog.published import real_rows, write_published
from tasks.catalog.schema import PUBLISHED
from tasks.config.inputs import Input
from tasks.modalities.copies import make_copies
from tasks.modalities.kinds import modality as find_modality
from tasks.noise.policy import default_policy, load_policy
from tasks.sources.reader import reader


def describe_heads(out: Path, heads: Path, source: Input, modality: str) -> dict[str, Any]:
    """Describe one shard of heads: `records.parquet` (RECORDS and descriptors) and `refused.parquet` (QUARANTINE).

    Parameters
    ----------
    out : Path
        The folder to fill.
    heads : Path
        A shard that `list_shards` made.
    source : Input
        The input that it lists.
    modality : str

    Returns
    -------
    dict
        Rows of both files.
    """
    described = find_modality(modality).describe(pq.read_table(heads), reader([source]))
    write_table(described.records, out / "records.parquet")
    write_table(described.refused, out / "refused.parquet")
    return {"records": described.records.num_rows, "refused": described.refused.num_rows}


def write_real(out: Path, plan: Path, inputs: Sequence[Input], modality: str) -> dict[str, Any]:
    """Write the real rows of one laid out shard: `rows.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    plan : Path
        Records of the catalog in the order in which they are published.
    inputs : sequence of Input
    modality : str

    Raises
    ------
    InputError
        When a record is no longer what was described.
    """
    records = pq.read_table(plan)
    payload = find_modality(modality).payload(records, reader(inputs))
    write_published(real_rows(records, payload), out / "rows.parquet")
    return {"rows": records.num_rows}


def write_synthetic(
    out: Path,
    rows: Path,
    policy: Path | None,
    resources: Path,
    *,
    copies: float,
    modality: str,
    seed: int,
    domain: str = "source",
) -> dict[str, Any]:
    """Draw, record and apply noise to the records of one domain in a published shard of train.

    Makes `rows.parquet`, `draws.parquet` and `records.parquet` (identity and descriptors of the synthetic records),
    in step with each other.

    Parameters
    ----------
    out : Path
        The folder to fill.
    rows, policy, resources : Path
        A published shard, the settled policy (None: the generic one), and what its noise needs.
    copies : float
        Synthetic records a record.
    modality : str
    seed : int
    domain : {"source", "target"}
        Of the target only labelled records have copies: another one would teach nothing.
    """
    kind = find_modality(modality)
    parents = pq.read_table(rows)
    parents = parents.filter(pc.equal(parents["domain"], domain))
    if domain == "target":
        known = [pc.is_valid(parents[name]) for name in labels_in(parents.schema).columns]
        parents = parents.filter(reduce(pc.or_, known))
    needs = kind.load(json.loads(resources.read_text(encoding="utf-8")))
    settled = default_policy(modality) if policy is None else load_policy(policy)
    made = make_copies(kind, parents, settled, needs, copies=copies, seed=seed)
    write_published(made.rows, out / "rows.parquet")
    write_table(made.draws, out / "draws.parquet")
    write_table(_identified(made.rows, made.descriptors), out / "records.parquet")
    return {"rows": made.rows.num_rows}


def _identified(rows: pa.Table, descriptors: pa.Table) -> pa.Table:
    known = rows.select(labels_in(rows.schema).spread(PUBLISHED))
    for name in descriptors.column_names:
        known = known.append_column(name, descriptors[name])
    return known
