"""The ledger of looks at dev: how much of a best result may be luck, and when to draw dev anew."""

import math

import pyarrow as pa
import pyarrow.compute as pc

from tasks.diagnosis.rates import Rate

LOOKS = pa.schema(
    [
        pa.field("drawing", pa.int64(), nullable=False),  # how often dev had been drawn anew before
        pa.field("version", pa.int64(), nullable=False),
        pa.field("model", pa.string(), nullable=False),
        pa.field("predictions", pa.string(), nullable=False),  # digest of the file: looking twice at one is one look
        pa.field("at", pa.string(), nullable=False),  # ISO 8601, UTC
    ]
)

WORN = 0.25
"""Dev is worn when luck may be a quarter of the best error: then it no longer chooses well, and no number of tries on
it says how well the chosen model does."""


def add_look(ledger: pa.Table | None, *, drawing: int, version: int, model: str, predictions: str, at: str) -> pa.Table:
    """Return the ledger with one more look; the same predictions of the same model count once a drawing."""
    ledger = LOOKS.empty_table() if ledger is None else ledger
    same = pc.and_(pc.equal(ledger["drawing"], drawing), pc.equal(ledger["predictions"], predictions))
    if pc.any(pc.and_(same, pc.equal(ledger["model"], model))).as_py():
        return ledger
    row = {"drawing": drawing, "version": version, "model": model, "predictions": predictions, "at": at}
    return pa.concat_tables([ledger, pa.Table.from_pylist([row], schema=LOOKS)])


def count_looks(ledger: pa.Table, drawing: int) -> int:
    """Count the looks at dev since it was drawn."""
    return int(pc.sum(pc.equal(ledger["drawing"], drawing)).as_py() or 0)


def expected_optimism(looks: int, dev: Rate) -> float:
    """Return by how much the best of so many models looks better on dev than it is, if all were equally good.

    Notes
    -----
    The expected largest of k normal deviations is at most sqrt(2 ln k) standard errors. Models that err on the same
    records deviate together, so it is an upper bound.

    References
    ----------
    Dwork et al. 2015, The reusable holdout; Boucheron, Lugosi & Massart 2013, theorem 2.5 for the bound.
    """
    return math.sqrt(2 * math.log(looks)) * math.sqrt(dev.variance) if looks > 1 else 0.0


def is_worn(looks: int, dev: Rate) -> bool:
    """Whether dev should be drawn anew: what luck may do is no longer small beside the error."""
    return looks > 1 and expected_optimism(looks, dev) > WORN * dev.error
