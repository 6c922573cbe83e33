"""Drawing dev and test anew: what the ledger releases for it, why, and what it remembers of it for ever."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.digest import digest_value
from tasks.catalog.ledger import JUDGED, check_ledger
from tasks.catalog.schema import LEDGER, SPLITS
from tasks.errors import StoreError


@dataclass(frozen=True)
class Drawing:
    """One time that dev and test were drawn anew."""

    version: int
    """The version that holds the new draw."""
    reason: str
    released: Mapping[str, int]
    """Split -> records that were free to be drawn anew."""

    def __str__(self) -> str:
        told = " and ".join(f"{rows:,} of {split}" for split, rows in self.released.items())
        return f"version {self.version} drew dev and test anew, from {told} and what was in no split: {self.reason}"


def release(ledger: pa.Table, *, reason: str, version: int, from_train: Collection[str] = ()) -> pa.Table:
    """Take back the assignments of dev and test, so that the next draw may assign their records anew.

    Parameters
    ----------
    ledger : pa.Table
        `LEDGER`, or an older one without its last columns.
    reason : str
        Why; kept in every row that is released.
    version : int
        The version that will hold the new draw.
    from_train : collection of str
        Inputs whose records in train are released too.

    Returns
    -------
    pa.Table
        `LEDGER` with as many rows: those that are released name the version and the reason.

    Raises
    ------
    StoreError
        When the ledger is damaged, or has nothing in dev or test to release.

    Notes
    -----
    Invariants: no row is removed, and nothing in it changes but those two columns; what was in train or train-dev
    stays there, but for `from_train`; a release that was killed before its version was published is gone on with: what
    was drawn for that very version is not released again, so a second call changes no more than the reason.
    """
    ledger = check_ledger(ledger)
    pending = pc.fill_null(pc.equal(ledger["released_in"], version), False)
    in_force = pc.is_null(ledger["released_in"])
    freed = pc.is_in(ledger["split"], pa.array(JUDGED))
    if from_train:
        owner = pc.list_element(pc.split_pattern(ledger["record_id"], "/", max_splits=1), 0)
        theirs = pc.is_in(owner, pa.array(sorted(from_train), pa.string()))
        freed = pc.or_(freed, pc.and_(theirs, pc.equal(ledger["split"], "train")))
    freed = pc.and_(freed, in_force)
    if pc.any(pending).as_py():
        freed = pc.and_(freed, pc.less(ledger["since_version"], version))
    marked = pc.or_(freed, pending)
    if not pc.any(pc.and_(marked, pc.is_in(ledger["split"], pa.array(JUDGED)))).as_py():
        raise StoreError(
            "ledger.parquet: no record is in dev or test, so there is nothing to draw anew. Build instead: "
            "matchset build CONFIG"
        )
    columns = {
        "released_in": pc.if_else(marked, pa.scalar(version, pa.int64()), ledger["released_in"]),
        "release_reason": pc.if_else(marked, pa.scalar(reason, pa.string()), ledger["release_reason"]),
    }
    for name, column in columns.items():
        ledger = ledger.set_column(ledger.column_names.index(name), LEDGER.field(name), column)
    return check_ledger(ledger)


def list_drawings(ledger: pa.Table | None) -> tuple[Drawing, ...]:
    """Return every time that dev and test were drawn anew, the first one first."""
    if ledger is None:
        return ()
    ledger = check_ledger(ledger)
    freed = ledger.filter(pc.is_valid(ledger["released_in"]))
    counted = freed.group_by(["released_in", "release_reason", "split"]).aggregate([([], "count_all")]).to_pylist()
    found: dict[tuple[int, str], dict[str, int]] = {}
    for row in counted:
        found.setdefault((row["released_in"], row["release_reason"]), {})[row["split"]] = row["count_all"]
    ranked = [*JUDGED, *(split for split in SPLITS if split not in JUDGED)]
    return tuple(
        Drawing(version, reason, {split: rows[split] for split in ranked if split in rows})
        for (version, reason), rows in sorted(found.items())
    )


def drawing_seed(seed: int, ledger: pa.Table | None) -> int:
    """Return the seed of the latest draw: another one each time, or the same records would be drawn again."""
    drawings = len({drawing.version for drawing in list_drawings(ledger)})
    return int(digest_value([seed, drawings])[:8], 16) if drawings else seed


def count_former(
    ledger: pa.Table | None, record_id: pa.ChunkedArray, content_hash: pa.ChunkedArray, split: pa.ChunkedArray
) -> dict[str, dict[str, int]]:
    """Count the records that were in another split, or in the same one by an earlier draw.

    Parameters
    ----------
    ledger : pa.Table or None
        What it was before these assignments.
    record_id, content_hash, split : pa.ChunkedArray, length n
        The assignments of a version.

    Returns
    -------
    dict
        Split -> former split -> records that were ever released from there, whether they are known by their id or,
        having been renamed, by their content. For dev and test all four are named, for train and train-dev what is
        not 0.
    """
    freed = None if ledger is None else check_ledger(ledger)
    former: dict[str, dict[str, int]] = {name: {} for name in SPLITS}
    for before in SPLITS:
        known = np.zeros(len(record_id), bool)
        if freed is not None:
            rows = freed.filter(pc.and_(pc.is_valid(freed["released_in"]), pc.equal(freed["split"], before)))
            known |= pc.is_in(record_id, rows["record_id"].combine_chunks()).to_numpy()
            known |= pc.is_in(content_hash, rows["content_hash"].combine_chunks()).to_numpy()
        for now in SPLITS:
            count = int(np.count_nonzero(known & pc.equal(split, now).to_numpy()))
            if count or now in JUDGED:
                former[now][before] = count
    return former
