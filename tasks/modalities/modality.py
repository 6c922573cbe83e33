"""What a modality can do: describe its records, publish them, make noise on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import pyarrow as pa

from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.descriptors.descriptor import Descriptor
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


Decoded: TypeAlias = Any
"""A batch of records in the form that the modality computes on: a list of pixels, a list of sounds, a table of rows."""


class Modality(Protocol):
    """One kind of record. Nothing here knows of splits, stores or schedulers."""

    def describe(self, heads: pa.Table, read: Read) -> Described:
        """Open, check and describe the records of a shard."""
        ...

    def notes(self, records: pa.Table) -> Mapping[str, Descriptor]:
        """Return what each descriptor of (a table of) records means."""
        ...

    def payload(self, records: pa.Table, read: Read) -> pa.Table:
        """Return the published columns of real records, in step with `records`.

        Raises
        ------
        InputError
            When stored bytes are no longer those that were described.
        """
        ...

    def decode(self, rows: pa.Table) -> Decoded:
        """Decode published rows, in step."""
        ...

    def encode(self, decoded: Decoded, record_ids: Sequence[str]) -> pa.Table:
        """Return the published columns of decoded records: the inverse of `decode`."""
        ...

    def descriptors(self, decoded: Decoded) -> pa.Table:
        """Return the `descriptor_<name>` columns of decoded records, in step."""
        ...

    def prepare(self, synthesis: Synthesis, inputs: Sequence[Input], train: pa.Table) -> dict[str, Any]:
        """Collect what noise needs besides the policy, as values that JSON can say.

        Parameters
        ----------
        synthesis : Synthesis
            Names the folders of recorded noise.
        inputs : sequence of Input
            Name the columns that noise never changes.
        train : pa.Table
            The described records of train: statistics of a table's columns come from them.
        """
        ...

    def load(self, prepared: dict[str, Any]) -> Any:
        """Make what was prepared ready for `draw` and `apply`: `resources`."""
        ...

    def draw(self, policy: Policy, parents: Sequence[str], *, copies: float, seed: int, resources: Any) -> pa.Table:
        """Draw what happens to each synthetic record: record_id, parent_id, copy, seed, and the parameters."""
        ...

    def noise_use(self, draws: pa.Table, records: pa.Table, resources: Any) -> pa.Table:
        """Account for recorded noise: `tasks.noise.noise_use.NOISE_USE`, empty where nothing is recorded.

        Parameters
        ----------
        draws, records : pa.Table, n rows
            Of all synthetic records, in step: what was drawn, and their descriptors.
        """
        ...

    def apply(self, decoded: Decoded, draws: pa.Table, resources: Any) -> Decoded:
        """Apply row i of `draws` to decoded record i."""
        ...
