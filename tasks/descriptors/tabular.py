"""Descriptors of table rows: the columns themselves, as numbers or categories."""

import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.schema import DESCRIPTOR
from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.families import column_family
from tasks.errors import InputError

DESCRIPTORS: dict[str, Descriptor] = {}
"""Empty: the descriptors of a table are its own columns, see `row_descriptors`."""

_DAY_US = 86_400_000_000


def row_descriptors(schema: pa.Schema) -> dict[str, Descriptor]:
    """Return the descriptors that `describe_rows` makes of a table with that schema, in order."""
    made: dict[str, Descriptor] = {}
    for field in schema:
        family = column_family(field.name)
        if _is_day(field.type):
            made[field.name] = Descriptor("days since 1970-01-01", family, "The column as a date; missing: NaN.")
        elif pa.types.is_boolean(field.type):
            made[field.name] = Descriptor("0 or 1", family, "The column as 0 (false) or 1 (true); missing: NaN.")
        elif _is_text(field.type):
            made[field.name] = Descriptor("category", family, "The column's value as a category; missing: null.")
        else:
            made[field.name] = Descriptor("", family, "The column's value; missing: NaN.")
    return made


def describe_rows(features: pa.Table | pa.StructArray) -> pa.Table:
    """Turn the columns of a table into descriptors: each is a float64 or a category.

    Parameters
    ----------
    features : pa.Table or pa.StructArray, n rows
        The columns that describe a row; the caller has taken out ids, labels and ignored columns.

    Returns
    -------
    pa.Table, n rows
        `descriptor_<name>` for every column, in order: numbers, decimals, booleans (0, 1), dates and durations (days,
        since 1970-01-01) as float64 with NaN for missing; text as string with null for missing.

    Raises
    ------
    InputError
        For a column that is neither: lists, structs, bytes.

    Notes
    -----
    Invariants: a column in, a column out, none dropped; a row's values depend on that row alone. Whole numbers beyond
    2^53 are rounded to the nearest float64.
    """
    table = pa.Table.from_struct_array(features) if isinstance(features, pa.StructArray) else features
    return pa.table({f"{DESCRIPTOR}{name}": _describe(name, table.column(name)) for name in table.column_names})


def _is_day(kind: pa.DataType) -> bool:
    return bool(pa.types.is_temporal(kind))


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _describe(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if _is_text(kind):
        return column.cast(pa.string())
    if pa.types.is_dictionary(kind):
        return _describe(name, column.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        days = pc.divide(
            column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).cast(pa.float64()), float(_DAY_US)
        )
    elif pa.types.is_date(kind):
        days = column.cast(pa.date32()).cast(pa.int32()).cast(pa.float64())
    elif pa.types.is_duration(kind):
        days = pc.divide(column.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64()), float(_DAY_US))
    elif pa.types.is_time(kind):
        days = pc.divide(column.cast(pa.time64("us")).cast(pa.int64()).cast(pa.float64()), float(_DAY_US))
    elif pa.types.is_boolean(kind):
        days = column.cast(pa.int8()).cast(pa.float64())
    elif pa.types.is_null(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        days = column.cast(pa.float64(), safe=False)
    else:
        raise InputError(
            f"column {name!r}: a number, boolean, date or text wanted, found {kind}; list it in the input's `ignore`"
        )
    return pc.fill_null(days, float("nan"))
