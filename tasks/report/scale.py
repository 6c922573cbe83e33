"""Numbers to places on paper."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Numbers to places: `low` lands on `start`, `high` on `end`, what lies outside on the nearer of the two."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


def scale_over(values: Sequence[float | None], start: float, end: float, *, room: float = 0.06) -> Scale:
    """Return a scale that shows all given values and zero, with some room at the ends that are not zero."""
    known = [value for value in values if value is not None] + [0.0]
    low, high = min(known), max(known)
    if low == high:
        low, high = -1.0, 1.0
    span = high - low
    return Scale(low - room * span if low < 0 else low, high + room * span if high > 0 else high, start, end)
