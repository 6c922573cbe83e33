"""Embeddings beside records: one column of short lists each, which the catalog itself does not hold.

They lie in a table of their own, in the catalog's order, so that a changed function or table of vectors changes nothing
that does not depend on it.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tasks.catalog.schema import EMBEDDING

EMBEDDINGS = "embeddings.parquet"
"""Records in the catalog's order (`record_id`) and a column `embedding_<name>` for each embedding."""


def names_of(table: pa.Table | pa.Schema) -> list[str]:
    """Return the names of the embeddings that a table holds, sorted."""
    columns = table.names if isinstance(table, pa.Schema) else table.column_names
    return sorted(name.removeprefix(EMBEDDING) for name in columns if name.startswith(EMBEDDING))


def with_embeddings(records: pa.Table, embeddings: pa.Table) -> pa.Table:
    """Append to records the embeddings that a table has for them; null where it has none.

    Parameters
    ----------
    records, embeddings : pa.Table
        Both with `record_id`.
    """
    place = pc.index_in(records["record_id"], value_set=embeddings["record_id"].combine_chunks())
    for name in names_of(embeddings):
        column = embeddings[EMBEDDING + name].combine_chunks().take(place.combine_chunks())
        records = records.append_column(EMBEDDING + name, column)
    return records


def embedding_column(columns: NDArray[np.float32]) -> pa.FixedSizeListArray:
    """Return projected vectors as one column of lists; null where a vector is missing."""
    known = ~np.isnan(columns).any(axis=1)
    kind = pa.list_(pa.float32(), columns.shape[1])
    return pa.FixedSizeListArray.from_arrays(
        pa.array(columns.reshape(-1), pa.float32()), type=kind, mask=pa.array(~known)
    )


def embedding_matrix(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """Return a column of lists as numbers, (n, k); NaN where a vector is missing."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    values = np.full((len(whole), whole.type.list_size), np.nan, np.float32)
    known = whole.is_valid().to_numpy(zero_copy_only=False)
    values[known] = np.asarray(whole.drop_null().flatten(), np.float32).reshape(-1, whole.type.list_size)
    return values
