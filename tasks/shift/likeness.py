"""The records of training data that look most and least like dev, and those of dev that look least like training."""

import numpy as np
import pyarrow as pa

from tasks.shift.sample import Codes, Points

RECORDS = 6
"""Of each kind: a row of pictures that fits on a page."""

LIKENESS = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("place", pa.int64(), nullable=False),
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("dev_like", pa.float64(), nullable=False),
    ]
)
"""`kind` is most or least for training records, and dev; `place` counts from 1, the most telling first; `dev_like` is
the record's rank among all that were looked at, from 0 (most like train) to 1."""


def choose_by_likeness(
    scores: tuple[Points, Points],
    ids: tuple[pa.Array, pa.Array],
    atoms: tuple[Codes, Codes],
    *,
    most: int = RECORDS,
) -> pa.Table:
    """Choose records by how much they look like the other side to a classifier that has not seen them.

    Parameters
    ----------
    scores : (ndarray, ndarray)
        How much like dev each training record looks, and each record of dev; NaN where that is not known.
    ids, atoms : of both sides
        In step with the scores.
    most : int
        Records of each kind.

    Returns
    -------
    pa.Table
        With the schema LIKENESS; no rows where no classifier could be made.

    Notes
    -----
    Invariants: at most one record an atom and kind; ties go to the first by id.
    """
    kinds = {
        "most": (ids[0], atoms[0], -scores[0]),
        "least": (ids[0], atoms[0], scores[0]),
        "dev": (ids[1], atoms[1], -scores[1]),
    }
    rows = []
    for kind, (names, tied, order) in kinds.items():
        for place, at in enumerate(_first(order, tied, names, most), start=1):
            score = abs(float(order[at]))
            rows.append({"kind": kind, "place": place, "record_id": names[at].as_py(), "dev_like": score})
    return pa.Table.from_pylist(rows, schema=LIKENESS)


def _first(order: Points, atoms: Codes, names: pa.Array, most: int) -> list[int]:
    """Return the rows that come first, one an atom."""
    known = np.flatnonzero(np.isfinite(order))
    # Far more than are wanted, so that ties and large atoms leave enough.
    near = known[np.argsort(order[known], kind="stable")[: 50 * most]]
    near = np.array(sorted(near.tolist(), key=lambda at: (float(order[at]), names[at].as_py())), np.int64)
    _, first = np.unique(atoms[near], return_index=True)
    return [int(at) for at in near[np.sort(first)][:most]]
