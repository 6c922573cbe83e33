"""What a modality can do: describe its records, publish them, make noise on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from tasks.config.dataset import DatasetConfig
from tasks.noise.policy import Policy

Read = Callable[[str, str], bytes]
"""`read(input_name, path)` gives the stored bytes of one record, or raises `tasks.errors.Unreadable`."""


@dataclass(frozen=True)
class Described:
    """What became of a shard: described records, and those that could not be used."""

    records: pa.Table
    """RECORDS, then `descriptor_<name>` columns, then `feature_<name>` columns for tables."""
    refused: pa.Table
    """QUARANTINE."""


class Modality(Protocol):
    """One kind of record. Nothing here knows of splits, stores or schedulers.

    `decoded` records are what the modality computes on: pixels, samples with their rate, rows.
    """

    def describe(self, heads: pa.Table, read: Read) -> Described:
        """Open, check and describe the records of a shard."""
        ...

    def payload(self, records: pa.Table, read: Read) -> pa.Table:
        """Return the published columns of real records, in step with `records`.

        Raises
        ------
        InputError
            When stored bytes are no longer those that were described.
        """
        ...

    def decode(self, rows: pa.Table) -> Sequence[Any]:
        """Decode published rows, in step."""
        ...

    def encode(self, decoded: Sequence[Any], record_ids: Sequence[str]) -> pa.Table:
        """Return the published columns of decoded records: the inverse of `decode`."""
        ...

    def descriptors(self, decoded: Sequence[Any]) -> pa.Table:
        """Return the `descriptor_<name>` columns of decoded records, in step."""
        ...

    def resources(self, config: DatasetConfig, train: pa.Table) -> Any:
        """Collect what noise needs besides the policy: recordings, or statistics of (rows of) train."""
        ...

    def draw(self, policy: Policy, parents: Sequence[str], *, copies: float, seed: int, resources: Any) -> pa.Table:
        """Draw what happens to each synthetic record: record_id, parent_id, copy, seed, and the parameters."""
        ...

    def apply(self, decoded: Sequence[Any], draws: pa.Table, resources: Any) -> Sequence[Any]:
        """Apply row i of `draws` to decoded record i."""
        ...
