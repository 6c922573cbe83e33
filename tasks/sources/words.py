"""Values as the words that name a label, a group or a record."""

import pyarrow as pa
import pyarrow.compute as pc

from tasks.sources.column_types import TEXT


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
