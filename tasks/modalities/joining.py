"""Joining described shards into the catalog: all records at once, in a process that then gives its memory back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.atomic import write_table
from tasks.catalog.labels import labels_in
from tasks.catalog.quarantine import quarantine_table
from tasks.descriptors.near_duplicates import Duplicates, find_duplicates
from tasks.errors import InputError
from tasks.splitting.atoms import name_atoms, tie_atoms


def join_shards(out: Path, described: Sequence[Path], refused: Sequence[Path], modality: str) -> dict[str, Any]:
    """Join all shards into the catalog and tie its records into atoms.

    Makes `catalog.parquet` (records with their `atom`, ordered by record id), `quarantine.parquet` and
    `duplicates.parquet`. Of records with one id the first is kept; the others go to the quarantine.

    Parameters
    ----------
    out : Path
        The folder to fill.
    described, refused : sequence of Path
        Tables RECORDS with descriptors, and tables QUARANTINE.
    modality : {"image", "audio", "tabular"}

    Returns
    -------
    dict
        How the near-duplicates were found: `records`, `threshold`, `calibration`, `counts`.

    Raises
    ------
    InputError
        When the inputs' columns do not fit together.
    """
    catalog, doubled = _first_of_each_id(_joined(described))
    quarantine = pa.concat_tables([*map(pq.read_table, refused), doubled])
    duplicates = find_duplicates(_with_classes(catalog), modality=modality)
    codes = tie_atoms(catalog.num_rows, duplicates.edges, catalog["group"].to_pylist())
    names = name_atoms(codes, catalog["record_id"].to_pylist())
    catalog = catalog.append_column("atom", pa.array(names, pa.string()))
    catalog = catalog.append_column("equal_by_chance", pa.array(duplicates.by_chance))
    write_table(catalog, out / "catalog.parquet")
    write_table(quarantine, out / "quarantine.parquet")
    write_table(_named_pairs(catalog, duplicates), out / "duplicates.parquet")
    return {
        "records": catalog.num_rows,
        "threshold": duplicates.threshold,
        "calibration": duplicates.calibration,
        "counts": {name: int(count) for name, count in duplicates.counts.items()},
    }


def _joined(described: Sequence[Path]) -> pa.Table:
    """Concatenate shards in the order of record ids, which no worker and no shard boundary can change."""
    try:
        joined = pa.concat_tables([pq.read_table(path) for path in described], promote_options="permissive")
    except pa.ArrowTypeError as error:
        raise InputError(
            f"the inputs' columns do not fit together: {error}. A column must hold numbers in every input or text in "
            f"every input; mend the table, or name the column in `ignore`."
        ) from error
    return joined.take(pc.sort_indices(joined, [("record_id", "ascending"), ("content_hash", "ascending")]))


def _with_classes(catalog: pa.Table) -> pa.Table:
    """Leave labels that are no classes out: that two numbers or combinations differ speaks against no copy."""
    labels = labels_in(catalog.schema)
    if labels.kind == "class":
        return catalog
    return catalog.drop_columns([*labels.columns]).append_column("label", pa.nulls(catalog.num_rows, pa.string()))


def _named_pairs(catalog: pa.Table, duplicates: Duplicates) -> pa.Table:
    first, second = (catalog["record_id"].take(pa.array(duplicates.edges[:, side])) for side in (0, 1))
    kinds, distances = pa.array(duplicates.kinds.tolist(), pa.string()), pa.array(duplicates.distances)
    return pa.table({"first": first, "second": second, "kind": kinds, "distance": distances})


def _first_of_each_id(catalog: pa.Table) -> tuple[pa.Table, pa.Table]:
    ids = catalog["record_id"].to_numpy()
    again = np.r_[False, ids[1:] == ids[:-1]] if len(ids) else np.zeros(0, bool)
    doubled = catalog.filter(pa.array(again))
    rows = zip(*(doubled[name].to_pylist() for name in ("record_id", "input", "path")), strict=True)
    table = quarantine_table(
        (record_id, source, path, "duplicate_id", "the id was given before") for record_id, source, path in rows
    )
    return catalog.filter(pa.array(~again)), table
