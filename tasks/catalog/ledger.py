"""Which atom is in which split, for ever: nothing that was assigned ever moves."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.schema import LEDGER, SPLITS
from tasks.errors import StoreError, some

ORDER = ("train", "train-dev", "dev", "test")
"""From the splits that models see most to the one they see last: of two that meet, the earlier one gives way."""

INCIDENTS = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("atom", pa.string(), nullable=False),
        pa.field("was", pa.string()),  # the split that the ledger has for it; null: a new record
        pa.field("kept", pa.string(), nullable=False),  # the split that its atom stays in
    ]
)
"""Records that an atom between two splits, or a source record tied to dev or test, leaves without a split."""


@dataclass(frozen=True)
class Settled:
    """What the ledger says about the records of a build.

    Parameters
    ----------
    split : pa.StringArray, length n
        The split that a record is in already; null where it is to be drawn or dropped.
    fresh : ndarray of bool, shape (n,)
        True where a record's atom has never been assigned.
    incidents : pa.Table
        Records that get no split because their atom lies in two; columns of `INCIDENTS`.
    """

    split: pa.Array
    fresh: np.ndarray
    incidents: pa.Table


def check_ledger(ledger: pa.Table, where: str = "ledger.parquet") -> pa.Table:
    """Return the ledger with its columns in order, or say how it is damaged.

    Raises
    ------
    StoreError
        For missing columns, unknown splits, records that stand in it twice.
    """
    remedy = f"Restore {where} from a backup; if there is none, start a new store."
    if missing := [name for name in LEDGER.names if name not in ledger.column_names]:
        raise StoreError(f"{where}: the column {missing[0]!r} is missing; found {some(ledger.column_names)}. {remedy}")
    try:
        ledger = ledger.select(LEDGER.names).cast(LEDGER)
    except (pa.ArrowInvalid, ValueError) as error:
        raise StoreError(f"{where}: {error}. {remedy}") from error
    for name in LEDGER.names:
        if ledger[name].null_count:
            raise StoreError(f"{where}: {ledger[name].null_count:,} rows have no {name}. {remedy}")
    found = pc.unique(ledger["split"]).to_pylist()
    if unknown := sorted(set(found) - set(SPLITS)):
        raise StoreError(f"{where}: unknown split {some(unknown)}; the splits are {', '.join(SPLITS)}. {remedy}")
    counts = pc.value_counts(ledger["record_id"])
    twice = counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1))
    if len(twice):
        names = sorted(pc.struct_field(twice, "values").to_pylist())
        raise StoreError(f"{where}: {len(names):,} records stand in it twice: {some(names)}. {remedy}")
    return ledger


def settle(
    record_id: pa.Array, atom: pa.Array, content_hash: pa.Array, ledger: pa.Table, *, domain: pa.Array | None = None
) -> Settled:
    """Find what the ledger has already decided."""
    ledger = check_ledger(ledger)
    n = len(record_id)
    rank = {name: place for place, name in enumerate(ORDER)}
    ledger_rank = np.array([rank[name] for name in ledger["split"].to_pylist()], np.int64)
    by_id = _match(record_id, ledger["record_id"])
    own = np.where(by_id >= 0, ledger_rank[by_id] if len(ledger_rank) else -1, -1)
    by_content = _match(content_hash, ledger["content_hash"])
    known = np.where(own >= 0, own, np.where(by_content >= 0, ledger_rank[by_content] if len(ledger_rank) else -1, -1))
    codes = np.asarray(atom.dictionary_encode().indices)
    count = int(codes.max()) + 1 if n else 0
    kept = np.full(count, -1)
    np.maximum.at(kept, codes, known)
    final = kept[codes]
    fresh = final < 0
    dropped = ~fresh & (known >= 0) & (known != final)
    if domain is not None:
        is_source = np.asarray(pc.equal(domain, "source"))
        dropped |= is_source & (final >= rank["dev"])
    names = np.array([*ORDER, None], object)
    split = np.where(dropped | fresh, None, names[final])
    where = np.flatnonzero(dropped)
    incidents = pa.table(
        [
            record_id.take(where),
            atom.take(where),
            pa.array(names[own[where]].tolist(), pa.string()),
            pa.array(names[final[where]].tolist(), pa.string()),
        ],
        schema=INCIDENTS,
    )
    return Settled(pa.array(split.tolist(), pa.string()), fresh, incidents)


def extend(ledger: pa.Table, assignments: pa.Table, version: int) -> pa.Table:
    """Add a version's new assignments to the ledger.

    Parameters
    ----------
    ledger : pa.Table
        `LEDGER`.
    assignments : pa.Table
        Columns record_id, atom, split, content_hash.

    Raises
    ------
    StoreError
        When an assignment contradicts the ledger.
    """
    ledger = check_ledger(ledger)
    place = _match(assignments["record_id"], ledger["record_id"])
    known = np.flatnonzero(place >= 0)
    then = ledger["split"].take(place[known])
    now = assignments["split"].take(known)
    moved = np.flatnonzero(np.asarray(pc.not_equal(then, now))) if len(known) else np.array([], int)
    if len(moved):
        names = assignments["record_id"].take(known[moved]).to_pylist()
        raise StoreError(
            f"{len(names):,} records would move to another split than the ledger has: {some(names)}. "
            "Nothing was written; build again with the store's own ledger."
        )
    new = assignments.filter(pa.array(place < 0)).sort_by("record_id")
    added = new.append_column("since_version", pa.array(np.full(len(new), version), pa.int64()))
    return check_ledger(pa.concat_tables([ledger, added.select(LEDGER.names).cast(LEDGER)]))


def count_moved(ledger: pa.Table, assignments: pa.Table) -> int:
    """Count the assigned records that the ledger has in another split; anything but 0 is a fault of the build."""
    place = _match(assignments["record_id"], ledger["record_id"])
    known = np.flatnonzero(place >= 0)
    moved = pc.not_equal(ledger["split"].take(place[known]), assignments["split"].take(known))
    return int(pc.sum(moved).as_py() or 0)


def _match(values: pa.Array, known: pa.Array) -> np.ndarray:
    found = pc.index_in(values, value_set=known.combine_chunks() if isinstance(known, pa.ChunkedArray) else known)
    return np.asarray(pc.fill_null(found, -1))
