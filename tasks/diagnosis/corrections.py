"""The ledger of corrections: labels that people found wrong, and what they are; rows are added, none is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from tasks.catalog.labels import labels_in
from tasks.errors import InputError, StoreError, some

CORRECTIONS = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("was", pa.string(), nullable=False),
        pa.field("now", pa.string(), nullable=False),
        pa.field("version", pa.int64(), nullable=False),  # the version whose label was found wrong
        pa.field("sheet", pa.string(), nullable=False),
        pa.field("reviewers", pa.string(), nullable=False),
        pa.field("applied", pa.string(), nullable=False),  # the day, ISO 8601
    ]
)
"""`<store>/corrections.parquet`. Of several rows of a record the last holds."""


@dataclass(frozen=True)
class Applied:
    """What corrections did to the labels of a build.

    Parameters
    ----------
    corrected : mapping of str to int
        Split -> labels that were changed, or that the input has mended itself.
    gone : int
        Corrected records that no input holds any more.
    stale : tuple of str
        Records whose label is neither what it was nor what it was corrected to: the input's word holds.
    """

    corrected: Mapping[str, int] = field(default_factory=dict)
    gone: int = 0
    stale: tuple[str, ...] = ()


def check_corrections(ledger: pa.Table, where: str = "corrections.parquet") -> pa.Table:
    """Return the ledger with the columns of `CORRECTIONS`, or say how it is damaged.

    Raises
    ------
    StoreError
        For missing columns or empty cells.
    """
    remedy = f"Restore {where} from a backup; deleting it takes all corrections back."
    if missing := [name for name in CORRECTIONS.names if name not in ledger.column_names]:
        raise StoreError(f"{where}: column {missing[0]!r} wanted, found {some(ledger.column_names)}. {remedy}")
    ledger = ledger.select(CORRECTIONS.names)
    if empty := [name for name in CORRECTIONS.names if ledger[name].null_count]:
        raise StoreError(f"{where}: column {empty[0]!r} has empty cells. {remedy}")
    try:
        return ledger.cast(CORRECTIONS)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise StoreError(f"{where}: a column is of the wrong kind ({error}). {remedy}") from error


def extend_corrections(ledger: pa.Table, added: pa.Table, labels: Mapping[str, str]) -> pa.Table:
    """Add corrections.

    Parameters
    ----------
    ledger, added : pa.Table
        `CORRECTIONS`.
    labels : mapping of str to str
        Record -> its label in the published version.

    Returns
    -------
    pa.Table
        The old rows as they were, then the new ones by record; what the ledger already says is not said again.

    Raises
    ------
    InputError
        When a record is not there, or its label is no longer what was found wrong. Nothing is added then.

    Notes
    -----
    Invariants: no row is changed or removed; adding the same corrections twice adds nothing the second time.
    """
    ledger, added = check_corrections(ledger), check_corrections(added)
    known = {row["record_id"]: row["now"] for row in ledger.to_pylist()}
    new = [row for row in added.to_pylist() if known.get(row["record_id"]) != row["now"]]
    if unknown := sorted(row["record_id"] for row in new if row["record_id"] not in labels):
        raise InputError(
            f"{len(unknown):,} corrected records are not in the published version: {some(unknown)}. Nothing was "
            f"applied; audit the published version, or leave them out."
        )
    if moved := sorted(row["record_id"] for row in new if labels[row["record_id"]] not in (row["was"], row["now"])):
        raise InputError(
            f"{len(moved):,} records have another label by now than the one that was found wrong: {some(moved)}. "
            f"Nothing was applied; audit the published version."
        )
    rows = sorted(new, key=lambda row: row["record_id"])
    return pa.concat_tables([ledger, pa.Table.from_pylist(rows, schema=CORRECTIONS)])


def apply_corrections(records: pa.Table, ledger: pa.Table) -> tuple[pa.Table, Applied]:
    """Correct the labels of a build.

    Parameters
    ----------
    records : pa.Table
        Columns record_id and label, classes.
    ledger : pa.Table
        `CORRECTIONS`.

    Returns
    -------
    records : pa.Table
        The same rows and columns.
    applied : Applied

    Raises
    ------
    StoreError
        When the ledger is damaged, or the labels are no classes.
    """
    ledger = check_corrections(ledger)
    if labels_in(records.schema).kind != "class":
        raise StoreError(
            "corrections.parquet: it corrects classes, but the labels of this data set are of another kind by now. "
            "Move the file away."
        )
    held = {row["record_id"]: row for row in ledger.to_pylist()}
    first = {row["record_id"]: row["was"] for row in reversed(ledger.to_pylist())}
    ids, labels = records["record_id"].to_pylist(), records["label"].to_pylist()
    place = {record: at for at, record in enumerate(ids) if record in held}
    counts: dict[str, int] = {}
    stale = []
    for record, row in held.items():
        at = place.get(record)
        if at is None:
            continue
        if labels[at] not in (first[record], row["was"], row["now"]):
            stale.append(record)
            continue
        labels[at] = row["now"]
        counts[row["split"]] = counts.get(row["split"], 0) + 1
    column = pa.chunked_array([pa.array(labels, pa.string())])
    records = records.set_column(records.column_names.index("label"), records.schema.field("label"), column)
    return records, Applied(dict(sorted(counts.items())), len(held) - len(place), tuple(sorted(stale)))


def one_sided(judged: Mapping[str, Sequence[bool]], drawn: Mapping[str, int], remedy: str) -> None:
    """Refuse an audit that looked at one side more than at the other.

    Parameters
    ----------
    judged : mapping of str to sequence of bool
        Split -> of each record that was judged, whether the model's answer was wrong by the label as it is.
    drawn : mapping of str to int
        Split -> records on the sheet.
    remedy : str
        What to do, for the message.

    Raises
    ------
    InputError
        When one of the splits on the sheet was judged in part only, or wrong answers alone were. Dev and test would
        then no longer be of one distribution, or the error would fall whatever the model (S11).
    """
    shares = {split: len(judged.get(split, ())) / rows for split, rows in drawn.items() if rows}
    if len(shares) > 1 and max(shares.values()) - min(shares.values()) > UNEVEN:
        told = " and ".join(f"{share:.0%} of {split}" for split, share in shares.items())
        raise InputError(
            f"one-sided: {told} were judged. Corrected unlike, dev and test would no longer be of one distribution. "
            f"Nothing was applied; {remedy}"
        )
    for split in shares:
        flags = judged.get(split, ())
        if flags and all(flags):
            raise InputError(
                f"one-sided: of {split} wrong answers alone were judged. Labels that are wrong where the model agrees "
                f"with them would stay, and the error would fall whatever the model. Nothing was applied; {remedy}"
            )


UNEVEN = 0.10
"""Difference of judged shares that may be left by a few records that somebody skipped."""
