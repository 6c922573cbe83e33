"""What was drawn for a synthetic record, in words: an operation a line, its magnitudes with their units."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.noise.bounds import Parameter
from tasks.noise.modalities import BOUNDS
from tasks.report.wording import number


def drawn_words(draws: pa.Table, record_ids: Sequence[str], modality: str) -> dict[str, dict[str, str]]:
    """Say what was drawn for some synthetic records.

    Parameters
    ----------
    draws : pa.Table
        With columns `record_id` and `<operation>.<parameter>`, null where an operation was not drawn.
    record_ids : sequence of str
    modality : str
        Whose operations they are; others come out with the names of their parameters.

    Returns
    -------
    dict of str to dict of str to str
        Record id -> operation -> its magnitudes, in the order of application.
    """
    chosen = draws.filter(pc.is_in(draws["record_id"], value_set=pa.array(record_ids, pa.string())))
    columns = [tuple(name.split(".", 1)) for name in draws.column_names if "." in name]
    known = BOUNDS.get(modality, {})
    told: dict[str, dict[str, str]] = {}
    for row in chosen.to_pylist():
        drawn: dict[str, list[tuple[str, Any]]] = {}
        for operation, parameter in columns:
            if (value := row[f"{operation}.{parameter}"]) is not None:
                drawn.setdefault(operation, []).append((parameter, value))
        told[row["record_id"]] = {
            operation.replace("_", " "): _magnitudes(values, known[operation].parameters if operation in known else {})
            for operation, values in drawn.items()
        }
    return told


def _magnitudes(values: Sequence[tuple[str, Any]], known: dict[str, Parameter]) -> str:
    alone = len(values) == 1
    return ", ".join(_magnitude(name, value, known.get(name), alone=alone) for name, value in values)


def _magnitude(name: str, value: Any, limits: Parameter | None, *, alone: bool) -> str:
    text = number(value) if isinstance(value, float) else str(value)
    unit = limits.unit if limits is not None else ""
    text = f"× {text}" if unit == "x" else f"{text} {unit}".rstrip()
    return text if alone and limits is not None else f"{_word(name)} {text}"


def _word(name: str) -> str:
    """Return a parameter's name without its unit, which stands behind the number."""
    for ending in ("_deg", "_db", "_hz", "_s", "_share"):
        name = name.removesuffix(ending)
    return name.replace("_", " ")
