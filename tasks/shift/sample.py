"""One side of a comparison: descriptors, labels, and who moves with whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasks.catalog.labels import label_array, labels_in
from tasks.catalog.schema import DESCRIPTOR

Floats: TypeAlias = npt.NDArray[np.float64]
Points: TypeAlias = npt.NDArray[np.float32]
Codes: TypeAlias = npt.NDArray[np.int64]
Objects: TypeAlias = npt.NDArray[Any]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """The described rows of one split.

    Parameters
    ----------
    numeric : mapping of str to ndarray, shape (n,)
        Numeric descriptors; NaN where a value is missing. Infinities are values: the greatest and the least.
    categories : mapping of str to ndarray, shape (n,)
        Categorical descriptors as strings; None or NaN where a value is missing.
    labels : ndarray, shape (n,), or None
        Classes as strings, None where a record has none; None when classes play no part.
    several : mapping of str to ndarray, shape (n,)
        Several labels: 1, 0, and NaN where nobody looked.
    number : ndarray, shape (n,), or None
        The number to predict, NaN where missing; None when there is none.
    atoms : ndarray of int64, shape (n,)
        Atom codes. A code means the same atom in every sample that it is compared with: a synthetic row carries its
        parent's.

    Raises
    ------
    ValueError
        When a column is not as long as `atoms`.
    """

    numeric: Mapping[str, Floats] = field(default_factory=dict)
    categories: Mapping[str, Objects] = field(default_factory=dict)
    labels: Objects | None = None
    atoms: Codes = field(default_factory=lambda: np.empty(0, np.int64))
    several: Mapping[str, Floats] = field(default_factory=dict)
    number: Floats | None = None

    def __post_init__(self) -> None:
        columns = {**self.numeric, **self.categories}
        columns |= {f"label {name}": column for name, column in self.several.items()}
        for name, labels in (("labels", self.labels), ("number", self.number)):
            if labels is not None:
                columns[name] = labels
        for name, column in columns.items():
            if len(column) != len(self.atoms):
                raise ValueError(f"{name} has {len(column):,} rows, atoms {len(self.atoms):,}; give one value a row")

    def __len__(self) -> int:
        return len(self.atoms)

    def choose(self, rng: np.random.Generator, most: int) -> "Sample":
        """Choose at most `most` rows at random, in their order; they keep their atoms."""
        if len(self) <= most:
            return self
        return self.take(np.sort(rng.choice(len(self), most, replace=False)))

    def take(self, rows: Codes) -> "Sample":
        """Return some rows, by position."""
        return Sample(
            {name: np.asarray(column)[rows] for name, column in self.numeric.items()},
            {name: np.asarray(column)[rows] for name, column in self.categories.items()},
            None if self.labels is None else self.labels[rows],
            self.atoms[rows],
            {name: np.asarray(column)[rows] for name, column in self.several.items()},
            None if self.number is None else self.number[rows],
        )

    @classmethod
    def of_vectors(cls, values: npt.NDArray[np.floating], atoms: Codes) -> Self:
        """Return vectors (n, p) as a sample: a column a coordinate."""
        columns = {f"{place:02d}": column for place, column in enumerate(values.T.astype(np.float64))}
        return cls(columns, atoms=np.asarray(atoms, np.int64))

    @classmethod
    def from_table(cls, table: pa.Table, atoms: Codes, *, leave_out: tuple[str, ...] = ()) -> Self:
        """Read a sample from a table of records with `descriptor_` columns.

        Parameters
        ----------
        table : pa.Table
            Rows of `tasks.catalog.schema.RECORDS`; its descriptor columns and, if there, its labels are read.
        atoms : ndarray of int64, shape (n,)
            Atom codes of the rows.
        leave_out : tuple of str
            Descriptors (without prefix) that are not compared.
        """
        numeric: dict[str, Floats] = {}
        categories: dict[str, Objects] = {}
        for column in table.schema:
            name = column.name.removeprefix(DESCRIPTOR)
            if name == column.name or name in leave_out:
                continue
            values = table[column.name]
            kind = column.type
            if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
                numeric[name] = values.cast(pa.float64()).to_numpy()
            else:
                categories[name] = values.cast(pa.string()).to_numpy()
        found: dict[str, Any] = {}
        known = labels_in(table.schema)
        if known.kind == "several":
            found["several"] = dict(zip(known.names, label_array(table).T, strict=True)) if known.names else {}
        elif table["label"].null_count < table.num_rows:
            kind, part = (pa.float64(), "number") if known.kind == "number" else (pa.string(), "labels")
            found[part] = table["label"].cast(kind).to_numpy()
        return cls(numeric=numeric, categories=categories, atoms=np.asarray(atoms, np.int64), **found)
