"""Split: decide which record goes where, and lay the records out in the shards that are published."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.caching import Made, Ref, store_task
from tasks.catalog.atomic import write_table
from tasks.catalog.digest import digest_file
from tasks.catalog.embeddings import EMBEDDINGS, with_embeddings
from tasks.catalog.labels import labels_in
from tasks.catalog.ledger import count_moved
from tasks.catalog.redraws import count_former, drawing_seed, list_drawings
from tasks.catalog.schema import DESCRIPTOR, SPLITS
from tasks.catalog.store import Store
from tasks.config.splits import Splits
from tasks.errors import StoreError
from tasks.sources.shards import SHARD_BYTES, SHARD_ROWS
from tasks.splitting.assign import assign_splits
from tasks.splitting.atom_table import atom_hashes
from tasks.splitting.worth import worth_of


def known_ledger(store: Store) -> Ref | None:
    """Return the store's ledger as an input of tasks, or None before the first version.

    Raises
    ------
    StoreError
        When it is damaged, or is gone although there is a version.
    """
    if store.read_ledger() is None:
        if (version := store.current_version()) is not None:
            copy = store.version_folder(version) / "ledger.parquet"
            raise StoreError(
                f"{store.ledger_path}: the ledger is gone, and without it dev and test would be drawn anew, from what "
                f"models were trained on too. Restore it from a backup, or copy {copy} there."
            )
        return None
    return Ref(store.ledger_path, digest_file(store.ledger_path))


@store_task("tasks.splitting", reads=("splits", "seed"))
def split_catalog(
    out: Path, *, catalog: Made, embedded: Made | None, ledger: Ref | None, splits: Splits, seed: int
) -> dict[str, Any]:
    """Assign the catalog's records: `assignments.parquet` (ASSIGNMENTS) and `dropped.parquet` (DROPPED)."""
    path = catalog.ref("catalog.parquet").path
    schema = pq.read_schema(path)
    described = [name for name in schema.names if name.startswith(DESCRIPTOR)]
    known = labels_in(schema).spread(["record_id", "input", "domain", "label", "atom", "content_hash"])
    records = pq.read_table(path, columns=[*known, *described])
    if embedded is not None:
        records = with_embeddings(records, pq.read_table(embedded.ref(EMBEDDINGS).path))
    before = None if ledger is None else pq.read_table(ledger.path)
    seed = drawing_seed(seed, before)
    targets = pc.unique(records.filter(pc.field("domain") == "target")["input"]).to_pylist()
    where = "input " + " and ".join(repr(name) for name in targets)
    assigned = assign_splits(records, before, splits, seed=seed, where=where)
    write_table(assigned.assignments, out / "assignments.parquet")
    write_table(assigned.dropped, out / "dropped.parquet")
    moved = 0 if before is None else count_moved(before, assigned.assignments)
    decided = assigned.assignments
    content = records["content_hash"].take(pc.index_in(decided["record_id"], records["record_id"].combine_chunks()))
    former = count_former(before, decided["record_id"], content, decided["split"])
    drawings = [asdict(drawing) for drawing in list_drawings(before)]
    return {
        "sizes": worth_of(assigned.sizes, decided["split"].to_numpy(), decided["atom"].to_numpy()),
        "incidents": assigned.incidents,
        "moved": moved,
        "drawings": drawings,
        "former": former,
    }


@store_task("tasks.splitting", "tasks.sources.shards", reads=("seed",))
def lay_out(out: Path, *, catalog: Made, split: Made, seed: int) -> dict[str, Any]:
    """Cut every split into shards, in an order that a seed and the record ids decide: `train/00000.parquet` and so on.

    Shuffled shards are what somebody who streams them wants: no shard holds one label only.
    """
    records = pq.read_table(catalog.ref("catalog.parquet").path)
    decided = pq.read_table(split.ref("assignments.parquet").path)
    places = pc.index_in(records["record_id"], value_set=decided["record_id"].combine_chunks())
    records = records.append_column("split", decided["split"].take(places))
    rows: dict[str, int] = {}
    targets: dict[str, int] = {}
    for name in SPLITS:
        chosen = records.filter(pc.equal(records["split"], name))
        order = np.argsort(atom_hashes(chosen["record_id"].to_pylist(), seed), kind="stable")
        chosen = chosen.take(pa.array(order))
        rows[name] = chosen.num_rows
        for number, (start, stop) in enumerate(_shards(chosen)):
            shard, place = chosen.slice(start, stop - start), f"{name}/{number:05d}.parquet"
            write_table(shard, out / place)
            targets[place] = pc.sum(pc.equal(shard["domain"], "target")).as_py()
    return {"rows": rows, "targets": targets}


def _shards(records: pa.Table) -> list[tuple[int, int]]:
    """Cut rows so that no shard has more than SHARD_ROWS rows or, but for a single row, SHARD_BYTES stored bytes."""
    sizes = pc.fill_null(records["size_bytes"], 0).to_numpy()
    shards, start, held = [], 0, 0
    for row, size in enumerate(sizes.tolist()):
        if row > start and (row - start >= SHARD_ROWS or held + size > SHARD_BYTES):
            shards.append((start, row))
            start, held = row, 0
        held += size
    if len(records) > start:
        shards.append((start, len(records)))
    return shards
