"""Measure: one long table of everything that the checks will judge."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.caching import Made, store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.embeddings import EMBEDDINGS, with_embeddings
from tasks.catalog.labels import labels_in
from tasks.catalog.schema import DESCRIPTOR, DEV_FIT, EMBEDDING, PUBLISHED
from tasks.errors import InputError
from tasks.modalities.kinds import modality as find_modality
from tasks.shift.manifest import OF_FILES, Records, measure_manifest
from tasks.workers import in_worker

FOUND = ("atom", *OF_FILES, "content_hash", "equal_by_chance")
"""What a manifest says of real records besides what is published."""


@store_task("tasks.noise", "tasks.modalities", reads=("modality",))
def list_manifest(
    out: Path,
    *,
    catalog: Made,
    embedded: Made | None,
    split: Made,
    synthetic: list[Made],
    copies: list[Made],
    resources: Made,
    modality: str,
) -> dict[str, Any]:
    """Join real and synthetic records into `manifest.parquet` (identity, split, atom, descriptors) and their draws."""
    path = catalog.ref("catalog.parquet").path
    known = pq.read_schema(path).names
    described = [name for name in known if name.startswith(DESCRIPTOR)]
    published = labels_in(pq.read_schema(path)).spread(PUBLISHED)
    records = pq.read_table(path, columns=[name for name in (*published, *FOUND, *described) if name in known])
    decided = pq.read_table(split.ref("assignments.parquet").path, columns=["record_id", "split"])
    places = pc.index_in(records["record_id"], value_set=decided["record_id"].combine_chunks())
    records = records.append_column("split", decided["split"].take(places)).filter(pc.is_valid(places))
    n = records.num_rows
    records = records.append_column("synthetic", pa.array(np.zeros(n, bool)))
    records = records.append_column("parent_id", pa.nulls(n, pa.string()))
    # A synthetic record has no file and no hashes of its own.
    real = records.select([*published, *FOUND, *described])
    real = real.cast(pa.schema([field.with_nullable(True) for field in real.schema]))
    made = pa.concat_tables([pq.read_table(part.ref("records.parquet").path) for part in synthetic])
    whole = _with_parents_atom(pa.concat_tables([real, made], promote_options="permissive"))
    if embedded is not None:
        whole = _embedded(whole, embedded, copies)
    write_table(whole, out / "manifest.parquet")
    draws = pa.concat_tables([pq.read_table(part.ref("draws.parquet").path) for part in synthetic])
    write_table(draws, out / "draws.parquet")
    kind = find_modality(modality)
    needs = kind.load(resources.json("resources.json"))
    write_table(kind.noise_use(draws, made, needs), out / "noise_use.parquet")
    return {"rows": whole.num_rows}


def _embedded(manifest: pa.Table, embedded: Made, copies: list[Made]) -> pa.Table:
    """Append the embeddings of real records, and those of synthetic ones that a function could be called on."""
    known = pq.read_table(embedded.ref(EMBEDDINGS).path)
    for name, facts in embedded.facts["embeddings"].items():
        parts = [known.select(["record_id", EMBEDDING + name])]
        for made in copies:
            if made.facts["name"] == name and made.facts["rows"]:
                if made.facts["width"] != facts["width"]:
                    raise InputError(
                        f"descriptors.{name}: {facts['width']:,} numbers for a real record, "
                        f"{made.facts['width']:,} for a synthetic one. Return as many for every record."
                    )
                vectors = pq.read_table(made.ref("vectors.parquet").path)
                parts.append(vectors.rename_columns(parts[0].column_names).cast(parts[0].schema))
        manifest = with_embeddings(manifest, pa.concat_tables(parts))
    return manifest


def _with_parents_atom(manifest: pa.Table) -> pa.Table:
    parents = pc.index_in(manifest["parent_id"], value_set=manifest["record_id"].combine_chunks())
    atom = pc.coalesce(manifest["atom"], manifest["atom"].take(parents))
    return manifest.set_column(manifest.column_names.index("atom"), "atom", atom)


@store_task("tasks.shift", reads=("seed", "domain_defining"))
def measure_splits(
    out: Path,
    *,
    listed: list[Made],
    catalog: Made,
    embedded: Made | None,
    split: Made,
    manifest: Made,
    policy: Made,
    certified: Made,
    seed: int,
    domain_defining: tuple[str, ...],
) -> dict[str, Any]:
    """Measure the splits: `measurements.parquet` (MEASUREMENTS), and what the report draws of them.

    Where the noise was fitted to half of dev, what it does is measured on the other half. Between training data and dev
    the columns that define the domain are measured apart: there they are expected to differ.
    """
    told = Records(
        manifest=manifest.ref("manifest.parquet").path,
        duplicates=catalog.ref("duplicates.parquet").path,
        quarantine=catalog.ref("quarantine.parquet").path,
        dropped=split.ref("dropped.parquet").path,
        certificate=certified.ref("measurements.parquet").path,
        fitted_to=policy.ref(DEV_FIT).path if DEV_FIT in policy.names else None,
        listed={made.facts["input"]: made.facts["listed"] for made in listed},
        split=split.facts,
        embeddings={} if embedded is None else embedded.facts["embeddings"],
    )
    return in_worker(measure_manifest, out, told, seed=seed, defining=domain_defining)
