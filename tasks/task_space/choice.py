"""What was chosen among noise policies, as a table and in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tasks.noise.policy import Policy
from tasks.task_space.paired import Paired

NOTHING = "nothing"
MARGIN = {"labels": 0.0, "agreement": 0.02}
"""By how much a candidate has to err less than nothing. Models that were taught by noise agree with each other more
than with one that was not, whether or not it helps: by up to 1.2 points on loans, where no noise does."""

CHOICE = pa.schema(
    [
        pa.field("candidate", pa.string(), nullable=False),
        pa.field("chosen", pa.bool_(), nullable=False),
        pa.field("error", pa.float64(), nullable=False),  # mean loss on the target rows, over the draws
        pa.field(
            "distance", pa.float64(), nullable=False
        ),  # mean squared distance of scores to labels: orders those that beat nothing
        pa.field("difference", pa.float64()),  # error less that of nothing; below 0 is better
        pa.field("ci_low", pa.float64()),  # by target atoms, at 95 % for all candidates together
        pa.field("ci_high", pa.float64()),
        pa.field("rows", pa.int64(), nullable=False),  # target rows that the error is counted on
        pa.field("units", pa.int64(), nullable=False),  # atoms that the interval rests on, or rows where atoms are few
        pa.field("draws", pa.int64(), nullable=False),  # times that copies were drawn
        pa.field("operations", pa.int64(), nullable=False),
    ]
)
"""One row a candidate: nothing first, the others as they were handed in; nothing's difference from itself is null."""


@dataclass(frozen=True)
class Named:
    """A policy that may be chosen."""

    name: str
    policy: Policy


@dataclass(frozen=True)
class Tried:
    """A candidate after its exams."""

    entry: Named
    error: float
    distance: float
    draws: int
    paired: Paired
    """Its losses less those of nothing."""


@dataclass(frozen=True)
class Choice:
    """What was chosen, and why."""

    name: str
    policy: Policy
    table: pa.Table
    """Schema `CHOICE`."""
    criterion: str
    """`labels`: the error on labelled target rows; `agreement`: with what a model taught by random policies says."""
    reason: str
    """One sentence for people."""


def choice_table(tried: Sequence[Tried], base: tuple[float, float], chosen: str) -> pa.Table:
    """Return the table, schema `CHOICE`; `base` is the error and the distance of nothing."""
    paired = tried[0].paired
    rows: list[dict[str, Any]] = [
        {"candidate": NOTHING, "error": base[0], "distance": base[1], "rows": paired.rows, "units": paired.units}
        | {"draws": 0, "operations": 0}
    ]
    rows += [
        {
            "candidate": one.entry.name,
            "error": one.error,
            "distance": one.distance,
            "difference": one.paired.effect,
            "ci_low": one.paired.low,
            "ci_high": one.paired.high,
            "rows": one.paired.rows,
            "units": one.paired.units,
            "draws": one.draws,
            "operations": len(one.entry.policy.operations),
        }
        for one in tried
    ]
    return pa.Table.from_pylist([row | {"chosen": row["candidate"] == chosen} for row in rows], schema=CHOICE)


def say_choice(chosen: Tried | None, best: Tried, base: float, *, kind: str, criterion: str, count: int) -> str:
    """Say in one sentence what was chosen and why.

    Parameters
    ----------
    chosen : Tried or None
        None: nothing.
    best : Tried
        The candidate of the least error.
    base : float
        The error of nothing.
    kind, criterion : str
        What the labels are, and what was asked.
    count : int
        Candidates besides nothing.
    """
    shown = chosen or best
    paired = shown.paired
    asked = (
        f"on {paired.rows:,} labelled target rows"
        if criterion == "labels"
        else f"against what a model taught by random policies says of {paired.rows:,} target rows"
    )
    few = "" if paired.by_atoms else "; there are too few groups to say so of other groups"
    if kind == "number":
        found = f"the squared error of a small model, in variances, is {shown.error:.3g} instead of {base:.3g}"
        span = f"{paired.effect:+.3g} [{paired.low:+.3g}, {paired.high:+.3g}]"
    else:
        found = f"a small model errs {100 * shown.error:.1f} % instead of {100 * base:.1f} %"
        span = f"{100 * paired.effect:+.1f} [{100 * paired.low:+.1f}, {100 * paired.high:+.1f}] points"
    if chosen is None:
        return (
            f"No noise is added: of {count} policies none lowers a small model's error beyond chance {asked}; with the "
            f"best of them, {shown.entry.name}, {found} ({span}){few}."
        )
    return f"Of {count} policies and nothing, {shown.entry.name} was chosen: {asked}, {found} ({span}){few}."
