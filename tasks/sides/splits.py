"""A split of a published version as a side: the descriptors that its build measured."""

import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.embeddings import embedding_matrix
from tasks.catalog.labels import labels_in
from tasks.catalog.schema import AUGMENTED, DESCRIPTOR, EMBEDDING, SPLITS, VARIED_ROW
from tasks.catalog.store import Store
from tasks.config.section import did_you_mean
from tasks.descriptors.descriptor import Descriptor
from tasks.errors import ConfigError, InputError, StoreError
from tasks.modalities.kinds import modality as find_modality
from tasks.sides.side import Side

SYNTHETIC = "synthetic"
NAMES = (*SPLITS, AUGMENTED, SYNTHETIC)
"""What can be named: the splits, whose rows are real; train with its synthetic rows; and those alone."""


def read_split(name: str, store: Store, version: int | None, split: str, *, ignore: Sequence[str] = ()) -> Side:
    """Read one split of a version: its descriptors, labels and atoms.

    Parameters
    ----------
    name : str
        What the user called it.
    store : Store
    version : int, optional
        The published one by default.
    split : str
        One of `NAMES`.
    ignore : sequence of str
        Descriptors that are not compared.

    Returns
    -------
    Side

    Raises
    ------
    ConfigError
        When there is no such store or split.
    StoreError
        When it has no such version, or its manifest is damaged.
    InputError
        When the version has no row of that split.
    """
    if split not in NAMES:
        raise ConfigError(f"{name}: there is no split {split!r}{did_you_mean(split, list(NAMES))}")
    manifest = _manifest(store, version).filter(~VARIED_ROW)  # as in the build's own measurements
    synthetic = manifest["synthetic"]
    of_train = pc.equal(manifest["split"], "train" if split in (SYNTHETIC, AUGMENTED) else split)
    chosen = {
        SYNTHETIC: pc.and_(of_train, synthetic),
        AUGMENTED: of_train,
    }.get(split, pc.and_(of_train, pc.invert(synthetic)))
    rows = manifest.filter(chosen)
    if not rows.num_rows:
        raise InputError(f"{name}: that version has no rows of {split}, so there is nothing to compare.")
    described = rows.select([column for column in rows.column_names if column.startswith(DESCRIPTOR)])
    table = described.rename_columns([column.removeprefix(DESCRIPTOR) for column in described.column_names])
    kind, notes = _kind_of(table)
    labels = labels_in(rows.schema)
    if labels.kind != "class":  # numbers and yes-or-no labels are compared as columns are
        for column in labels.columns:
            table = table.append_column(column, rows[column].cast(pa.float64()))
    for column in (column for column in rows.column_names if column.startswith(EMBEDDING)):
        table = _spread(table, column.removeprefix(EMBEDDING), rows[column])
    known = labels.kind == "class" and rows["label"].null_count < rows.num_rows
    return Side(
        name,
        kind,
        table.select([column for column in table.column_names if column not in ignore]),
        atoms=rows["atom"],
        labels=rows["label"] if known else None,
        paths=rows["record_id"],
        content=rows["content_hash"] if "content_hash" in rows.column_names and kind != "tabular" else None,
        left_out=dict.fromkeys([column for column in table.column_names if column in ignore], "left out by --ignore"),
        notes=notes,
    )


def _manifest(store: Store, version: int | None) -> pa.Table:
    if not store.refresh():
        raise ConfigError(f"{store.place} is not a store yet; build it first: matchset build CONFIG")
    wanted = version if version is not None else store.current_version()
    known = store.known_versions()
    if wanted is None or f"{wanted:06d}" not in known:
        which = "a published version" if wanted is None else f"version {wanted}"
        raise StoreError(f"{store.place} has no {which}; it has {', '.join(known) or 'none'}")
    place = f"versions/{wanted:06d}/manifest.parquet"
    path = store.root / place
    data = store.remote.read(place) if store.remote is not None else path.read_bytes() if path.exists() else None
    try:
        if data is None:
            raise FileNotFoundError("it is not there")
        return pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())[:120]
        raise StoreError(f"{store.place}/{place}: {said}. Restore it, or build the version again.") from error


def _kind_of(table: pa.Table) -> tuple[str, dict[str, Descriptor]]:
    """Tell the modality by its descriptors; a build of another release may have had more, or others."""
    from tasks.descriptors import audio, image

    for kind, known in (("image", image.DESCRIPTORS), ("audio", audio.DESCRIPTORS)):
        if 2 * len(set(table.column_names) & set(known)) > len(table.column_names):
            return kind, dict(known)
    return "tabular", dict(
        find_modality("tabular").notes(table.rename_columns([f"feature_{c}" for c in table.column_names]))
    )


def _spread(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    values = embedding_matrix(column).astype(np.float64)
    for place in range(values.shape[1]):
        table = table.append_column(f"{name} {place + 1}", pa.array(values[:, place]))
    return table
