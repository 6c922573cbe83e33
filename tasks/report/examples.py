"""Turn chosen records into examples to look at, whatever their modality."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tasks.catalog.labels import labels_in
from tasks.catalog.schema import BESIDE_PAYLOAD
from tasks.modalities.modality import Modality
from tasks.report.choosing import Choice
from tasks.report.gallery import Example, GalleryRow, image_example, row_example, sound_example
from tasks.report.wording import number


def examples(rows: pa.Table, kind: Modality, drawn: Mapping[str, Mapping[str, str]]) -> dict[str, Example]:
    """Make an example of each published row.

    Parameters
    ----------
    rows : pa.Table
        Published rows.
    kind : Modality
        Decodes them.
    drawn : Mapping
        Synthetic record id -> what was drawn for it, in words.

    Returns
    -------
    dict
        Record id -> example.
    """
    columns = {name: rows[name].to_pylist() for name in ("record_id", "domain", "synthetic")}
    found = {}
    for place, (record_id, domain, synthetic) in enumerate(zip(*columns.values(), strict=True)):
        row = rows.slice(place, 1)
        role = "synthetic" if synthetic else domain
        values = drawn.get(record_id, {})
        if "image" in rows.column_names:
            found[record_id] = image_example(record_id, role, kind.decode(row)[0], values)
        elif "audio" in rows.column_names:
            samples, rate = kind.decode(row)[0]
            found[record_id] = sound_example(record_id, role, samples, rate, values)
        else:
            known = labels_in(rows.schema).spread(BESIDE_PAYLOAD)
            cells = row.drop_columns([name for name in known if name in row.column_names]).to_pylist()[0]
            found[record_id] = row_example(record_id, role, {name: _cell(cell) for name, cell in cells.items()}, values)
    return found


def gallery(choices: Sequence[Choice], shown: Mapping[str, Example]) -> tuple[GalleryRow, ...]:
    """Lay examples out as rows of the gallery."""

    def example(record_id: str | None) -> Example | None:
        return shown.get(record_id) if record_id is not None else None

    return tuple(
        GalleryRow(choice.label, example(choice.source), example(choice.synthetic), example(choice.target))
        for choice in choices
    )


def _cell(value: Any) -> str:
    if value is None or value != value:
        return "missing"
    return number(value) if isinstance(value, float) else str(value)
