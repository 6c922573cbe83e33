"""The draws of a shard of sounds, row by row."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from tasks.noise.audio_bounds import AUDIO


@dataclass(frozen=True)
class Row:
    """What one row asks for."""

    seed: int
    numbers: dict[str, float]
    """Of each `<operation>.<parameter>`; NaN where not drawn."""
    clip: str | None
    offset_s: float
    response: str | None

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
    texts = zip(column("noise.clip"), map(_number, column("noise.offset_s")), column("room.response"), strict=True)
    for seed, values, (clip, offset_s, response) in zip(draws.column("seed").to_pylist(), numbers, texts, strict=True):
        yield Row(
            seed=seed,
            numbers=dict(zip(names, values, strict=True)),
            clip=None if clip is None else str(clip),
            offset_s=0.0 if math.isnan(offset_s) else offset_s,
            response=None if response is None else str(response),
        )


def _number(value: object) -> float:
    return value if isinstance(value, float) else math.nan
