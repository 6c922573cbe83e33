"""Ladders and rates as plain values, which JSON can say: null where a number is not finite."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tasks.diagnosis.ladder import Ladder
from tasks.diagnosis.rates import Rate


def plain_ladder(ladder: Ladder) -> dict[str, Any]:
    """Return a ladder as plain values; shares are between 0 and 1."""
    return {
        "next": ladder.next_link,
        "contenders": list(ladder.contenders),
        "more": None if ladder.more is None else asdict(ladder.more),
        "knobs": list(ladder.knobs),
        "surpassed": ladder.surpassed,
        "levels": plain_rates(ladder.levels),
        "humans": plain_rates(ladder.humans),
        "links": [
            {
                "name": link.name,
                "lower": link.lower,
                "upper": link.upper,
                "gap": link.gap,
                "ci_low": finite(link.low),
                "ci_high": finite(link.high),
            }
            for link in ladder.links
        ],
        "remarks": list(ladder.remarks),
    }


def plain_rates(rates: Mapping[str, Rate]) -> dict[str, Any]:
    """Return rates as plain values."""
    found = {}
    for name, rate in rates.items():
        low, high = rate.interval()
        found[name] = {"error": rate.error, "ci_low": finite(low), "ci_high": finite(high), "n": rate.n}
    return found


def finite(value: float) -> float | None:
    """Return a number, or None for what JSON has no word for."""
    return float(value) if math.isfinite(value) else None
