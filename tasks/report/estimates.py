"""The measurements table as the page asks for it: one estimate, or all of a pair."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Estimate:
    """One measurement; None where there is nothing finite to show."""

    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    n_a: int | None = None
    n_b: int | None = None
    descriptor: str | None = None

    @property
    def exact(self) -> bool:
        """Whether there is no interval to show: a count is its own, or none was measured."""
        return self.low is None or self.high is None or self.low == self.high


class Estimates:
    """The measurements, to be asked by statistic and pair of splits."""

    def __init__(self, measurements: pa.Table) -> None:
        self._rows: dict[tuple[str, str | None, str | None], list[Estimate]] = {}
        for row in measurements.to_pylist():
            estimate = Estimate(
                finite(row["effect"]),
                finite(row["ci_low"]),
                finite(row["ci_high"]),
                finite(row["p_value"]),
                row["n_a"],
                row["n_b"],
                row["descriptor"],
            )
            self._rows.setdefault((row["statistic"], row["split_a"], row["split_b"]), []).append(estimate)

    def all(self, statistic: str, split_a: str | None = None, split_b: str | None = None) -> list[Estimate]:
        """Return what was measured of a pair, in the table's order; empty if nothing was."""
        return self._rows.get((statistic, split_a, split_b), [])

    def one(self, statistic: str, split_a: str | None = None, split_b: str | None = None) -> Estimate | None:
        """Return the first measurement of a pair, or None."""
        found = self.all(statistic, split_a, split_b)
        return found[0] if found else None

    def pairs(self, statistic: str) -> Iterator[tuple[str | None, str | None]]:
        """Yield the pairs of splits that a statistic was measured for."""
        return ((a, b) for name, a, b in self._rows if name == statistic)


def finite(value: float | None) -> float | None:
    """Return a number, or None for None, NaN and infinity."""
    return value if value is not None and math.isfinite(value) else None
