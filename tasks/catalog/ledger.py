"""Which record is in which split: nothing that was assigned moves, unless dev and test are drawn anew on purpose."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.schema import LEDGER, SPLITS
from tasks.errors import StoreError, some

Codes: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Names: TypeAlias = npt.NDArray[Any]

ORDER = ("train", "train-dev", "dev", "test")
"""From the split that models see most to the one that they see last: of two that meet in an atom the earlier gives way,
so that what test has measured stays true."""

JUDGED = ("dev", "test")
"""Splits that hold target records only."""


@dataclass(frozen=True)
class Settled:
    """What the ledger has decided about the records of a build.

    Parameters
    ----------
    split : ndarray of str, shape (n,)
        The split that a record belongs to already; "" where it is to be drawn or left out.
    fresh : ndarray of bool, shape (n,)
        True where no record of the atom was ever assigned: these are to be drawn.
    incident : ndarray of bool, shape (n,)
        True for records of the ledger that are left out because their atom now reaches into a later split.
    repeats : ndarray of str, shape (n,)
        "dev" or "test" for source records that are left out because they are of an atom there, else "".

    Notes
    -----
    Invariant: every record has a split, or is fresh, or is left out for exactly one reason.
    """

    split: Names
    fresh: Flags
    incident: Flags
    repeats: Names


ALWAYS = [field.name for field in LEDGER if not field.nullable]
"""The columns that every ledger has."""


def check_ledger(ledger: pa.Table, where: str = "ledger.parquet") -> pa.Table:
    """Return the ledger with the columns of `LEDGER`, or say how it is damaged.

    Parameters
    ----------
    ledger : pa.Table
    where : str
        What it is called in messages.

    Raises
    ------
    StoreError
        For missing columns, empty cells, unknown splits, records that stand in it twice, releases without a reason.
    """
    remedy = f"Restore {where} from a backup, or take the newest version's; without it a build would draw dev anew."
    if missing := [name for name in ALWAYS if name not in ledger.column_names]:
        raise StoreError(f"{where}: column {missing[0]!r} wanted, found {some(ledger.column_names)}. {remedy}")
    for name in ALWAYS:
        if gone := ledger[name].null_count:
            raise StoreError(f"{where}: {gone:,} of {len(ledger):,} rows have no {name}. {remedy}")
    for name in LEDGER.names:  # an older release did not know them
        if name not in ledger.column_names:
            ledger = ledger.append_column(name, pa.nulls(len(ledger), LEDGER.field(name).type))
    try:
        ledger = ledger.select(LEDGER.names).cast(LEDGER)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise StoreError(f"{where}: a column is of the wrong kind ({error}). {remedy}") from error
    if unknown := sorted(set(pc.unique(ledger["split"]).to_pylist()) - set(SPLITS)):
        raise StoreError(f"{where}: one of {', '.join(SPLITS)} wanted in column split, found {some(unknown)}. {remedy}")
    if pc.any(pc.xor(pc.is_null(ledger["released_in"]), pc.is_null(ledger["release_reason"]))).as_py():
        raise StoreError(f"{where}: rows were released without a version or without a reason. {remedy}")
    held = _in_force(ledger)["record_id"]
    if pc.count_distinct(held).as_py() < len(held):
        counts = pc.value_counts(held)
        twice = counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1))
        names = sorted(pc.struct_field(twice, "values").to_pylist())
        raise StoreError(f"{where}: {len(names):,} records stand in it twice: {some(names)}. {remedy}")
    return ledger


def settle(
    record_id: pa.Array, atom: pa.Array, content_hash: pa.Array, ledger: pa.Table, *, domain: pa.Array | None = None
) -> Settled:
    """Find what the ledger has decided about the records of a build.

    Parameters
    ----------
    record_id, atom, content_hash : pa.Array or pa.ChunkedArray, length n
        The records as they are tied now.
    ledger : pa.Table
        `LEDGER`.
    domain : pa.Array or pa.ChunkedArray, length n, optional
        "source" or "target"; with it source records of an atom in dev or test are told from incidents.

    Raises
    ------
    StoreError
        When the ledger is damaged.

    Notes
    -----
    A record is known by its id or, if that is new, by the content of a record that is gone: a file that was renamed is
    no new file. An atom with one known split gives it to its new records. Where two splits meet in one atom, the later
    of `ORDER` keeps it and the records of the others are left out as long as they are tied; the ledger still says where
    they were.

    Invariant: no record gets a split other than the one that it has in the ledger.
    """
    ledger = _in_force(check_ledger(ledger))
    n = len(record_id)
    rank_of_row = _ranks(ledger["split"])
    own = _look_up(record_id, ledger["record_id"], rank_of_row)
    # Contents speak for records that are gone only: two records of one build that look alike are tied, or were found to
    # look alike by coincidence. Of equal contents in several splits the latest counts; index_in finds the first.
    gone = np.asarray(pc.is_null(_whole(_places(ledger["record_id"], record_id))), bool)
    gone_rows = np.flatnonzero(gone)[np.argsort(-rank_of_row[gone], kind="stable")]
    contents = _look_up(content_hash, ledger["content_hash"].take(pa.array(gone_rows)), rank_of_row[gone_rows])
    known = np.where(own >= 0, own, contents)
    codes = np.asarray(_whole(atom).dictionary_encode().indices, np.int64)
    kept_by_atom = np.full(int(codes.max(initial=-1)) + 1, -1, np.int64)
    np.maximum.at(kept_by_atom, codes, known)
    kept = kept_by_atom[codes]
    fresh = kept < 0
    incident = (known >= 0) & (known != kept)
    is_source = np.zeros(n, bool) if domain is None else np.asarray(pc.equal(_whole(domain), "source"))
    repeating = is_source & (kept >= ORDER.index("dev")) & ~incident & (own != kept)
    names = np.array([*ORDER, ""], object)
    split = np.where(fresh | incident | repeating, "", names[kept])
    return Settled(split, fresh, incident, np.where(repeating, names[kept], ""))


def extend(ledger: pa.Table, assignments: pa.Table, version: int) -> pa.Table:
    """Add a version's new assignments to the ledger.

    Parameters
    ----------
    ledger : pa.Table
        `LEDGER`.
    assignments : pa.Table
        Columns record_id, atom, split and content_hash: all assignments of the version.
    version : int
        The version's number.

    Returns
    -------
    pa.Table
        `LEDGER`: the old rows as they were, then the new ones by record id.

    Raises
    ------
    StoreError
        When the ledger is damaged or an assignment contradicts it.

    Notes
    -----
    Invariants: rows are only added; a record that is no longer there keeps its row, so it comes back to its split; a
    record that was released gets a further row.
    """
    ledger = check_ledger(ledger)
    new = pc.is_null(_places(assignments["record_id"], _in_force(ledger)["record_id"]))
    if moved := _moved(ledger, assignments):
        raise StoreError(
            f"ledger.parquet: {len(moved):,} records have another split there than version {version:,} gives them: "
            f"{some(moved)}. Nothing was written; build again with this store's own ledger."
        )
    added = assignments.select([name for name in ALWAYS if name != "since_version"]).filter(new).sort_by("record_id")
    added = added.append_column("since_version", pa.array(np.full(len(added), version, np.int64)))
    added = check_ledger(added, f"assignments of version {version:,}")
    return check_ledger(pa.concat_tables([ledger, added]), f"assignments of version {version:,}")


def count_moved(ledger: pa.Table, assignments: pa.Table) -> int:
    """Count the assigned records that the ledger has in another split; anything but 0 is a fault of the build."""
    return len(_moved(ledger, assignments))


def _moved(ledger: pa.Table, assignments: pa.Table) -> list[str]:
    ledger = _in_force(ledger)
    before = ledger["split"].take(_places(assignments["record_id"], ledger["record_id"]))
    moved = pc.fill_null(pc.not_equal(before, assignments["split"]), False)
    return sorted(assignments["record_id"].filter(moved).to_pylist())


def _in_force(ledger: pa.Table) -> pa.Table:
    """Leave out what `matchset redraw` took back."""
    if "released_in" not in ledger.column_names:
        return ledger
    return ledger.filter(pc.is_null(ledger["released_in"]))


def _ranks(split: pa.ChunkedArray) -> Codes:
    return np.asarray(pc.index_in(_whole(split), value_set=pa.array(ORDER)), np.int64)


def _look_up(values: pa.Array, keys: pa.Array, ranks: Codes) -> Codes:
    """Return the rank that each value's key has, -1 where there is none."""
    place = np.asarray(pc.fill_null(_whole(_places(values, keys)), -1), np.int64)
    return np.append(ranks, -1)[place]


def _places(values: pa.Array, keys: pa.Array) -> pa.Array:
    return pc.index_in(values, value_set=_whole(keys))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
