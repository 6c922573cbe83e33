"""Account for the noise pool: how long each clip is heard, and how varied the noise is."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.noise.pool import Pool

NOISE_USE = pa.schema(
    [
        pa.field("recording", pa.string(), nullable=False),
        pa.field("clip", pa.string(), nullable=False),
        pa.field("records", pa.int64(), nullable=False),
        pa.field("used", pa.float64(), nullable=False),  # how much of it is heard or seen, all records together
        pa.field("length", pa.float64()),  # how much there is; null for noise that is made up: it has no end
        pa.field("repetition", pa.float64()),  # used / length
        pa.field("unit", pa.string(), nullable=False),  # of both: s, or picture
    ]
)
"""One row a clip of the pool, used or not, and one a kind of made-up noise."""


def noise_use(draws: pa.Table, duration_s: NDArray[np.floating], pool: Pool) -> pa.Table:
    """Sum up how often and how long each clip is heard.

    Parameters
    ----------
    draws : pa.Table, n rows
        As `tasks.noise.audio.draw` returns it, of all shards.
    duration_s : (n,) floating
        Length of each synthetic record.
    pool : Pool
        That the draws were made from.

    Returns
    -------
    pa.Table
        Schema `NOISE_USE`, sorted by recording and clip; clips that were never drawn have 0 records. A record that
        hears two recordings counts for both.
    """
    lengths: dict[tuple[str, str], float | None] = {(c.recording, c.name): c.duration_s for c in pool.clips}
    records = dict.fromkeys(lengths, 0)
    heard = dict.fromkeys(lengths, 0.0)
    lasting = np.asarray(duration_s, dtype=np.float64).tolist()
    for place in ("noise.", "noise.second_"):
        if f"{place}clip" not in draws.column_names:
            continue
        names = zip(draws[f"{place}recording"].to_pylist(), draws[f"{place}clip"].to_pylist(), strict=True)
        for key, seconds in zip(names, lasting, strict=True):
            if key[1] is not None:
                records[key] = records.get(key, 0) + 1
                heard[key] = heard.get(key, 0.0) + seconds
    rows = []
    for key in sorted(records):
        length = lengths.get(key)
        rows.append(
            {
                "recording": key[0],
                "clip": key[1],
                "records": records[key],
                "used": heard[key],
                "length": length,
                "repetition": heard[key] / length if length else None,
                "unit": "s",
            }
        )
    return pa.Table.from_pylist(rows, schema=NOISE_USE)


def effective_recordings(use: pa.Table) -> float:
    """Return how many equally used recordings would be as varied as those heard, of a table `NOISE_USE`."""
    seconds: dict[str, float] = {}
    for name, used in zip(use["recording"].to_pylist(), use["used"].to_pylist(), strict=True):
        seconds[name] = seconds.get(name, 0.0) + used
    return effective_number(seconds.values())


def effective_number(seconds: Iterable[float]) -> float:
    """Return how many equally used recordings would be as varied as these.

    Parameters
    ----------
    seconds : iterable of float
        Seconds that each recording is heard.

    Returns
    -------
    float
        exp of the entropy of the shares; 0 where nothing is heard.
    """
    heard = np.array([value for value in seconds if value > 0])
    if not len(heard):
        return 0.0
    share = heard / heard.sum()
    return float(np.exp(-np.sum(share * np.log(share))))
