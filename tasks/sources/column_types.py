"""Types of a table's columns: guessed from text, brought to a few, agreed between inputs."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import InputError

BOOL, WHOLE, NUMBER, TEXT = pa.bool_(), pa.int64(), pa.float64(), pa.string()
DATE, MOMENT, ZONED, TIME = pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.time64("us")

GUESSES = (BOOL, WHOLE, NUMBER, DATE, MOMENT, ZONED, TIME)
"""What text may turn out to be, the narrowest first; what fits none of them for the whole file stays text."""

MISSING = ("?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "None", "<NA>", "NaT")
"""Words for a missing value in a column that otherwise holds numbers, dates or booleans. In a column of text they are
text: NA is also Namibia and North America."""

_PATTERN = {
    BOOL: "^(?i:true|false)$",
    WHOLE: r"^[+-]?(0|[1-9][0-9]*)$",
    NUMBER: r"^[+-]?([0-9]|[1-9][0-9]+)?([.][0-9]*)?([eE][+-]?[0-9]+)?$|^[+-]?(?i:inf|infinity)$",
    DATE: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    MOMENT: "^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+)?$",
    ZONED: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+(Z|[+-][0-9:]+)$",
    TIME: r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?$",
}


class Guess:
    """The types that all of a column's text has fitted so far."""

    def __init__(self, *, decimal_comma: bool) -> None:
        self._open = list(GUESSES)
        self._seen = False
        self._comma = decimal_comma

    def look(self, text: pa.Array) -> None:
        """Rule out every type that one of these values does not fit."""
        values = _present(text)
        if self._open and len(values):
            self._seen = True
            self._open = [kind for kind in self._open if _fits(values, kind, self._comma)]

    @property
    def type(self) -> pa.DataType:
        """The narrowest type left; text when there is none; null when every value was missing."""
        if not self._seen:
            return pa.null()
        return self._open[0] if self._open else TEXT


def _present(text: pa.Array) -> pa.Array:
    trimmed = pc.drop_null(pc.utf8_trim_whitespace(text))
    return trimmed.filter(pc.invert(pc.is_in(trimmed, pa.array(MISSING))))


def _fits(values: pa.Array, kind: pa.DataType, decimal_comma: bool) -> bool:
    if kind == NUMBER and decimal_comma:
        values = _with_points(values)
    # Zip codes, phone numbers and other names made of digits begin with a zero: patterns keep them text.
    if not pc.all(pc.match_substring_regex(values, _PATTERN[kind])).as_py():
        return False
    try:
        _cast(values, kind)
    except pa.ArrowInvalid:
        return False
    return True


def _with_points(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(values, r"^([+-]?[0-9]*),([0-9]+([eE][+-]?[0-9]+)?)$", r"\1.\2")


def _cast(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if kind == BOOL:
        return pc.equal(pc.utf8_lower(values), "true")
    if kind == TIME:  # there is no cast from text to a time of day, but one from a moment
        return pc.cast(pc.cast(pc.binary_join_element_wise("1970-01-01", values, " "), MOMENT), TIME)
    if kind == WHOLE:
        values = pc.utf8_ltrim(values, "+")
    return pc.cast(values, kind)


def from_text(text: pa.Array, kind: pa.DataType, *, decimal_comma: bool) -> pa.Array:
    """Bring text to a type that it was found to fit.

    Parameters
    ----------
    text : pa.StringArray, shape (n,)
        Null for a missing value.
    kind : pa.DataType
        One of `GUESSES`, text or null.
    decimal_comma : bool
        Whether "1,5" is a number.

    Returns
    -------
    pa.Array, shape (n,)

    Raises
    ------
    pa.ArrowInvalid
        When a value does not fit.
    """
    if kind == TEXT:
        return text
    trimmed = pc.utf8_trim_whitespace(text)
    known = pc.if_else(pc.is_in(trimmed, pa.array(MISSING)), pa.scalar(None, TEXT), trimmed)
    if kind == pa.null():
        return pa.nulls(len(text))
    return _cast(_with_points(known) if decimal_comma and kind == NUMBER else known, kind)


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
        When a column holds text in one input and numbers in another, or the like.
    """
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


def plain_text(values: pa.Array) -> pa.Array:
    """Return values as the words that name a label, a group or a record.

    Parameters
    ----------
    values : pa.Array, shape (n,)
        Of any simple type.

    Returns
    -------
    pa.StringArray, shape (n,)
        Without surrounding blanks; 1.0 as "1"; null for blank, null and NaN.

    Notes
    -----
    Invariant: a label is the same word whether the table is CSV or Parquet, and whether its numbers are whole or not:
    a missing value elsewhere in a column turns 1 into 1.0.
    """
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "True", "False")  # as pandas writes them to CSV
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), TEXT)
    text = pc.utf8_trim_whitespace(pc.cast(values, TEXT))
    text = pc.replace_substring_regex(text, r"^(-?[0-9]+)[.]0+$", r"\1")
    missing = pc.match_substring_regex(text, "^((?i:nan))?$")
    return pc.if_else(missing, pa.scalar(None, TEXT), text)
