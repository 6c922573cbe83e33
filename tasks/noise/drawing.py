"""Draw the parameters of every synthetic record into one wide table."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.modalities import BOUNDS
from tasks.noise.policy import Policy
from tasks.noise.uniforms import record_keys, uniforms

SYNTHETIC = "#synthetic-"
"""Between the parent's id and the number of the copy in a synthetic record's id."""


def draw_policy(policy: Policy, parents: Sequence[str], *, copies: float, seed: int) -> pa.Table:
    """Draw which operations each synthetic record undergoes, and how strongly.

    Parameters
    ----------
    policy : Policy
    parents : sequence of str, n
        Record ids to make copies of.
    copies : float
        Copies a parent; of 1.5 the second copy is made of every second parent, chosen by its key.
    seed : int
        The build's seed.

    Returns
    -------
    pa.Table
        One row a synthetic record, copies of one parent next to each other: record_id, parent_id, copy (int32), seed
        (uint64), and float64 `<operation>.<parameter>` in the order of application, null where not drawn.

    Notes
    -----
    A row depends on the policy, its parent's id, its copy and the seed only: not on order, shard or worker. Growing
    `copies` keeps the rows that were there.
    """
    if not 0 <= copies < float("inf"):
        raise ValueError(f"copies: found {copies!r}, allowed: 0 or more")
    most = int(np.ceil(copies))
    every = np.tile(np.arange(1, most + 1, dtype=np.int32), len(parents))
    owner = np.repeat(np.arange(len(parents)), most)
    keys = record_keys([parents[i] for i in owner.tolist()], every, seed)
    if most > copies:
        made = (every < most) | (uniforms(keys, "copies") < copies - (most - 1))
        every, owner, keys = every[made], owner[made], keys[made]
    ids = [parents[i] for i in owner.tolist()]
    columns: dict[str, pa.Array] = {
        "record_id": pa.array([f"{i}{SYNTHETIC}{c}" for i, c in zip(ids, every.tolist(), strict=True)], pa.string()),
        "parent_id": pa.array(ids, pa.string()),
        "copy": pa.array(every, pa.int32()),
        "seed": pa.array(keys, pa.uint64()),
    }
    for name, bounds in BOUNDS[policy.modality].items():
        operation = policy.operation(name)
        if operation is None:
            continue
        idle = uniforms(keys, name) >= operation.probability
        for parameter, limits in bounds.parameters.items():
            if magnitude := operation.magnitudes.get(parameter):
                drawn = magnitude.values(uniforms(keys, f"{name}.{parameter}"), limits)
                columns[f"{name}.{parameter}"] = pa.array(drawn, pa.float64(), mask=idle)
    return pa.table(columns)


def drawn_values(draws: pa.Table, operation: str, parameter: str, neutral: float) -> NDArray[np.float64]:
    """Return one parameter of every row, `neutral` where it was not drawn.

    Returns
    -------
    (n,) float64
    """
    name = f"{operation}.{parameter}"
    if name not in draws.column_names:
        return np.full(draws.num_rows, neutral)
    values = draws.column(name).combine_chunks().fill_null(neutral)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
