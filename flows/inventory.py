"""What one input holds, told from its heads: rows, groups, labels, and what will be refused."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.catalog.labels import LABEL, Labels
from tasks.config.inputs import Input
from tasks.sources.kinds import list_shards

MOST_LABELS = 8


@dataclass
class Inventory:
    """What is known of an input before a record is opened."""

    source: Input
    labels: Labels
    rows: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    annotated: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    numbers: list[NDArray[np.float64]] = field(default_factory=list)
    groups: Counter[str] = field(default_factory=Counter)
    alone: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    ids: list[pa.ChunkedArray] = field(default_factory=list)

    def atom_rows(self) -> list[int]:
        """Rows of each atom, as far as groups tell; near-duplicates are known only after reading."""
        return [*self.groups.values(), *([1] * self.alone)]

    def add(self, heads: pa.Table) -> None:
        """Count some heads."""
        self.rows += heads.num_rows
        self.ids.append(heads["record_id"])
        for group in heads["group"].to_pylist():
            if group is None:
                self.alone += 1
            else:
                self.groups[group] += 1
        match self.labels.kind:
            case "several":
                for name in self.labels.names:
                    values = heads[LABEL + name].to_pylist()
                    self.annotated[name] += sum(value is not None for value in values)
                    self.held[name] += sum(value == 1 for value in values)
            case "number":
                self.numbers.append(heads["label"].to_numpy())
            case _:
                self.classes.update(label for label in heads["label"].to_pylist() if label is not None)

    def lines(self) -> Iterator[str]:
        """Say what was found, for people."""
        source, kind = self.source, self.source.label_kind
        groups = f" in {len(self.groups):,} groups" if self.groups else ""
        counted = {
            "class": f"{len(self.classes):,} labels",
            "several": f"{sum(map(bool, self.annotated.values())):,} of {len(self.labels.names):,} labels annotated",
            "number": "a number each",
        }
        labels = counted[kind] if kind else "no labels"
        yield f"  {source.name:<12} {source.domain:<7} {self.rows:>10,} records, {labels}{groups}"
        if kind:
            yield "    " + self._amounts()
        for reason, count in self.refused.most_common():
            yield f"    {count:,} go to the quarantine: {reason}"

    def _amounts(self) -> str:
        if self.labels.kind == "number":
            values = np.concatenate(self.numbers) if self.numbers else np.empty(0)
            if not len(values):
                return "no number"
            low, middle, high = np.quantile(values, [0, 0.5, 1]).tolist()
            return f"{low:.4g} to {high:.4g}, median {middle:.4g}, mean {values.mean():.4g}"
        if self.labels.kind == "several":
            told = [f"{name} {self.held[name]:,} of {self.annotated[name]:,} annotated" for name in self.labels.names]
        else:
            told = [f"{label} {count:,}" for label, count in self.classes.most_common()]
        more = f", and {len(told) - MOST_LABELS} more" if len(told) > MOST_LABELS else ""
        return ", ".join(told[:MOST_LABELS]) + more


def take_inventory(source: Input, labels: Labels, *, modality: str, types: dict[str, pa.DataType] | None) -> Inventory:
    """List an input and count what it holds.

    Parameters
    ----------
    source : Input
    labels : Labels
        Of the whole data set.
    modality, types
        As for `tasks.sources.kinds.list_shards`.
    """
    found = Inventory(source, labels)
    for shard in list_shards(source, modality=modality, types=types, labels=labels):
        found.add(shard.heads)
        found.refused.update(shard.refused["reason"].to_pylist())
    return found
