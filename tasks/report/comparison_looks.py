"""Rows to look at: what is most telling of two sides, as pictures, sounds or cells."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tasks.errors import Unreadable
from tasks.modalities.kinds import modality as find_modality
from tasks.report.gallery import Example, image_example, row_example, sound_example
from tasks.report.wording import number
from tasks.sides.compared import Compared
from tasks.sides.looks import Look, name_of
from tasks.sides.side import Side

SHOWN_COLUMNS = 5
"""Columns of a row that are shown: those that tell most."""

Open = Callable[[str], bytes]
"""The stored bytes of a file of one side, by its path."""


def look_at(compared: Compared, looks: Sequence[Look], files: Mapping[str, Open]) -> list[dict[str, Any]]:
    """Make examples of chosen rows.

    Parameters
    ----------
    compared : Compared
    looks : sequence of Look
    files : mapping of str to callable
        Letter of a side that is a folder -> what reads its files. Rows of other sides are shown as cells.

    Returns
    -------
    list of dict
        title and examples.
    """
    assert compared.found is not None or not looks  # noqa: S101 - looks come from what was found
    telling = [] if compared.found is None else compared.found.telling["descriptor"].to_pylist()[:SHOWN_COLUMNS]
    made = []
    for look in looks:
        side = compared.a if look.letter == "A" else compared.b
        read = files.get(look.letter)
        examples = [_example(side, row, look, telling, read) for row in look.rows]
        made.append({"title": look.title, "examples": examples})
    return made


def _example(side: Side, row: int, look: Look, telling: Sequence[str], read: Open | None) -> Example:
    name = name_of(side, row)
    values = {column: _cell(side.table[column][row].as_py()) for column in telling if column in side.table.column_names}
    if read is not None:
        try:
            stored = pa.array(
                [{"bytes": read(name), "path": name}], pa.struct([("bytes", pa.binary()), ("path", pa.string())])
            )
            decoded = find_modality(side.kind).decode(pa.table({side.kind: stored}))[0]
        except Unreadable:  # it was there when it was described; what is known of it is shown all the same
            return row_example(name, look.letter, values)
        if side.kind == "image":
            return image_example(name, look.letter, decoded, values)
        samples, rate = decoded
        return sound_example(name, look.letter, samples, rate, values)
    return row_example(name, look.letter, values)


def _cell(value: Any) -> str:
    if value is None or value != value:
        return "missing"
    return number(value) if isinstance(value, float) else str(value)
