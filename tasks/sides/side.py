"""One side of a comparison: a table of what is compared, and what belongs to its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasks.descriptors.descriptor import Descriptor


@dataclass(frozen=True)
class Side:
    """A sample, read.

    Attributes
    ----------
    name : str
        What the user called it.
    kind : str
        What its rows are: "image", "audio" or "tabular".
    table : pa.Table, n rows
        What is compared, a column each.
    atoms : pa.ChunkedArray, shape (n,), optional
        Which rows belong together; null for a row of its own. None where nothing was said of it.
    labels : pa.ChunkedArray, shape (n,), optional
        Classes; null where a row has none. None where there are none at all.
    paths : pa.ChunkedArray, shape (n,), optional
        Of the files that the rows are, ids of records, or numbers of a table's rows, from 1.
    content : pa.ChunkedArray, shape (n,), optional
        The same for rows of the same content.
    refused : mapping of str to int
        Why rows or files could not be used -> how many.
    examples : mapping of str to str
        Reason -> the first of them.
    left_out : mapping of str to str
        Column -> why it is not compared.
    notes : mapping of str to Descriptor
        What descriptors mean.
    """

    name: str
    kind: str
    table: pa.Table
    atoms: pa.ChunkedArray | None = None
    labels: pa.ChunkedArray | None = None
    paths: pa.ChunkedArray | None = None
    content: pa.ChunkedArray | None = None
    refused: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Descriptor] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return int(self.table.num_rows)

    @property
    def atom_count(self) -> int:
        """How many atoms its rows are in."""
        if self.atoms is None:
            return self.rows
        alone = int(self.atoms.null_count)
        return len(self.atoms.unique()) - (1 if alone else 0) + alone

    def chosen(self, most: int | None, rng: np.random.Generator) -> "Side":
        """Return at most so many rows, chosen at random, in their order."""
        if most is None or self.rows <= most:
            return self
        rows = pa.array(np.sort(rng.choice(self.rows, most, replace=False)))
        return self.of_rows(rows)

    def of_rows(self, rows: pa.Array | npt.NDArray[np.int64]) -> "Side":
        """Return some rows."""
        columns = (self.atoms, self.labels, self.paths, self.content)
        atoms, labels, paths, content = (None if column is None else column.take(rows) for column in columns)
        return replace(self, table=self.table.take(rows), atoms=atoms, labels=labels, paths=paths, content=content)
