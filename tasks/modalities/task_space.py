"""The task space of a build, from files to files: some rows of each split sensed, then a small model fitted to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.catalog.atomic import write_table
from tasks.catalog.embeddings import embedding_matrix
from tasks.catalog.labels import label_array, labels_in
from tasks.catalog.schema import DESCRIPTOR, EMBEDDING, VARIED_ROW
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.modality import Decoded
from tasks.sources.shards import batch_rows
from tasks.splitting.atom_table import atom_hashes
from tasks.task_space.columns import fit_columns
from tasks.task_space.folds import deal_folds
from tasks.task_space.space import COLUMNS, fit_task_space

BATCH = 128
"""Small records that are decoded at a time; of large ones fewer."""

ROWS = 2_000
"""Rows a split that are embedded: distances are taken between no more."""

TASK_EMBEDDING = "task_embedding.parquet"
"""record_id, split, synthetic, atom, then float32 coordinates `e0`, `e1` and so on; missing vectors have no row."""

IDENTITY, FEATURES, PICTURES = "identity.parquet", "features", "pictures.npy"


def sense_rows(
    out: Path,
    rows: Path,
    plan: Path,
    *,
    take: int,
    embedded: int,
    synthetic: bool,
    modality: str,
    seed: int,
    targets: int = 0,
    pictured: bool = False,
) -> dict[str, Any]:
    """Turn the first rows of a published shard into features: `identity.parquet` and `features.npy` or `.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    rows : Path
        Published rows; of synthetic ones those are taken whose parents are among the first `take` of the plan.
    plan : Path
        The shard as it was laid out, in step with the real rows: it knows their atoms.
    take : int
        Rows at most. Shards are shuffled, so that the first rows are a random choice.
    embedded : int
        Of them so many have a place in the space; the others only teach.
    synthetic : bool
    modality : str
    seed : int
    targets : int
        So many of the target's rows besides, wherever they stand in the shard: they are few in train. Of synthetic rows
        those that descend from them.
    pictured : bool
        Keep besides what a model sees that learns its own filters: `pictures.npy`, (n, channels, height, width).

    Returns
    -------
    dict
        `rows`, and the `split` that they are of.
    """
    kind = find_modality(modality)
    planned = pq.read_table(plan, columns=["record_id", "atom", "split", "domain"])
    split = planned["split"][0].as_py() if planned.num_rows else None
    more = np.flatnonzero(pc.equal(planned["domain"], "target").to_numpy())
    more = more[more >= take][:targets]
    planned = planned.take(pa.array(np.concatenate([np.arange(min(take, planned.num_rows)), more])))
    table = _with_parents(rows, planned["record_id"]) if synthetic else first_rows(rows, take)
    if len(more) and not synthetic:
        table = pa.concat_tables([table, _at(rows, more)])
    named = table["parent_id"] if synthetic else table["record_id"]
    place = pc.index_in(named, value_set=planned["record_id"].combine_chunks())
    known = ["record_id", "split", "synthetic", "domain", *labels_in(table.schema).columns]
    identity = table.select(known).append_column("atom", planned["atom"].take(place.combine_chunks()))
    write_table(identity.append_column("embedded", pc.less(place, embedded)), out / IDENTITY)
    if modality == "tabular":
        write_table(kind.descriptors(kind.decode(table)), out / f"{FEATURES}.parquet")
        return {"rows": table.num_rows, "split": split}
    step = batch_rows(table.nbytes, table.num_rows, most=BATCH)
    starts = range(0, max(1, table.num_rows), step)
    parts, pictures = [], []
    for start in starts:
        decoded = kind.decode(table.slice(start, step))
        parts.append(sense(modality, decoded, seed))
        if pictured:
            pictures.append(picture(modality, decoded).astype(np.float16))
    np.save(out / f"{FEATURES}.npy", np.concatenate(parts).astype(np.float16))
    if pictured:
        np.save(out / PICTURES, np.concatenate(pictures))
    return {"rows": table.num_rows, "split": split}


def learn_space(
    out: Path, sensed: Sequence[Path], *, leave_out: Sequence[str], modality: str, seed: int
) -> dict[str, Any]:
    """Fit a small model on source rows of train, and embed rows of every split: `task_embedding.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    sensed : sequence of Path
        Folders that `sense_rows` filled.
    leave_out : sequence of str
        Columns of a table that no model of the task may use.
    modality : str
    seed : int

    Returns
    -------
    dict
        What is told of the model: `kind` (what its labels are), `rows` that it learned from, its `error` and that of
        `guessing` (None where there are no labels), `width`, `scores`, `cross_fitted`; `embedding` is None.
    """
    identity = pa.concat_tables([pq.read_table(folder / IDENTITY) for folder in sensed])
    train = pc.and_(pc.equal(identity["split"], "train"), pc.invert(identity["synthetic"])).to_numpy()
    source = pc.equal(identity["domain"], "source").to_numpy()
    teaching = train & source if (train & source).any() else train
    if modality == "tabular":
        columns = pa.concat_tables([pq.read_table(folder / f"{FEATURES}.parquet") for folder in sensed])
        columns = columns.drop_columns([name for name in columns.column_names if _plain(name) in leave_out])
        features = fit_columns(columns.filter(pa.array(teaching)), seed=seed).see(columns)
    else:
        features = np.concatenate([np.load(folder / f"{FEATURES}.npy") for folder in sensed])
    folds = deal_folds(identity["atom"].to_pylist(), identity["split"].to_pylist(), teaching, seed=seed)
    space = fit_task_space(features, label_array(identity), folds, teaching, seed=seed)
    shown = identity["embedded"].to_numpy()
    _write(out, identity.filter(pa.array(shown)), space.embed(features[shown], folds[shown]))
    return {
        "kind": space.kind,
        "embedding": None,
        "rows": space.rows,
        "error": None if np.isnan(space.error) else space.error,
        "guessing": None if np.isnan(space.guessing) else space.guessing,
        "width": space.width,
        "scores": space.scores,
        "cross_fitted": space.cross_fitted,
    }


def borrow_space(out: Path, manifest: Path, name: str, *, seed: int) -> dict[str, Any]:
    """Take an embedding of the user's for the task space: `task_embedding.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    manifest : Path
        Real and synthetic records with their embeddings.
    name : str
        Which embedding.
    seed : int
        Chooses rows.
    """
    known = ["record_id", "parent_id", "split", "synthetic", "atom", EMBEDDING + name]
    records = pq.read_table(manifest, columns=known, filters=~VARIED_ROW)
    records = records.filter(pc.is_valid(records[EMBEDDING + name]))
    own = pc.coalesce(records["parent_id"], records["record_id"])
    hashes = atom_hashes(own.to_pylist(), seed)
    splits, synthetic = records["split"].to_numpy(), records["synthetic"].to_numpy()
    share = max(1.0, synthetic.sum() / max(1, int(((splits == "train") & ~synthetic).sum())))
    chosen = np.zeros(records.num_rows, bool)
    for split in np.unique(splits):
        real = hashes[(splits == split) & ~synthetic]
        most = int(ROWS / share) if split == "train" else ROWS
        if len(real):
            last = np.sort(real)[min(most, len(real)) - 1]
            chosen |= (splits == split) & (hashes <= last)
    records = records.filter(pa.array(chosen))
    values = embedding_matrix(records[EMBEDDING + name])
    _write(out, records, values)
    nothing = {"rows": 0, "error": None, "guessing": None, "scores": 0, "cross_fitted": True}
    return {"kind": "none", "embedding": name, "width": values.shape[1], **nothing}


def _write(out: Path, identity: pa.Table, values: NDArray[np.float32]) -> None:
    table = identity.select(["record_id", "split", "synthetic", "atom"])
    for place in range(min(values.shape[1], COLUMNS)):
        table = table.append_column(f"e{place}", pa.array(values[:, place], pa.float32()))
    write_table(table, out / TASK_EMBEDDING)


def sense(modality: str, decoded: Decoded, seed: int) -> NDArray[np.float32]:
    """Return what a small model sees or hears of pictures or sounds, (n, p)."""
    if modality == "image":
        from tasks.task_space.pictures import see_pictures

        return see_pictures(decoded, seed=seed)
    from tasks.task_space.sounds import hear_sounds

    return hear_sounds(decoded, seed=seed)


def picture(modality: str, decoded: Decoded) -> NDArray[np.float32]:
    """Return what a model sees or hears that learns its own filters, (n, channels, height, width)."""
    if modality == "image":
        from tasks.task_space.pictures import small_pictures

        return small_pictures(decoded)
    from tasks.task_space.sounds import small_spectrograms

    return small_spectrograms(decoded)


def _plain(name: str) -> str:
    return name.removeprefix(DESCRIPTOR)


def first_rows(rows: Path, take: int) -> pa.Table:
    """Read no more than the first rows of a published shard: photos are large."""
    with pq.ParquetFile(rows) as file:
        sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        before = np.cumsum([0, *sizes[:-1]]) if sizes else np.empty(0)
        return file.read_row_groups(np.flatnonzero(before < take).tolist()).slice(0, take)


def _at(rows: Path, places: NDArray[np.int64]) -> pa.Table:
    """Read single rows of a file, no more than a row group at a time."""
    found = []
    with pq.ParquetFile(rows) as file:
        start = 0
        for number in range(file.num_row_groups):
            stop = start + file.metadata.row_group(number).num_rows
            here = places[(places >= start) & (places < stop)] - start
            if len(here):
                found.append(file.read_row_group(number).take(pa.array(here)))
            start = stop
    return pa.concat_tables(found)


def _with_parents(rows: Path, parents: pa.ChunkedArray) -> pa.Table:
    """Read the rows that descend from some parents, in their order."""
    wanted = pc.is_in(pq.read_table(rows, columns=["parent_id"])["parent_id"], value_set=parents.combine_chunks())
    places = np.flatnonzero(wanted.to_numpy())
    last = int(places[-1]) + 1 if len(places) else 0
    return first_rows(rows, last).take(pa.array(places))
