"""Rows of a published version as a small model sees them, from files to files: chosen, then read in pieces."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.catalog.atomic import write_table
from tasks.catalog.labels import labels_in
from tasks.catalog.schema import WEIGHT
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.task_space import FEATURES, IDENTITY, PICTURES, picture, sense
from tasks.sources.shards import batch_rows
from tasks.splitting.atom_table import atom_hashes

CHOSEN = "chosen.parquet"
MOST = {"image": 10_000, "audio": 10_000, "tabular": 30_000}
"""Rows of each origin that teach. A linear model has hardly anything left to learn from more, and two cores see so many
characters in half a minute."""
MOST_JUDGED = 50_000
"""Rows of a split and domain that are judged: more tell no smaller error."""
BATCH = 256
_MADE = {"source": "synthetic", "target": "varied"}
_KNOWN = ["record_id", "split", "domain", "synthetic", "parent_id", "atom"]


def choose_rows(out: Path, manifest: Path, *, test: bool, modality: str, seed: int) -> dict[str, Any]:
    """Choose the records that a baseline learns from and is judged on: `chosen.parquet` (record_id, atom).

    Parameters
    ----------
    out : Path
        The folder to fill.
    manifest : Path
    test : bool
        Whether the model is judged on test; otherwise nothing of it is read.
    modality : str
    seed : int
        Chooses atoms where there are too many rows.

    Returns
    -------
    dict
        `rows`: what the version holds, by split and origin, `train/source` and so on; `chosen`: the same of the choice.

    Notes
    -----
    Invariants: atoms are whole but for the last; a synthetic record is chosen only with its parent.
    """
    records = pq.read_table(manifest, columns=_KNOWN)
    records = records.filter(pc.is_valid(records["split"]))
    hashes = atom_hashes(records["atom"].to_pylist(), seed)
    split, domain = (records[name].to_numpy() for name in ("split", "domain"))
    synthetic = records["synthetic"].to_numpy()
    group = np.array([f"{a}/{_MADE[b] if c else b}" for a, b, c in zip(split, domain, synthetic, strict=True)], object)
    taken = np.zeros(records.num_rows, bool)
    most, counts = MOST[modality], {}
    for name in sorted(set(group.tolist())):
        rows = np.flatnonzero(group == name)
        counts[name] = len(rows)
        if name.startswith("test/") and not test:
            continue
        if name.endswith(tuple(_MADE.values())):
            parents = records["record_id"].filter(pa.array(taken)).combine_chunks()
            rows = rows[pc.is_in(records["parent_id"].take(pa.array(rows)), value_set=parents).to_numpy()]
        quota = most if name.startswith("train/") else MOST_JUDGED
        taken[rows[np.argsort(hashes[rows], kind="stable")[:quota]]] = True
    write_table(records.filter(pa.array(taken)).select(["record_id", "atom"]), out / CHOSEN)
    chosen = {name: int((taken & (group == name)).sum()) for name in counts}
    return {"rows": counts, "chosen": chosen}


def see_rows(
    out: Path, rows: Path, chosen: Path, *, modality: str, seed: int, pictured: bool = False
) -> dict[str, Any]:
    """Turn the chosen rows of a published file into features: `identity.parquet` and `features.npy` or `.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    rows : Path
        A published file; no more than a row group of it is held at a time.
    chosen : Path
        What `choose_rows` made.
    modality : str
    seed : int
        Draws the filters.
    pictured : bool
        Whether `pictures.npy` is written too: small pictures or spectrograms, (n, channels, height, width), for a model
        that learns its own filters.
    """
    wanted = pq.read_table(chosen)
    ids = wanted["record_id"].combine_chunks()
    identities: list[pa.Table] = []
    features: list[NDArray[np.float16]] = []
    pictures: list[NDArray[np.float16]] = []
    columns: list[pa.Table] = []
    kind = find_modality(modality)
    with pq.ParquetFile(rows) as file:
        known = labels_in(file.schema_arrow)
        for number in range(max(1, file.num_row_groups)):
            table = file.read_row_group(number) if file.num_row_groups else file.schema_arrow.empty_table()
            table = table.filter(pc.is_in(table["record_id"], value_set=ids))
            place = pc.index_in(table["record_id"], value_set=ids)
            identity = table.select(
                ["record_id", "split", "domain", "synthetic", "parent_id", WEIGHT, *known.columns]
            ).append_column("atom", wanted["atom"].take(place.combine_chunks()))
            if not table.num_rows and identities:
                continue
            identities.append(identity)
            if modality == "tabular":
                columns.append(kind.descriptors(kind.decode(table)))
                continue
            step = batch_rows(table.nbytes, table.num_rows, most=BATCH)
            starts = range(0, max(1, table.num_rows), step)
            for start in starts:
                decoded = kind.decode(table.slice(start, step))
                features.append(sense(modality, decoded, seed).astype(np.float16))
                if pictured:
                    pictures.append(picture(modality, decoded).astype(np.float16))
    write_table(pa.concat_tables(identities), out / IDENTITY)
    if modality == "tabular":
        write_table(pa.concat_tables(columns), out / f"{FEATURES}.parquet")
    else:
        np.save(out / f"{FEATURES}.npy", np.concatenate(features))
    if pictures:
        np.save(out / PICTURES, np.concatenate(pictures))
    return {"rows": sum(identity.num_rows for identity in identities)}
