"""Choose among noise policies by a small model: published rows in, a choice out."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tasks.catalog.labels import has_labels, label_array, labels_in
from tasks.catalog.schema import DESCRIPTOR
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.modality import Decoded
from tasks.modalities.sampled import affordable, some_records
from tasks.modalities.task_space import sense
from tasks.noise.fitting import TARGET_ROWS
from tasks.noise.policy import Policy, default_policy
from tasks.noise.proposals import Proposal
from tasks.noise.random_policies import random_mixture
from tasks.sources.shards import batch_rows
from tasks.task_space.choice import Choice, Named
from tasks.task_space.choosing import choose_policy
from tasks.task_space.columns import fit_columns
from tasks.task_space.exam import Features

BATCH = 256
"""Small records that are rendered at a time; of large ones fewer."""
TAUGHT_ROWS = 2048
"""Source rows that a model of the choice learns from: four times those of the fit, tried far less often."""
TAUGHT_BYTES = 16 * 2**20
ASKED_BYTES = 32 * 2**20
"""Target rows are decoded once: 1,000 small images, or photos of 30 kB."""
FEWEST = 128
"""Of either, however large they are."""
DEFAULT, MIXTURE = "default", "random mixture"


def choose_among(
    proposals: Sequence[Proposal],
    source: pa.Table,
    target: pa.Table,
    atoms: Sequence[str],
    *,
    resources: Any,
    leave_out: Sequence[str],
    modality: str,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Choice | None:
    """Choose among a fit's proposals, the default, a mixture of random policies, and nothing.

    Parameters
    ----------
    proposals : sequence of Proposal
        The fitted policy first.
    source, target : pa.Table
        Published rows: of the source those that the model learns from, of the target those that it is asked about.
    atoms : sequence of str
        The atom of each target row.
    resources
        What noise needs, see `Modality.load`.
    leave_out : sequence of str
        Columns of a table that no model of the task may use.
    modality : str
    seed : int
    progress : callable str -> None, optional
    """
    kind = find_modality(modality)
    decoded, parents = kind.decode(source), source["record_id"].to_pylist()
    step = batch_rows(source.nbytes, source.num_rows, most=BATCH)
    see = _eyes(kind.descriptors(decoded) if modality == "tabular" else None, leave_out, modality, seed)

    def features_of(policy: Policy, seed: int) -> Features:
        draws = kind.draw(policy, parents, copies=1.0, seed=seed, resources=resources)
        parts = [
            see(kind.apply(_slice(decoded, at, step), draws.slice(at, step), resources))
            for at in range(0, len(parents), step)
        ]
        return np.concatenate(parts)

    rows = pa.concat_tables([_labels(source), _labels(target)], promote_options="permissive")
    labels = label_array(rows)
    step_theirs = batch_rows(target.nbytes, target.num_rows, most=BATCH)
    theirs = [see(kind.decode(target.slice(at, step_theirs))) for at in range(0, max(1, target.num_rows), step_theirs)]
    return choose_policy(
        _candidates(proposals, modality),
        features_of,
        np.concatenate([see(_slice(decoded, at, step)) for at in range(0, len(parents), step)]),
        labels[: source.num_rows],
        np.concatenate(theirs),
        labels[source.num_rows :] if has_labels(target) else None,
        np.asarray(atoms),
        seed=seed,
        progress=progress,
    )


def taught_records(source: pa.Table, seed: int) -> pa.Table:
    """Return the source records that the model learns from, chosen by their ids and a seed."""
    most = affordable(source, most=TAUGHT_ROWS, fewest=FEWEST, stored_bytes=TAUGHT_BYTES)
    return some_records(source, most, seed)


def asked_records(target: pa.Table, seed: int) -> pa.Table:
    """Return the target records that it is asked about: of large ones only a part of those fitted to."""
    return some_records(target, affordable(target, most=TARGET_ROWS, fewest=FEWEST, stored_bytes=ASKED_BYTES), seed)


def _candidates(proposals: Sequence[Proposal], modality: str) -> list[Named]:
    """Name all that may be chosen, each policy once."""
    listed = [Named(entry.name, entry.policy) for entry in proposals]
    listed += [Named(DEFAULT, default_policy(modality)), Named(MIXTURE, random_mixture(modality))]
    found: list[Named] = []
    for entry in listed:
        if entry.policy.operations and all(entry.policy != earlier.policy for earlier in found):
            found.append(entry)
    return found


def _eyes(clean: pa.Table | None, leave_out: Sequence[str], modality: str, seed: int) -> Callable[[Decoded], Features]:
    """Return what turns decoded records into features."""
    if clean is None:
        return lambda decoded: sense(modality, decoded, seed)
    kept = [name for name in clean.column_names if name.removeprefix(DESCRIPTOR) not in leave_out]
    columns = fit_columns(clean.select(kept), seed=seed)
    describe = find_modality(modality).descriptors
    return lambda decoded: columns.see(describe(decoded))


def _labels(rows: pa.Table) -> pa.Table:
    return rows.select(list(labels_in(rows.schema).columns))


def _slice(decoded: Decoded, start: int, rows: int) -> Decoded:
    return decoded.slice(start, rows) if isinstance(decoded, pa.Table) else decoded[start : start + rows]
