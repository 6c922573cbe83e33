"""The labels of rows, read from their columns; what is no label is told row by row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.catalog.labels import LABEL, Labels
from tasks.config.inputs import Table
from tasks.sources.column_types import NUMBER, TEXT
from tasks.sources.rows import Batch, Rows
from tasks.sources.text_types import MISSING
from tasks.sources.words import plain_text

HELD, NOT_HELD = ("1", "true", "yes", "y", "t"), ("0", "false", "no", "n", "f")
"""What says in any case that a label holds, and that it does not."""

Fault: TypeAlias = tuple[NDArray[np.bool_], str, Callable[[int], str]]
"""The rows at fault, shape (n,); the reason; and what to say of one of them."""


@dataclass(frozen=True)
class LabelsRead:
    """The labels of a batch.

    Attributes
    ----------
    columns : mapping of str to pa.Array, shape (n,)
        The columns of heads that hold labels.
    faults : sequence of Fault
        Rows that cannot be records, the gravest fault first.
    """

    columns: Mapping[str, pa.Array]
    faults: Sequence[Fault]


@dataclass(frozen=True)
class ReadLabels:
    """Reads the labels of one table's rows, batch by batch.

    Attributes
    ----------
    source : Table
    labels : Labels
        Of the whole data set: a label that this table does not list is null in all rows.
    rows : Rows
        The table, which knows how it writes numbers.
    """

    source: Table
    labels: Labels
    rows: Rows

    def __call__(self, batch: Batch) -> LabelsRead:
        """Read the labels of a batch.

        Notes
        -----
        Invariants: a missing value is never read as 0; a row without any label is at fault, unless the data set has
        none; so is a row with a value that is no label.
        """
        named = self.source.label_columns
        if not named:
            return LabelsRead({name: pa.nulls(len(batch.rows), TEXT) for name in self.labels.columns}, ())
        match self.labels.kind:
            case "class":
                return self._class(batch.columns[named[0]], named[0])
            case "number":
                return self._number(batch.columns[named[0]], named[0])
        return self._several(batch, named)

    def _class(self, values: pa.Array, column: str) -> LabelsRead:
        words = plain_text(values)
        faults: list[Fault] = [_missing(pc.is_null(words), f"no label in column {column!r}")]
        if self.source.labels is not None:
            strange = pc.invert(pc.is_in(words, pa.array(self.source.labels, TEXT)))
            faults.append((as_mask(strange), "label_unknown", lambda row: f"the label is {words[row].as_py()!r}"))
        return LabelsRead({"label": words}, faults)

    def _number(self, values: pa.Array, column: str) -> LabelsRead:
        numbers = self._numbers(values)
        words = plain_text(values)
        given = pc.invert(pc.or_(pc.is_null(words), pc.is_in(words, pa.array(MISSING, TEXT))))
        strange = pc.and_(given, pc.is_null(numbers))

        def told(row: int) -> str:
            return f"column {column!r} holds {words[row].as_py()!r}, which is no number"

        return LabelsRead(
            {"label": numbers},
            [
                (as_mask(strange), "label_unknown", told),
                _missing(pc.is_null(numbers), f"no number in column {column!r}"),
                (as_mask(pc.fill_null(pc.is_inf(numbers), False)), "not_finite", lambda row: f"{column!r} is infinite"),
            ],
        )

    def _numbers(self, values: pa.Array) -> pa.Array:
        """Return doubles; null for what is missing, NaN or no number."""
        if pa.types.is_temporal(values.type):  # a duration would come out in units that nobody chose
            return pa.nulls(len(values), NUMBER)
        try:
            found = self.rows.typed(values, NUMBER)
        except pa.ArrowException:  # some value is none: each is tried on its own
            words = plain_text(values)
            known = {word: self._one_number(word) for word in pc.unique(words).to_pylist()}
            found = pa.array([known[word] for word in words.to_pylist()], NUMBER)
        return pc.if_else(pc.is_nan(found), pa.scalar(None, NUMBER), found)

    def _one_number(self, word: str | None) -> float | None:
        try:
            number: float | None = self.rows.typed(pa.array([word], TEXT), NUMBER)[0].as_py()
        except pa.ArrowException:
            return None
        return number

    def _several(self, batch: Batch, named: Sequence[str]) -> LabelsRead:
        columns = {name: pa.nulls(len(batch.rows), pa.int8()) for name in self.labels.columns}
        faults: list[Fault] = []
        for name in named:
            words = plain_text(batch.columns[name])
            read = columns[LABEL + name] = _yes_or_no(words)
            given = pc.invert(pc.or_(pc.is_null(words), pc.is_in(words, pa.array(MISSING, TEXT))))
            strange = as_mask(pc.and_(given, pc.is_null(read)))

            def told(row: int, name: str = name, words: pa.Array = words) -> str:
                return f"column {name!r} holds {words[row].as_py()!r}, expected 1, 0, or nothing where nobody looked"

            if strange.any():
                faults.append((strange, "label_unknown", told))
        nothing = np.all([as_mask(pc.is_null(columns[LABEL + name])) for name in named], axis=0)
        return LabelsRead(columns, [*faults, _missing(nothing, f"none of {len(named)} labels is annotated")])


def as_mask(values: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return booleans without nulls as an array, shape (n,)."""
    return np.asarray(
        values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy(), bool
    )


def _missing(rows: pa.Array | NDArray[np.bool_], detail: str) -> Fault:
    return (rows if isinstance(rows, np.ndarray) else as_mask(rows)), "label_missing", lambda row: detail


def _yes_or_no(words: pa.Array) -> pa.Array:
    lower = pc.utf8_lower(words)
    held = pc.is_in(lower, pa.array(HELD, TEXT))
    known = pc.or_(held, pc.is_in(lower, pa.array(NOT_HELD, TEXT)))
    return pc.if_else(known, pc.cast(held, pa.int8()), pa.scalar(None, pa.int8()))
