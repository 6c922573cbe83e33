"""What a column of text holds: told from all of its values, never from the first ones alone."""

import pyarrow as pa
import pyarrow.compute as pc

from tasks.sources.column_types import BOOL, DATE, MOMENT, NUMBER, TEXT, TIME, WHOLE, ZONED

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
    if kind == BOOL and pc.any(pc.invert(pc.match_substring_regex(known, _PATTERN[BOOL]))).as_py():
        raise pa.ArrowInvalid("a value is neither true nor false")
    return _cast(_with_points(known) if decimal_comma and kind == NUMBER else known, kind)
