"""Measure: one long table of everything that the checks will judge."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.caching import Made, store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.embeddings import EMBEDDINGS, with_embeddings
from tasks.catalog.labels import labels_in
from tasks.catalog.schema import DESCRIPTOR, DEV_FIT, EMBEDDING, PUBLISHED, SPLITS
from tasks.errors import InputError
from tasks.modalities.kinds import modality as find_modality
from tasks.report.distributions import descriptor_histograms
from tasks.shift.accounting import count_former, count_losses, count_moves, count_sizes, count_splits
from tasks.shift.embedding import measure_embeddings
from tasks.shift.gap import gap_closed
from tasks.shift.measurements import Measurement, measurements_table
from tasks.shift.near_pairs import count_pairs
from tasks.shift.pair import measure_pair
from tasks.shift.sample import Sample

OF_FILES = ("path", "size_bytes", "file_hash")
FOUND = ("atom", *OF_FILES, "content_hash", "equal_by_chance")
"""What a manifest says of real records besides what is published."""

AUGMENTED = "train+synthetic"
PAIRS = (("dev", "test"), ("train", "train-dev"), ("train", "dev"), (AUGMENTED, "dev"))
"""What should match, what should match, how far training is from dev, and what synthesis makes of that."""


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


@store_task("tasks.shift", "tasks.report.distributions", reads=("seed", "domain_defining"))
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
    """Measure the splits: `measurements.parquet` (MEASUREMENTS).

    For the report it makes `histograms.parquet` and, of a number to predict, `label_histogram.parquet`.

    Where the noise was fitted to half of dev, what it does is measured on the other half. Between training data and dev
    the columns that define the domain are measured apart: there they are expected to differ.
    """
    path = manifest.ref("manifest.parquet").path
    records = pq.read_table(path, columns=[name for name in pq.read_schema(path).names if name not in OF_FILES])
    quarantine = pq.read_table(catalog.ref("quarantine.parquet").path)
    dropped = pq.read_table(split.ref("dropped.parquet").path)
    found = {made.facts["input"]: made.facts["listed"] for made in listed}
    counted = [
        *count_splits(records),
        *count_pairs(pq.read_table(catalog.ref("duplicates.parquet").path), records),
        *count_sizes(split.facts["sizes"], records),
        *count_losses(found, quarantine, dropped, records),
        *count_former(split.facts["former"], records),
        *count_moves(split.facts["moved"], split.facts["incidents"], records.num_rows),
    ]
    counted += _of_embeddings(records, embedded, policy, seed)
    samples = _samples(records)
    unseen = _unseen(samples, records, policy)

    def measured(pair: tuple[str, str]) -> pa.Table:
        a, b = pair
        other = (unseen if a == AUGMENTED else samples)[b]
        return measure_pair(a, samples[a], b, other, seed=seed, defining=domain_defining if b == "dev" else ())

    # Nothing else runs meanwhile, and most of it is arithmetic on large arrays, which does not hold the interpreter.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        gap = threads.submit(lambda: [*_gap(unseen, seed)])
        pairs = list(threads.map(measured, [pair for pair in PAIRS if {*pair} <= samples.keys()]))
    beside_random = pq.read_table(certified.ref("measurements.parquet").path)
    table = pa.concat_tables([beside_random, measurements_table([*counted, *gap.result()]), *pairs])
    write_table(table, out / "measurements.parquet")
    write_table(descriptor_histograms(_columns(records)), out / "histograms.parquet")
    numbers = {name: {"label": part.number} for name, part in samples.items() if part.number is not None}
    numbers.pop(AUGMENTED, None)  # synthetic records have their parents' labels
    write_table(descriptor_histograms(numbers, bins=20), out / "label_histogram.parquet")
    return {"measurements": table.num_rows}


def _samples(records: pa.Table) -> dict[str, Sample]:
    """Return each split that has rows as a sample; atom codes mean the same in all of them."""
    synthetic = records["synthetic"].to_numpy()
    splits = records["split"].to_numpy()
    atoms = np.asarray(records["atom"].combine_chunks().dictionary_encode().indices, np.int64)

    def sample(chosen: npt.NDArray[np.bool_]) -> Sample:
        return Sample.from_table(records.filter(pa.array(chosen)), atoms[chosen])

    chosen = {split: (splits == split) & ~synthetic for split in SPLITS}
    if synthetic.any():
        chosen[AUGMENTED] = splits == "train"
    return {name: sample(rows) for name, rows in chosen.items() if rows.any()}


def _unseen(samples: dict[str, Sample], records: pa.Table, policy: Made) -> dict[str, Sample]:
    """Leave out of dev what the noise was fitted to: noise is judged on what it has not seen."""
    if DEV_FIT not in policy.names:
        return samples
    fitted_to = pq.read_table(policy.ref(DEV_FIT).path)["record_id"].combine_chunks()
    dev = records.filter(pc.equal(records["split"], "dev"))["record_id"]
    kept = np.flatnonzero(~pc.is_in(dev, value_set=fitted_to).to_numpy())
    return samples | {"dev": samples["dev"].take(kept)}


def _of_embeddings(records: pa.Table, embedded: Made | None, policy: Made, seed: int) -> list[Measurement]:
    if embedded is None:
        return []
    lent = pq.read_table(policy.ref(DEV_FIT).path)["record_id"].combine_chunks() if DEV_FIT in policy.names else None
    return [*measure_embeddings(records, embedded.facts["embeddings"], PAIRS, seed=seed, fitted_to=lent)]


def _gap(samples: dict[str, Sample], seed: int) -> Iterator[Measurement]:
    if {AUGMENTED, "train", "dev"} <= samples.keys():
        floor = (samples["dev"], samples["test"]) if "test" in samples else None
        closed = gap_closed(samples["train"], samples[AUGMENTED], samples["dev"], floor=floor, seed=seed)
        yield Measurement("gap_closed", AUGMENTED, "dev", None, closed)


def _columns(records: pa.Table) -> dict[str, dict[str, npt.NDArray[Any]]]:
    """Return the descriptors as the report draws them: synthetic records beside train, not inside."""
    names = [name for name in records.column_names if name.startswith(DESCRIPTOR)]
    parts = {split: pc.and_(pc.equal(records["split"], split), pc.invert(records["synthetic"])) for split in SPLITS}
    parts = {"train": parts["train"], AUGMENTED: pc.equal(records["split"], "train"), **parts}
    if not pc.any(records["synthetic"]).as_py():
        del parts[AUGMENTED]
    found = {}
    for split, chosen in parts.items():
        rows = records.filter(chosen)
        if rows.num_rows:
            found[split] = {name.removeprefix(DESCRIPTOR): rows[name].to_numpy() for name in names}
    return found
