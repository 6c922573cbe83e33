"""Labels of a version that a small model doubts, and whether the doubt comes together somewhere."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.review_place import Reviewed
from tasks.catalog.schema import DESCRIPTOR, SPLITS
from tasks.diagnosis.sheet_spreadsheet import to_csv
from tasks.diagnosis.suspects import cross_validated, find_suspects
from tasks.diagnosis.suspects_together import Together, find_together
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.task_space import BATCH, sense
from tasks.splitting.atom_table import atom_hashes
from tasks.task_space.columns import fit_columns

MOST = 6_000
"""Records that are doubted, chosen by chance where there are more: minutes and memory stay those of a coffee."""


@dataclass(frozen=True)
class Doubted:
    """What a small model thinks of the labels.

    Parameters
    ----------
    records, suspects : mapping of str to int
        Split -> how many were looked at, and how many look wrong.
    together : tuple of Together
        Of train: where label errors are systematic.
    files : mapping of str to bytes
        `suspects.csv` and `suspects.json`.
    """

    records: Mapping[str, int] = field(default_factory=dict)
    suspects: Mapping[str, int] = field(default_factory=dict)
    together: tuple[Together, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def doubt_labels(place: Reviewed, records: pa.Table) -> Doubted:
    """Find suspects among the labels of all splits; none where there is nothing to learn from."""
    seed = place.config.seed
    known = records.filter(pc.is_valid(records["label"])).sort_by("record_id")
    if known.num_rows > MOST:
        hashes = atom_hashes(known["record_id"].to_pylist(), seed)
        known = known.take(pa.array(np.sort(np.argsort(hashes, kind="stable")[:MOST])))
    labels = known["label"].to_pylist()
    names = sorted(set(labels))
    codes = np.array([names.index(label) for label in labels], np.int64)
    header = ["record_id", "split", "label", "looks_like", "doubt", "input", "group"]
    try:
        chances = cross_validated(_features(place, known), codes, known["atom"].to_pylist(), seed=seed)
    except ValueError:
        return Doubted(files={"suspects.csv": to_csv(header, [])})
    found = find_suspects(chances, codes)
    splits = known["split"].to_pylist()
    columns = {name: known[name].to_pylist() for name in ("record_id", "split", "label", "input", "group", "domain")}
    order = np.flatnonzero(found.suspect)
    order = order[np.argsort(-found.doubt[order], kind="stable")]
    rows = [
        [
            columns["record_id"][at],
            columns["split"][at],
            columns["label"][at],
            names[found.suggested[at]],
            f"{found.doubt[at]:.3f}",
            columns["input"][at],
            columns["group"][at] or "",
        ]
        for at in order.tolist()
    ]
    train = np.array([split in ("train", "train-dev") for split in splits])
    suggested = [names[code] for code in found.suggested.tolist()]
    places = {
        name: [value for value, here in zip(columns[name], train, strict=True) if here]
        for name in ("group", "input", "domain")
    }
    together = find_together(
        found.suspect[train],
        [label for label, here in zip(labels, train, strict=True) if here],
        [label for label, here in zip(suggested, train, strict=True) if here],
        places,
    )
    told = json.dumps({"systematic": [asdict(one) for one in together]}, indent=1).encode("utf-8")
    return Doubted(
        {split: splits.count(split) for split in SPLITS if split in splits},
        {split: sum(row[1] == split for row in rows) for split in SPLITS},
        together,
        {"suspects.csv": to_csv(header, rows), "suspects.json": told},
    )


def told_together(found: Doubted) -> list[str]:
    """Say how many labels look wrong, and where they come together."""
    if not found.records:
        return ["suspects     none were looked for: the labels teach a small model nothing"]
    counts = ", ".join(f"{found.suspects[split]} of {rows:,} in {split}" for split, rows in found.records.items())
    lines = [f"labels that a small model doubts, having seen no record like them: {counts}"]
    for one in found.together:
        where = " and ".join(f"{name} {value}" for name, value in one.where.items())
        lines.append(
            f"  systematic: {where}: {one.suspects} of {one.records} look like {one.instead}, {one.expected:.1f} would "
            f"by chance. Look at these together, and mend their source."
        )
    if not found.together and any(found.suspects.values()):
        lines.append("  they come together in no label, input or group of train: random errors, or hard records")
    return lines


def _features(place: Reviewed, known: pa.Table) -> NDArray[np.floating]:
    """Return what a small model sees of each record, whole splits at a time but no more payloads than a batch."""
    if place.config.modality == "tabular":
        names = [name for name in known.column_names if name.startswith(DESCRIPTOR)]
        table = known.select(names)
        seen: NDArray[np.floating] = fit_columns(table, seed=place.config.seed).see(table)
        return seen
    return np.concatenate(list(_sensed(place, known)))


def _sensed(place: Reviewed, known: pa.Table) -> Iterator[NDArray[np.float32]]:
    kind = find_modality(place.config.modality)
    ids = known["record_id"].to_pylist()
    rows = place.published(ids, [split for split in SPLITS if (place.folder / "data" / split).is_dir()])
    for start in range(0, len(ids), BATCH):
        yield sense(place.config.modality, kind.decode(rows.slice(start, BATCH)), place.config.seed)
