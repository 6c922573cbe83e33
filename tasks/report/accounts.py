"""What became of every record: in a split, dropped with a reason, or in the quarantine."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.schema import SPLITS

ORIGINS = ("source", "target", "varied", "synthetic")
"""Where a row comes from, in the order in which it is shown."""


@dataclass(frozen=True)
class InputCounts:
    """What became of the records of one input.

    Parameters
    ----------
    name, domain : str
        As configured.
    listed : int
        Files or rows that were found.
    used : int
        Records that are in a split.
    quarantined : int
        Records that could not be used.
    dropped : Mapping of str to int
        Sound records without a split, by reason.
    """

    name: str
    domain: str
    listed: int
    used: int
    quarantined: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Records that nothing accounts for; anything but 0 is a fault of the build."""
        return self.listed - self.used - self.quarantined - sum(self.dropped.values())


def count_inputs(
    domains: Mapping[str, str], listed: Mapping[str, int], manifest: pa.Table, quarantine: pa.Table, dropped: pa.Table
) -> tuple[InputCounts, ...]:
    """Balance each input.

    Parameters
    ----------
    domains : Mapping of str to str
        Input -> domain, in the order of the configuration.
    listed : Mapping of str to int
        Input -> files or rows that were found.
    manifest : pa.Table
        Columns `input` and `synthetic`: the records in a split.
    quarantine : pa.Table
        Column `input`.
    dropped : pa.Table
        Columns `record_id`, which starts with the input's name and a slash, and `reason`.
    """
    real = manifest.filter(pc.invert(manifest["synthetic"]))
    used, quarantined = _counts(real["input"]), _counts(quarantine["input"])
    lost: dict[str, Counter[str]] = {name: Counter() for name in domains}
    for record_id, reason in _pairs(dropped):
        lost[record_id.split("/", 1)[0]][reason] += 1
    return tuple(
        InputCounts(
            name,
            domain,
            listed.get(name, 0),
            used.get(name, 0),
            quarantined.get(name, 0),
            dict(sorted(lost[name].items())),
        )
        for name, domain in domains.items()
    )


def _counts(values: pa.ChunkedArray) -> dict[str, int]:
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(values).to_pylist()}


def _pairs(dropped: pa.Table) -> Iterable[tuple[str, str]]:
    return zip(dropped["record_id"].to_pylist(), dropped["reason"].to_pylist(), strict=True)


def count_origins(manifest: pa.Table) -> dict[str, dict[str, int]]:
    """Count the rows of each split by origin: `source`, `target`, `varied` (copies of target records) or `synthetic`.

    Parameters
    ----------
    manifest : pa.Table
        Columns `split`, `domain` and `synthetic`.

    Returns
    -------
    dict
        Splits that have rows, train first.
    """
    made = pc.if_else(pc.equal(manifest["domain"], "target"), "varied", "synthetic")
    origin = pc.if_else(manifest["synthetic"], made, manifest["domain"])
    grouped = pa.table({"split": manifest["split"], "origin": origin}).group_by(["split", "origin"])
    counted = {
        (row["split"], row["origin"]): row["count_all"] for row in grouped.aggregate([([], "count_all")]).to_pylist()
    }
    found = {split: {name: counted[split, name] for name in ORIGINS if (split, name) in counted} for split in SPLITS}
    return {split: rows for split, rows in found.items() if rows}
