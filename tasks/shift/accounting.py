"""What can be counted exactly: rows, labels, leakage, and whether everything is accounted for."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.labels import labels_in
from tasks.catalog.schema import DESCRIPTOR, SPLITS
from tasks.shift.label_amounts import count_label_amounts
from tasks.shift.measurements import NAN, Effect, Measurement

LEAKS = {"ids": "record_id", "atoms": "atom", "content": "content_hash", "groups": "group"}
"""What two splits must not share, and the column that tells."""


def count(value: float, n_a: int = 0, n_b: int = 0) -> Effect:
    """Return an exact number: its interval is itself."""
    return Effect(float(value), float(value), float(value), NAN, n_a, n_b)


def count_splits(manifest: pa.Table) -> Iterator[Measurement]:
    """Count rows, atoms and labels a split, and what any two splits share.

    Parameters
    ----------
    manifest : pa.Table
        One row a record: split, domain, labels, group, atom, content_hash, equal_by_chance, synthetic, parent_id.

    Yields
    ------
    Measurement
        rows, atoms, largest_atom_share, source_rows a split; what `count_label_amounts` counts; shared_* a pair;
        synthetic_parents, synthetic_parents_missing, equal_by_chance.
    """
    real = manifest.filter(pc.invert(manifest["synthetic"]))
    parts = {split: real.filter(pc.equal(real["split"], split)) for split in SPLITS}
    present = {split: part for split, part in parts.items() if part.num_rows}
    for split, part in present.items():
        rows = part.num_rows
        held = pc.struct_field(pc.value_counts(part["atom"]), "counts").to_numpy()
        yield Measurement("rows", split, None, None, count(rows, rows))
        yield Measurement("atoms", split, None, None, count(len(held), rows))
        yield Measurement("largest_atom_share", split, None, None, count(held.max() / rows, rows))
        if split in ("dev", "test"):
            foreign = pc.sum(pc.not_equal(part["domain"], "target")).as_py()
            yield Measurement("source_rows", split, None, None, count(foreign, rows))
    yield from count_label_amounts(real, present, labels_in(real.schema))
    telling = {split: _with_telling_content(part) for split, part in present.items()}
    for (a, part_a), (b, part_b) in combinations(telling.items(), 2):
        for kind, column in LEAKS.items():
            shared = pc.sum(pc.is_in(pc.drop_null(pc.unique(part_b[column])), pc.unique(part_a[column]))).as_py() or 0
            yield Measurement(f"shared_{kind}", a, b, None, count(shared, part_a.num_rows, part_b.num_rows))
    yield from _parents(manifest, present)
    yield Measurement(
        "equal_by_chance", None, None, None, count(pc.sum(real["equal_by_chance"]).as_py() or 0, real.num_rows)
    )


def count_constant(manifest: pa.Table) -> Iterator[Measurement]:
    """Count descriptors that are the same for every real record: constant_descriptors, of so many.

    Parameters
    ----------
    manifest : pa.Table
        One row a record: synthetic, descriptors.
    """
    names = [name for name in manifest.column_names if name.startswith(DESCRIPTOR)]
    real = pc.invert(manifest["synthetic"])
    constant = sum(len(pc.unique(manifest[name].filter(real))) <= 1 for name in names)
    yield Measurement("constant_descriptors", None, None, None, count(constant, len(names)))


def _with_telling_content(part: pa.Table) -> pa.Table:
    """Take no notice of content that is equal by chance: rows of a coarse table that nobody wrote twice."""
    told = pc.if_else(part["equal_by_chance"], pa.scalar(None, pa.string()), part["content_hash"])
    return part.set_column(part.column_names.index("content_hash"), "content_hash", told)


def _parents(manifest: pa.Table, present: Mapping[str, pa.Table]) -> Iterator[Measurement]:
    parents = manifest["parent_id"].filter(manifest["synthetic"])
    if not len(parents):
        return
    n = len(parents)
    for split, part in present.items():
        inside = pc.sum(pc.is_in(parents, part["record_id"].combine_chunks())).as_py()
        if split == "train":
            yield Measurement("synthetic_parents_missing", "synthetic", None, None, count(n - inside, n))
        else:
            yield Measurement("synthetic_parents", "synthetic", split, None, count(inside, n, part.num_rows))


def count_sizes(sizes: Mapping[str, Mapping[str, Any]], manifest: pa.Table) -> Iterator[Measurement]:
    """Compare the sizes that were asked for with those that were drawn.

    Parameters
    ----------
    sizes : mapping
        Split -> what `tasks.splitting.worth.worth_of` says of it.

    Yields
    ------
    Measurement
        rows_wanted, rows_short, margin, design_effect, rows_worth, detectable_gain a split; margin_wanted where it was
        sized so; detectable_gap of dev and test.
    """
    split_of = manifest["split"].to_numpy()
    real = ~manifest["synthetic"].to_numpy()
    for split, plan in sizes.items():
        got = int(np.count_nonzero((split_of == split) & real))
        yield Measurement("rows_wanted", split, None, None, count(plan["rows"], got))
        yield Measurement("rows_short", split, None, None, count(max(0, plan["rows"] - got), got))
        yield Measurement("margin", split, None, None, count(plan["margin"], got))
        if plan["margin_wanted"] is not None:
            yield Measurement("margin_wanted", split, None, None, count(plan["margin_wanted"], got))
        for name, statistic in (("design_effect",) * 2, ("worth", "rows_worth"), ("gain", "detectable_gain")):
            if plan.get(name) is not None:
                yield Measurement(statistic, split, None, None, count(plan[name], got))
        if split == "test" and plan.get("gap") is not None:
            dev = int(np.count_nonzero((split_of == "dev") & real))
            yield Measurement("detectable_gap", "dev", "test", None, count(plan["gap"], dev, got))


def count_losses(
    listed: Mapping[str, int], quarantine: pa.Table, dropped: pa.Table, manifest: pa.Table
) -> Iterator[Measurement]:
    """Count what was listed against what is in a split, in the quarantine, or dropped.

    Parameters
    ----------
    listed : mapping of str to int
        Input -> files or rows that were found.
    quarantine, dropped : pa.Table
        QUARANTINE, and a table with a column `reason`.
    """
    total = sum(listed.values())
    real = manifest.num_rows - (pc.sum(manifest["synthetic"]).as_py() or 0)
    missing = abs(total - real - quarantine.num_rows - dropped.num_rows)
    yield Measurement("rows_unaccounted", None, None, None, count(missing, total))
    for statistic, table in (("quarantined", quarantine), ("dropped", dropped)):
        for entry in sorted(pc.value_counts(table["reason"]).to_pylist(), key=lambda entry: str(entry["values"])):
            yield Measurement(statistic, None, None, entry["values"], count(entry["counts"], total))
    refused = {entry["values"]: entry["counts"] for entry in pc.value_counts(quarantine["input"]).to_pylist()}
    for name, rows in sorted(listed.items()):
        share = refused.get(name, 0) / rows if rows else 0.0
        yield Measurement("quarantined_share", None, None, name, count(share, rows))


def count_former(former: Mapping[str, Mapping[str, int]], manifest: pa.Table) -> Iterator[Measurement]:
    """Count the records of a split that an earlier version had in another one, or in this one by an earlier draw.

    Parameters
    ----------
    former : mapping
        Split -> former split -> records, as `tasks.catalog.redraws.count_former` counts them.

    Yields
    ------
    Measurement
        formerly_in: split_a is where they are now, split_b where they were, n_a the rows of split_a.
    """
    real = manifest.filter(pc.invert(manifest["synthetic"]))
    for now, counts in former.items():
        rows = pc.sum(pc.equal(real["split"], now)).as_py() or 0
        for before, records in counts.items():
            if rows:
                yield Measurement("formerly_in", now, before, None, count(records, rows))


def count_moves(moved: int, incidents: int, rows: int) -> Iterator[Measurement]:
    """State how many records are in another split than the ledger has for them, and how many an incident leaves out."""
    yield Measurement("ledger_moved", None, None, None, count(moved, rows))
    yield Measurement("ledger_incidents", None, None, None, count(incidents, rows))
