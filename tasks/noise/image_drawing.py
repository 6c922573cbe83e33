"""Draw which background each synthetic image gets, and sum up how often each is seen."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from tasks.noise.backgrounds import Backgrounds
from tasks.noise.image_border import Pixels
from tasks.noise.noise_use import NOISE_USE
from tasks.noise.pool_dealing import deal_by_copy, idle_rows, keys_of
from tasks.noise.uniforms import uniforms

SMALLEST_CUT = 0.3
"""Of a picture's shorter side: less would show hardly any texture."""


def with_backgrounds(table: pa.Table, backgrounds: Backgrounds) -> pa.Table:
    """Add what lies behind each image to draws that have the operation.

    Parameters
    ----------
    table : pa.Table
    backgrounds : Backgrounds
        Dealt as recordings are (`tasks.noise.pool_decks.deal`): every photograph as often as any other.

    Returns
    -------
    pa.Table
        `background.picture`, `background.recording` (string), and the square that is cut out of it:
        `background.left`, `background.top` and `background.side`, as `Background.cut` takes them. Without backgrounds
        the operation is taken out of every row.
    """
    if not backgrounds.clips:
        for place, field in enumerate(table.schema):
            if field.name.startswith("background."):
                table = table.set_column(place, field, pa.nulls(table.num_rows, field.type))
        return table
    keys, idle = keys_of(table), idle_rows(table, "background")
    dealt = deal_by_copy(table, "background", backgrounds.by_recording).clips
    for name, values in (("picture", [one.name for one in dealt]), ("recording", [one.recording for one in dealt])):
        table = table.append_column(f"background.{name}", pa.array(values, pa.string(), mask=idle))
    for name in ("left", "top", "side"):
        drawn = uniforms(keys, f"background.{name}")
        drawn = SMALLEST_CUT + (1 - SMALLEST_CUT) * drawn if name == "side" else drawn
        table = table.append_column(f"background.{name}", pa.array(drawn, pa.float64(), mask=idle))
    return table


def cut_backgrounds(draws: pa.Table, backgrounds: Backgrounds) -> Sequence[Pixels | None]:
    """Return what lies behind each image; None where nothing was drawn.

    Raises
    ------
    ValueError
        When a picture was drawn that is not there.
    """
    if "background.picture" not in draws.column_names:
        return [None] * draws.num_rows
    columns = (draws[f"background.{name}"].to_pylist() for name in ("picture", "left", "top", "side"))
    found: list[Pixels | None] = []
    for picture, left, top, side in zip(*columns, strict=True):
        if picture is not None and picture not in backgrounds.by_name:
            raise ValueError(f"background {picture!r} was drawn but is not there; draw and apply need the same ones")
        found.append(None if picture is None else backgrounds.by_name[picture].cut(left, top, side))
    return found


def background_use(draws: pa.Table, backgrounds: Backgrounds) -> pa.Table:
    """Sum up how often each picture is seen, as a table `tasks.noise.noise_use.NOISE_USE` whose unit is one picture.

    Parameters
    ----------
    draws : pa.Table
        Of all shards, as `tasks.noise.image.draw` returns them.
    backgrounds : Backgrounds
        Pictures that were never drawn have 0 records.

    Notes
    -----
    A record sees as much of a picture as the square that was cut out for it has of the largest one.
    """
    records = dict.fromkeys(((one.recording, one.name) for one in backgrounds.clips), 0)
    seen = dict.fromkeys(records, 0.0)
    if "background.picture" in draws.column_names:
        columns = (draws[f"background.{name}"].to_pylist() for name in ("recording", "picture", "side"))
        for recording, picture, side in zip(*columns, strict=True):
            if picture is not None:
                records[recording, picture] += 1
                seen[recording, picture] += float(np.square(side))
    rows = [
        {
            "recording": recording,
            "clip": picture,
            "records": count,
            "used": seen[recording, picture],
            "length": 1.0,
            "repetition": seen[recording, picture],
            "unit": "picture",
        }
        for (recording, picture), count in sorted(records.items())
    ]
    return pa.Table.from_pylist(rows, schema=NOISE_USE)
