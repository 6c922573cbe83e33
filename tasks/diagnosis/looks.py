"""The ledger of looks at dev and test: how much of a best result may be luck, and when to draw dev anew."""

import functools
import math

import pyarrow as pa
import pyarrow.compute as pc

from tasks.diagnosis.rates import Rate

LOOKS = pa.schema(
    [
        pa.field("split", pa.string(), nullable=False),  # dev or test
        pa.field("drawing", pa.int64(), nullable=False),  # how often they had been drawn anew before
        pa.field("version", pa.int64(), nullable=False),
        pa.field("model", pa.string(), nullable=False),
        pa.field("predictions", pa.string(), nullable=False),  # digest of the file: looking twice at one is one look
        pa.field("at", pa.string(), nullable=False),  # ISO 8601, UTC
    ]
)

WORN = 0.25
"""Dev is worn when luck may be a quarter of the best error: then it no longer chooses well, and no number of tries on
it says how well the chosen model does."""


def add_look(
    ledger: pa.Table | None, *, split: str, drawing: int, version: int, model: str, predictions: str, at: str
) -> pa.Table:
    """Return the ledger with one more look; the same predictions of the same model count once a split and drawing."""
    ledger = LOOKS.empty_table() if ledger is None else ledger
    look = {"split": split, "drawing": drawing, "model": model, "predictions": predictions}
    same = functools.reduce(pc.and_, [pc.equal(ledger[name], value) for name, value in look.items()])
    if pc.any(same).as_py():
        return ledger
    row = {**look, "version": version, "at": at}
    return pa.concat_tables([ledger, pa.Table.from_pylist([row], schema=LOOKS)])


def count_looks(ledger: pa.Table, split: str, drawing: int) -> int:
    """Count the looks at a split since it was drawn."""
    return int(pc.sum(pc.and_(pc.equal(ledger["split"], split), pc.equal(ledger["drawing"], drawing))).as_py() or 0)


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
