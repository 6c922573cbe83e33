"""One measured effect with its interval, and the table that all of them go into."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa

from tasks.catalog.schema import MEASUREMENTS

NAN = math.nan


@dataclass(frozen=True)
class Effect:
    """How large a difference is, how sure that is, and from how many rows.

    NaN stands for what the rows cannot tell: a check that meets it is undecided, never passed.
    """

    effect: float
    ci_low: float = NAN
    ci_high: float = NAN
    p_value: float = NAN
    n_a: int = 0
    n_b: int = 0

    def with_p(self, p_value: float) -> "Effect":
        """Return the same effect with another p-value."""
        return replace(self, p_value=p_value)


@dataclass(frozen=True)
class Measurement:
    """A row of the measurements table."""

    statistic: str
    split_a: str | None
    split_b: str | None
    descriptor: str | None
    effect: Effect

    def cells(self) -> dict[str, object]:
        """Return the row as the table's columns; NaN becomes null."""
        found = self.effect
        numbers = {
            name: None if math.isnan(value) else float(value)
            for name, value in (
                ("effect", found.effect),
                ("ci_low", found.ci_low),
                ("ci_high", found.ci_high),
                ("p_value", found.p_value),
            )
        }
        return {
            "statistic": self.statistic,
            "split_a": self.split_a,
            "split_b": self.split_b,
            "descriptor": self.descriptor,
            **numbers,
            "n_a": found.n_a,
            "n_b": found.n_b,
        }


def measurements_table(rows: Iterable[Measurement]) -> pa.Table:
    """Make a table of `tasks.catalog.schema.MEASUREMENTS` from rows."""
    return pa.Table.from_pylist([row.cells() for row in rows], schema=MEASUREMENTS)
