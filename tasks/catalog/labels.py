"""What labels a data set has, and the columns that hold them from ingest to the published rows.

A class is text in `label`; a number to predict is a double in `label`; several labels are columns `label_<name>` of 1,
0 and null: nobody looked, which never counts as 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.config.inputs import Input, LabelKind

LABEL = "label_"
"""Prefix of the columns that hold one of several labels."""


@dataclass(frozen=True)
class Labels:
    """The labels of a data set.

    Parameters
    ----------
    kind : {"class", "several", "number"}
    names : tuple of str
        Of several labels, in the order of their columns; empty for the others.
    """

    kind: LabelKind = "class"
    names: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold them."""
        return tuple(LABEL + name for name in self.names) if self.kind == "several" else ("label",)

    @property
    def fields(self) -> list[pa.Field]:
        """The same with their types."""
        kind = {"class": pa.string(), "several": pa.int8(), "number": pa.float64()}[self.kind]
        return [pa.field(name, kind) for name in self.columns]

    def spread(self, columns: Iterable[str]) -> list[str]:
        """Put the columns that hold labels where `label` stands in a list of columns."""
        return [name for one in columns for name in (self.columns if one == "label" else (one,))]

    def spread_schema(self, schema: pa.Schema) -> pa.Schema:
        """Put the columns that hold labels where `label` stands in a schema."""
        return pa.schema([field for one in schema for field in (self.fields if one.name == "label" else [one])])


def configured_labels(inputs: Iterable[Input]) -> Labels:
    """Tell the labels of a data set: of several, those of any input, in the order in which they are first met.

    An input that does not list one of them has it nowhere annotated.
    """
    listed = list(inputs)
    kinds: list[LabelKind] = [entry.label_kind for entry in listed if entry.label_kind is not None]
    kind: LabelKind = kinds[0] if kinds else "class"
    tables = [entry for entry in listed if entry.kind == "table"]
    named = dict.fromkeys(name for entry in tables for name in entry.label_columns)
    return Labels(kind, tuple(named) if kind == "several" else ())


def labels_in(schema: pa.Schema) -> Labels:
    """Tell the labels from the columns of heads, records, a manifest or published rows."""
    if "label" in schema.names:
        return Labels("number" if pa.types.is_floating(schema.field("label").type) else "class")
    return Labels("several", tuple(name.removeprefix(LABEL) for name in schema.names if name.startswith(LABEL)))


def has_labels(records: pa.Table) -> bool:
    """Tell whether any record has a label."""
    return any(records[name].null_count < records.num_rows for name in labels_in(records.schema).columns)


def label_array(records: pa.Table) -> npt.NDArray[Any]:
    """Return labels as those who match them want them.

    Returns
    -------
    ndarray
        Of classes int64 codes (n,), -1 for none, in the order of their names; of several labels float64 (n, k), 1, 0
        and NaN where nobody looked; of numbers float64 (n,), NaN for none.
    """
    labels = labels_in(records.schema)
    if labels.kind == "several":
        columns = [records[name].cast(pa.float64()).to_numpy() for name in labels.columns]
        return np.column_stack(columns)
    if labels.kind == "number":
        return np.asarray(records["label"].to_numpy(), np.float64)
    known = pc.drop_null(pc.unique(records["label"])).sort()
    return np.asarray(pc.fill_null(pc.index_in(records["label"], value_set=known), -1).to_numpy(), np.int64)


def common_bands(records: pa.Table, bands: int) -> npt.NDArray[np.float64]:
    """Return the inner edges of so many bands that hold equally many of the numbers; fewer where values repeat."""
    values = records["label"].to_numpy()
    values = values[np.isfinite(values)]
    return np.unique(np.quantile(values, np.arange(1, bands) / bands)) if len(values) else np.empty(0)


def band_names(edges: npt.NDArray[np.float64]) -> list[str]:
    """Name the bands between edges, and those below and above them, in ascending order."""
    said = [f"{edge:.4g}" for edge in edges.tolist()]
    if not said:
        return ["all"]
    between = [f"{low} to {high}" for low, high in pairwise(said)]
    return [f"up to {said[0]}", *between, f"above {said[-1]}"]


def label_words(records: pa.Table, edges: Sequence[float] | npt.NDArray[np.float64] = ()) -> list[str | None]:
    """Say each record's label in words: a class by its name, several by those that hold, a number by its band.

    Parameters
    ----------
    records : pa.Table, n rows
    edges : sequence of float
        Ascending edges of bands, for numbers.

    Returns
    -------
    list of (str or None)
        `car, sign, light?` for a record with a car and a sign where nobody looked for lights; `none of 3` where none
        holds.
    """
    labels = labels_in(records.schema)
    if labels.kind == "class":
        words: list[str | None] = records["label"].to_pylist()
        return words
    if labels.kind == "number":
        names = band_names(np.asarray(edges, np.float64))
        band = np.searchsorted(edges, records["label"].to_numpy(), side="left")
        return [names[place] for place in band.tolist()]
    shown = label_array(records)
    known: dict[bytes, str] = {}
    keys = np.nan_to_num(shown, nan=-1.0).astype(np.int8)
    return [known.setdefault(key.tobytes(), _combination(key.tolist(), labels.names)) for key in keys]


def _combination(values: Sequence[int], names: Sequence[str]) -> str:
    held = [name for name, value in zip(names, values, strict=True) if value == 1]
    unknown = [f"{name}?" for name, value in zip(names, values, strict=True) if value < 0]
    return ", ".join([*(held or [f"none of {len(names) - len(unknown)}"]), *unknown])
