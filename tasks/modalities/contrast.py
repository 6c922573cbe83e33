"""Copies that other policies would make, from files to files: those that know nothing of the target."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.catalog.atomic import write_table
from tasks.catalog.schema import DESCRIPTOR
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.modality import Modality
from tasks.modalities.sampled import affordable
from tasks.modalities.task_space import BATCH, first_rows
from tasks.noise.policy import Policy, default_policy
from tasks.noise.random_policies import random_mixture
from tasks.sources.shards import batch_rows

LINES = "lines.parquet"
"""`line` (the policy, or `none` for the real rows themselves), `atom`, and descriptors."""

ROWS, FEWEST, STORED_BYTES = 512, 48, 2**20
"""Copies that each other policy makes: 512 of small images take .3 s, as do 48 photos of 30 kB."""


def contrast_rows(
    out: Path,
    plan: Path,
    rows: Path,
    made: Path,
    resources: Path,
    *,
    used: str,
    copies: float,
    modality: str,
    seed: int,
) -> dict[str, Any]:
    """Describe some rows of train, and copies of them by the build's policy and by two others: `lines.parquet`.

    The others are the generic policy and the mixture of all random ones, which know nothing of the target.

    Parameters
    ----------
    out : Path
        The folder to fill.
    plan, rows : Path
        A shard of train as it was laid out, and as it was published. Shards are shuffled: its first rows are a random
        choice.
    made : Path
        Descriptors of the synthetic records of this shard.
    resources : Path
        What noise needs.
    used : {"fitted", "default", "named", "none"}
        What the build's policy is called; beside `default` and `none` no others are asked for.
    copies : float
        Synthetic records a source record.
    modality : str
    seed : int

    Returns
    -------
    dict
        `copies`: how many copies of these rows a policy makes.
    """
    kind = find_modality(modality)
    planned = pq.read_table(plan)
    most = affordable(planned, most=ROWS, fewest=FEWEST, stored_bytes=STORED_BYTES)
    planned = planned.slice(0, max(1, int(most / max(1.0, copies))))
    described = [name for name in planned.column_names if name.startswith(DESCRIPTOR)]
    lines = [_line("none", planned["atom"], planned.select(described))]
    known = pq.read_table(made, columns=["parent_id", *described])
    place = pc.index_in(known["parent_id"], value_set=planned["record_id"].combine_chunks())
    known, place = known.filter(pc.is_valid(place)), pc.drop_null(place)
    if known.num_rows:
        lines.append(_line(used, planned["atom"].take(place), known.select(described)))
    count = known.num_rows
    if used in ("fitted", "named"):
        source = np.flatnonzero(pc.equal(planned["domain"], "source").to_numpy())
        parents = first_rows(rows, planned.num_rows).take(pa.array(source))
        needs = kind.load(json.loads(resources.read_text(encoding="utf-8")))
        for name, policy in (("default", default_policy(modality)), ("random", random_mixture(modality))):
            place, descriptors = _copied(kind, parents, policy, needs, copies, seed)
            lines.append(_line(name, planned["atom"].take(pa.array(source[place])), descriptors.select(described)))
            count = len(place)
    write_table(pa.concat_tables(lines, promote_options="permissive"), out / LINES)
    return {"copies": count}


def _copied(
    kind: Modality, parents: pa.Table, policy: Policy, needs: Any, copies: float, seed: int
) -> tuple[NDArray[np.int64], pa.Table]:
    """Return the place of each copy's parent, and the copies' descriptors; the copies themselves are not kept."""
    draws = kind.draw(policy, parents["record_id"].to_pylist(), copies=copies, seed=seed, resources=needs)
    places = pc.index_in(draws["parent_id"], value_set=parents["record_id"].combine_chunks())
    step = batch_rows(parents.nbytes, parents.num_rows, most=BATCH)
    parts = []
    for start in range(0, max(1, draws.num_rows), step):
        decoded = kind.decode(parents.take(places.slice(start, step)))
        parts.append(kind.descriptors(kind.apply(decoded, draws.slice(start, step), needs)))
    return np.asarray(places.to_numpy(), np.int64), pa.concat_tables(parts)


def _line(name: str, atoms: pa.ChunkedArray, descriptors: pa.Table) -> pa.Table:
    names = pa.array([name] * descriptors.num_rows, pa.string())
    return pa.table({"line": names, "atom": atoms} | {field: descriptors[field] for field in descriptors.column_names})
