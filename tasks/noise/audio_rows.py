"""The draws of a shard of sounds, row by row."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from tasks.noise.audio_bounds import AUDIO

_PLACES = ("offset_s", "second_offset_s", "second_below_db")


@dataclass(frozen=True)
class Row:
    """What one row asks for."""

    seed: int
    numbers: dict[str, float]
    """Of each `<operation>.<parameter>`; NaN where not drawn."""
    clip: str | None
    offset_s: float
    response: str | None
    second_clip: str | None = None
    second_offset_s: float = 0.0
    second_below_db: float = 0.0

    def has(self, name: str) -> bool:
        """Tell whether a magnitude was drawn."""
        return not math.isnan(self.numbers[name])

    def number(self, name: str, otherwise: float) -> float:
        """Return a magnitude, or another number where it was not drawn."""
        return self.numbers[name] if self.has(name) else otherwise


def rows_of(draws: pa.Table) -> Iterator[Row]:
    """Yield the rows of a table of draws."""
    n = draws.num_rows

    def column(name: str) -> list[object]:
        return list(draws.column(name).to_pylist()) if name in draws.column_names else [None] * n

    names = [f"{operation}.{parameter}" for operation, bounds in AUDIO.items() for parameter in bounds.parameters]
    numbers = zip(*(map(_number, column(name)) for name in names), strict=True)
    texts = zip(*(column(name) for name in ("noise.clip", "room.response", "noise.second_clip")), strict=True)
    places = zip(*(map(_number, column(f"noise.{name}")) for name in _PLACES), strict=True)
    for seed, values, words, where in zip(draws.column("seed").to_pylist(), numbers, texts, places, strict=True):
        clip, response, second = (None if word is None else str(word) for word in words)
        offset_s, second_offset_s, second_below_db = (0.0 if math.isnan(place) else place for place in where)
        yield Row(
            seed,
            dict(zip(names, values, strict=True)),
            clip,
            offset_s,
            response,
            second,
            second_offset_s,
            second_below_db,
        )


def _number(value: object) -> float:
    return value if isinstance(value, float) else math.nan
