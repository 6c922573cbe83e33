"""Descriptors of records as numbers, for those who match them."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.embeddings import embedding_matrix, names_of
from tasks.catalog.schema import DESCRIPTOR, EMBEDDING
from tasks.splitting.blocks import Blocks

MOST_CATEGORIES = 24
"""Categories of a descriptor that are matched one by one, the commonest first; the rest together are what is left."""


def descriptor_matrix(records: pa.Table) -> npt.NDArray[np.float32]:
    """Collect the descriptors of records.

    Parameters
    ----------
    records : pa.Table, n rows
        `descriptor_<name>` columns: numbers, or categories as strings; `embedding_<name>` columns.

    Returns
    -------
    ndarray of float32, shape (n, p)
        A column for each number and for each common category (1 where it is), those of embeddings last; NaN where
        missing.

    Notes
    -----
    Invariant: neither the order of columns nor the order of rows matters.
    """
    columns: list[npt.NDArray[np.float32]] = []
    for name in sorted(name for name in records.column_names if name.startswith(DESCRIPTOR)):
        values = records[name]
        if pa.types.is_string(values.type):
            columns += _categories(values)
        else:
            columns.append(values.cast(pa.float32(), safe=False).to_numpy())
    columns += [embedding_matrix(records[EMBEDDING + name]) for name in names_of(records)]
    return np.column_stack(columns) if columns else np.zeros((records.num_rows, 0), np.float32)


def matrix_blocks(records: pa.Table, columns: int) -> Blocks:
    """Tell which of the columns of `descriptor_matrix` belong to which embedding, shape (columns,)."""
    widths = [records.schema.field(EMBEDDING + name).type.list_size for name in names_of(records)]
    return np.repeat(np.arange(len(widths) + 1), [columns - sum(widths), *widths])


def _categories(values: pa.ChunkedArray) -> list[npt.NDArray[np.float32]]:
    counted = pc.value_counts(pc.drop_null(values)).to_pylist()
    common = sorted(counted, key=lambda entry: (-entry["counts"], entry["values"]))[:MOST_CATEGORIES]
    return [pc.equal(values, entry["values"]).cast(pa.float32()).to_numpy() for entry in common]
