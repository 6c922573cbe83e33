"""One side of a comparison: descriptors, labels, and who moves with whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
        Labels as strings, None where a record has no label; None when labels play no part.
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

    def __post_init__(self) -> None:
        columns = {**self.numeric, **self.categories}
        if self.labels is not None:
            columns["labels"] = self.labels
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
        )

    @classmethod
    def from_table(cls, table: pa.Table, atoms: Codes, *, leave_out: tuple[str, ...] = ()) -> Self:
        """Read a sample from a table of records with `descriptor_` columns.

        Parameters
        ----------
        table : pa.Table
            Rows of `tasks.catalog.schema.RECORDS`; its descriptor columns and, if there, `label` are read.
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
        labelled = "label" in table.column_names and table["label"].null_count < table.num_rows
        labels = table["label"].cast(pa.string()).to_numpy() if labelled else None
        return cls(numeric=numeric, categories=categories, labels=labels, atoms=np.asarray(atoms, np.int64))
