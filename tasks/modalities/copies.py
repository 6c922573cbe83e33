"""Draw, record, apply: noisy copies of published records, in memory; builds and previews make them here."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.published import synthetic_rows
from tasks.modalities.modality import Modality
from tasks.noise.policy import Policy
from tasks.sources.shards import batch_rows

BATCH = 256
"""Small synthetic records that are in memory at a time, decoded; of large ones fewer."""


@dataclass(frozen=True)
class Copies:
    """Synthetic records, in step with each other.

    Parameters
    ----------
    rows : pa.Table
        As they are published.
    draws : pa.Table
        What was drawn for each.
    descriptors : pa.Table
        Their `descriptor_<name>` columns.
    """

    rows: pa.Table
    draws: pa.Table
    descriptors: pa.Table


def make_copies(
    kind: Modality, parents: pa.Table, policy: Policy, resources: Any, *, copies: float, seed: int
) -> Copies:
    """Draw noise for published rows, and apply it.

    Parameters
    ----------
    kind : Modality
    parents : pa.Table
        Published rows.
    policy : Policy
        Without operations nothing is made: a copy that nothing happens to teaches nothing.
    resources : object
        What `Modality.load` returned.
    copies : float
        Synthetic records a parent.
    seed : int
        The build's.

    Notes
    -----
    Same policy, parents, resources and seed: the same bytes.
    """
    wanted = copies if policy.operations else 0.0
    draws = kind.draw(policy, parents["record_id"].to_pylist(), copies=wanted, seed=seed, resources=resources)
    places = pc.index_in(draws["parent_id"], value_set=parents["record_id"].combine_chunks())
    published, described = [], []
    step = batch_rows(parents.nbytes, parents.num_rows, most=BATCH)
    for start in range(0, max(1, draws.num_rows), step):
        drawn = draws.slice(start, step)
        chosen = parents.take(places.slice(start, step))
        decoded = kind.apply(kind.decode(chosen), drawn, resources)
        named = drawn["record_id"].to_pylist()
        published.append(synthetic_rows(chosen, drawn["record_id"], kind.encode(decoded, named)))
        described.append(kind.descriptors(decoded))
    return Copies(pa.concat_tables(published), draws, pa.concat_tables(described))
