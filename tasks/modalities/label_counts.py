"""What train holds of each label by domain, counted from the manifest, and what follows from the counts alone."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.labels import labels_in
from tasks.diagnosis.multi_task import advise_multi_task
from tasks.diagnosis.transfer import advise_transfer

DOMAINS = ("source", "target")


def read_counted(manifest: Path) -> pa.Table:
    """Read of a manifest what is counted."""
    columns = labels_in(pq.read_schema(manifest)).columns
    return pq.read_table(manifest, columns=["split", "domain", "synthetic", *columns])


def count_labels(manifest: pa.Table) -> dict[str, dict[str, int]]:
    """Count real records of train: of several labels those in which somebody looked, of a class those that have it.

    Returns
    -------
    dict
        Label -> domain -> records; of a number to predict, `label`.
    """
    train = manifest.filter(pc.and_(pc.equal(manifest["split"], "train"), pc.invert(manifest["synthetic"])))
    labels = labels_in(manifest.schema)
    found: dict[str, dict[str, int]] = {}
    for domain in DOMAINS:
        rows = train.filter(pc.equal(train["domain"], domain))
        if labels.kind == "class":
            for entry in pc.value_counts(rows["label"].drop_null()).to_pylist():
                found.setdefault(entry["values"], {})[domain] = entry["counts"]
            continue
        for column, name in zip(labels.columns, labels.names or ("label",), strict=True):
            found.setdefault(name, {})[domain] = rows.num_rows - rows[column].null_count
    return {name: {domain: found[name].get(domain, 0) for domain in DOMAINS} for name in sorted(found)}


def advise(manifest: pa.Table) -> dict[str, Any]:
    """Say what counts say: whether transfer is worth trying, for all labels and for each; and one model for several."""
    labels, counts = labels_in(manifest.schema), count_labels(manifest)
    total = {domain: sum(by[domain] for by in counts.values()) for domain in DOMAINS}
    if labels.kind == "several":  # a record counts once, whatever it was annotated for
        total = {domain: max((by[domain] for by in counts.values()), default=0) for domain in DOMAINS}
    several = advise_multi_task(counts) if labels.kind == "several" else None
    return {
        "kind": labels.kind,
        "transfer": asdict(advise_transfer(total["source"], total["target"])),
        "by_label": {name: asdict(advise_transfer(by["source"], by["target"])) for name, by in counts.items()},
        "multi_task": None if several is None else asdict(several),
    }
