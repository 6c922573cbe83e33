"""The manifest: all records of a version, real and synthetic, from files to files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.atomic import write_table
from tasks.catalog.embeddings import with_embeddings
from tasks.catalog.labels import labels_in
from tasks.catalog.schema import DESCRIPTOR, EMBEDDING, PUBLISHED
from tasks.descriptors.families import MISSINGNESS, column_family
from tasks.errors import InputError
from tasks.modalities.kinds import modality as find_modality

TARGET_DRAWS = "target_draws.parquet"
"""What was drawn for varied target records."""

FOUND = ("atom", "path", "size_bytes", "file_hash", "content_hash", "equal_by_chance")
"""What a manifest says of real records besides what is published."""


@dataclass(frozen=True)
class Vectors:
    """An embedding's files.

    Parameters
    ----------
    name : str
    width : int
        Numbers that a vector had.
    known : Path
        A table with the real records' vectors, `record_id` and `embedding_<name>`.
    copies : sequence of (Path, int)
        Tables with synthetic records' vectors, and their width.
    """

    name: str
    width: int
    known: Path
    copies: Sequence[tuple[Path, int]]


def list_records(
    out: Path,
    catalog: Path,
    assignments: Path,
    synthetic: Sequence[Mapping[str, Path]],
    varied: Sequence[Mapping[str, Path]],
    embeddings: Sequence[Vectors],
    resources: Mapping[str, Any],
    modality: str,
) -> dict[str, Any]:
    """Join real and synthetic records: `manifest.parquet` (identity, split, atom, descriptors) and `draws.parquet`.

    Makes `noise_use.parquet` too: which recordings the noise is made of.

    Parameters
    ----------
    out : Path
        The folder to fill.
    catalog, assignments : Path
        What was described and tied, and which of it is in which split.
    synthetic : sequence of mapping
        Of each shard of synthetic records, `records` and `draws`.
    varied : sequence of mapping
        The same of varied target records. What was drawn for them is in `target_draws.parquet`, if there are any: it is
        another policy's.
    embeddings : sequence of Vectors
    resources : mapping
        What the noise was prepared with.
    modality : str

    Returns
    -------
    dict
        `rows`; `families`, descriptor -> family; `gaps`, the family of missing cells if they are one of their own.

    Raises
    ------
    InputError
        When an embedding's width differs between real and synthetic records.
    """
    known = pq.read_schema(catalog)
    described = [name for name in known.names if name.startswith(DESCRIPTOR)]
    published = labels_in(known).spread(PUBLISHED)
    records = pq.read_table(catalog, columns=[name for name in (*published, *FOUND, *described) if name in known.names])
    decided = pq.read_table(assignments, columns=["record_id", "split"])
    places = pc.index_in(records["record_id"], value_set=decided["record_id"].combine_chunks())
    records = records.append_column("split", decided["split"].take(places)).filter(pc.is_valid(places))
    n = records.num_rows
    records = records.append_column("synthetic", pa.array(np.zeros(n, bool)))
    records = records.append_column("parent_id", pa.nulls(n, pa.string()))
    # A synthetic record has no file and no hashes of its own.
    real = records.select([*published, *FOUND, *described])
    real = real.cast(pa.schema([field.with_nullable(True) for field in real.schema]))
    made = pa.concat_tables([pq.read_table(shard["records"]) for shard in (*synthetic, *varied)])
    whole = _with_parents_atom(pa.concat_tables([real, made], promote_options="permissive"))
    for vectors in embeddings:
        whole = with_embeddings(whole, _vectors(vectors))
    write_table(whole, out / "manifest.parquet")
    draws = pa.concat_tables([pq.read_table(shard["draws"]) for shard in synthetic])
    write_table(draws, out / "draws.parquet")
    if varied:
        others = pa.concat_tables([pq.read_table(shard["draws"]) for shard in varied])
        write_table(others, out / TARGET_DRAWS)
        draws = pa.concat_tables([draws, others], promote_options="permissive")
    kind = find_modality(modality)
    write_table(kind.noise_use(draws, made, kind.load(dict(resources))), out / "noise_use.parquet")
    families = {name: note.family for name, note in kind.notes(known.empty_table()).items()}
    by_column = any(family == column_family(name) for name, family in families.items())
    return {"rows": whole.num_rows, "families": families, "gaps": MISSINGNESS if by_column else None}


def _vectors(vectors: Vectors) -> pa.Table:
    """Return the vectors of real records, and those of synthetic ones that a function could be called on."""
    parts = [pq.read_table(vectors.known, columns=["record_id", EMBEDDING + vectors.name])]
    for path, width in vectors.copies:
        if width != vectors.width:
            raise InputError(
                f"descriptors.{vectors.name}: {vectors.width:,} numbers for a real record, {width:,} for a synthetic "
                f"one. Return as many for every record."
            )
        parts.append(pq.read_table(path).rename_columns(parts[0].column_names).cast(parts[0].schema))
    return pa.concat_tables(parts)


def _with_parents_atom(manifest: pa.Table) -> pa.Table:
    parents = pc.index_in(manifest["parent_id"], value_set=manifest["record_id"].combine_chunks())
    atom = pc.coalesce(manifest["atom"], manifest["atom"].take(parents))
    return manifest.set_column(manifest.column_names.index("atom"), "atom", atom)
