"""The few types that a table's columns are brought to, so that several inputs can agree."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import InputError, some

BOOL, WHOLE, NUMBER, TEXT = pa.bool_(), pa.int64(), pa.float64(), pa.string()
DATE, MOMENT, ZONED, TIME = pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.time64("us")


def simple_type(kind: pa.DataType) -> pa.DataType | None:
    """Return the one of a few types that a stored type is brought to, or None when it cannot be compared.

    >>> simple_type(pa.uint8()), simple_type(pa.list_(pa.int8()))
    (DataType(int64), None)
    """
    types = pa.types
    if types.is_dictionary(kind):
        return simple_type(kind.value_type)
    for test, simple in (
        (types.is_null, pa.null()),
        (types.is_boolean, BOOL),
        (types.is_uint64, NUMBER),
        (types.is_integer, WHOLE),
        (types.is_floating, NUMBER),
        (types.is_decimal, NUMBER),
        (types.is_string, TEXT),
        (types.is_large_string, TEXT),
        (types.is_string_view, TEXT),
        (types.is_date, DATE),
        (types.is_time, TIME),
        (types.is_duration, pa.duration("us")),
    ):
        if test(kind):
            return simple
    if types.is_timestamp(kind):
        return MOMENT if kind.tz is None else ZONED
    return None


def from_stored(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """Bring stored values to the type that `simple_type` or `common_types` named; blank text becomes null."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    simple = simple_type(values.type)
    cast = pc.cast(values, simple, safe=False)
    if simple == TEXT:
        blank = pc.equal(pc.utf8_trim_whitespace(cast), "")
        cast = pc.if_else(blank, pa.scalar(None, TEXT), cast)
    return cast if kind == simple else pc.cast(cast, kind, safe=False)


def common_types(found: Mapping[str, Mapping[str, pa.DataType]]) -> dict[str, pa.DataType]:
    """Agree on one type a column for several inputs.

    Parameters
    ----------
    found : mapping of str to mapping
        Input name -> column -> type, as `table.feature_types` gives it.

    Returns
    -------
    dict
        Column -> type, in the order in which the columns are first met. Whole numbers give way to numbers, dates to
        moments; a column that is empty everywhere is a number without values.

    Raises
    ------
    InputError
        When an input lacks a column of another one, or a column holds text in one and numbers in another.
    """
    _refuse_lone_columns(found)
    agreed: dict[str, pa.DataType] = {}
    for types in found.values():
        for column, kind in types.items():
            joined = _join(agreed.get(column, pa.null()), kind)
            if joined is None:
                told = ", ".join(
                    f"{_word(kinds[column])} in {name!r}" for name, kinds in found.items() if column in kinds
                )
                raise InputError(
                    f"column {column!r} holds {told}: it cannot be compared. Mend the values that do not fit, or name "
                    f"the column in `ignore` of every input."
                )
            agreed[column] = joined
    return {column: NUMBER if kind == pa.null() else kind for column, kind in agreed.items()}


def _refuse_lone_columns(found: Mapping[str, Mapping[str, pa.DataType]]) -> None:
    """Refuse a column that only some inputs have: missing elsewhere, it would tell the domains apart by itself."""
    every = list(dict.fromkeys(column for types in found.values() for column in types))
    for name, types in found.items():
        if lacking := [column for column in every if column not in types]:
            remedy = "Give every input the same columns, or name these in `ignore` of the inputs that have them."
            if types:
                remedy += f" {name!r} has {some(list(types))}."
            raise InputError(f"input {name!r} lacks columns that another input has: {some(lacking)}. {remedy}")


def _join(first: pa.DataType, second: pa.DataType) -> pa.DataType | None:
    if first == second or second == pa.null():
        return first
    if first == pa.null():
        return second
    both = {first, second}
    if both == {WHOLE, NUMBER}:
        return NUMBER
    return MOMENT if both == {DATE, MOMENT} else None


def _word(kind: pa.DataType) -> str:
    words = {BOOL: "true and false", WHOLE: "numbers", NUMBER: "numbers", TEXT: "text", TIME: "times of day"}
    words |= {DATE: "dates", MOMENT: "moments", ZONED: "moments with a time zone", pa.null(): "nothing"}
    return words.get(kind, str(kind))
