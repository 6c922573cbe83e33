"""Why a record is not used: the reasons, in words a person can act on."""

from collections.abc import Iterable

import pyarrow as pa

from tasks.catalog.schema import QUARANTINE

REASONS: dict[str, str] = {
    "empty_file": "The file has no bytes. Copy it again or delete it.",
    "not_supported": "The file is not of a kind that this input reads. Convert it or move it out of the folder.",
    "truncated": "The file ends too early. Copy it again.",
    "damaged": "The file cannot be decoded. Copy it again or delete it.",
    "too_large": "The payload is larger than the limit that protects the machine. Scale it down.",
    "no_payload": "The payload holds nothing: no pixels, no samples.",
    "not_finite": "The payload holds NaN or infinite samples, or the label is infinite.",
    "missing_file": "The table points at a file that is not there.",
    "outside_folder": "The path or link leads out of the input's folder. Copy the file into the folder.",
    "unreadable": "The file or folder may not be read. Mend its permissions.",
    "label_missing": "The record has no label at all. Label it, or move it into a label's folder.",
    "label_unknown": "The label is not among `labels`, or no 0, 1 or number as it should be. Correct it or the list.",
    "duplicate_id": "Another record has the same id; the first is kept.",
    "changed": "The file changed while the build was reading. Run the build again.",
    "bad_row": "The row does not fit the table's columns.",
}
"""Reason -> what it means and what to do."""


def quarantine_table(rows: Iterable[tuple[str, str, str | None, str, str]]) -> pa.Table:
    """Make a quarantine table from (record_id, input, path, reason, detail) rows.

    Raises
    ------
    ValueError
        For a reason that is not one of `REASONS`.
    """
    listed = list(rows)
    if unknown := {row[3] for row in listed} - REASONS.keys():
        raise ValueError(f"not a quarantine reason: {sorted(unknown)}")
    names = QUARANTINE.names
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in listed], schema=QUARANTINE)
