"""Rows of tables as records."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from tasks.catalog.digest import digest_bytes
from tasks.catalog.labels import labels_in
from tasks.catalog.quarantine import quarantine_table
from tasks.catalog.schema import BESIDE_PAYLOAD, FEATURE, RECORDS
from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.near_duplicates import fingerprint_rows
from tasks.descriptors.tabular import describe_rows, row_descriptors
from tasks.modalities.modality import Decoded, Described, Read
from tasks.noise.noise_use import NOISE_USE
from tasks.noise.policy import Policy
from tasks.noise.tabular import ColumnStatistics, TableStatistics, apply, draw, table_statistics


class Tabular:
    """Rows: the payload is the columns, which the heads already hold."""

    def describe(self, heads: pa.Table, read: Read) -> Described:
        """See `Modality.describe`."""
        features = pa.Table.from_struct_array(heads["features"].combine_chunks())
        records = heads.drop_columns(["features", "mtime_ns"])
        content = [
            digest_bytes(repr(row).encode()) for row in zip(*(c.to_pylist() for c in features.columns), strict=True)
        ]
        for name, values in (
            ("file_hash", content),
            ("content_hash", content),
            ("fingerprint", fingerprint_rows(features)),
            ("plain", [True] * heads.num_rows),
        ):
            records = records.append_column(RECORDS.field(name), pa.array(values, RECORDS.field(name).type))
        for table in (describe_rows(features), features.rename_columns([FEATURE + n for n in features.column_names])):
            for name in table.column_names:
                records = records.append_column(name, table[name])
        return Described(records, quarantine_table([]))

    def notes(self, records: pa.Table) -> dict[str, Descriptor]:
        """See `Modality.notes`."""
        return row_descriptors(self._features(records).schema)

    def payload(self, records: pa.Table, read: Read) -> pa.Table:
        """See `Modality.payload`."""
        return self._features(records)

    def decode(self, rows: pa.Table) -> Decoded:
        """See `Modality.decode`."""
        known = labels_in(rows.schema).spread(BESIDE_PAYLOAD)
        return rows.drop_columns([name for name in known if name in rows.column_names])

    def encode(self, decoded: Decoded, record_ids: Sequence[str]) -> pa.Table:
        """See `Modality.encode`."""
        table: pa.Table = decoded
        return table

    def descriptors(self, decoded: Decoded) -> pa.Table:
        """See `Modality.descriptors`."""
        return describe_rows(decoded)

    def prepare(self, synthesis: Synthesis, inputs: Sequence[Input], train: pa.Table) -> dict[str, Any]:
        """See `Modality.prepare`."""
        sensitive = tuple(name for entry in inputs if entry.kind == "table" for name in entry.sensitive)
        learnt = table_statistics(self._features(train), keep=sensitive)
        return {"columns": [[name, asdict(column)] for name, column in learnt.columns]}

    def load(self, prepared: dict[str, Any]) -> TableStatistics:
        """See `Modality.load`."""
        return TableStatistics(tuple((name, _column(given)) for name, given in prepared["columns"]))

    def draw(self, policy: Policy, parents: Sequence[str], *, copies: float, seed: int, resources: Any) -> pa.Table:
        """See `Modality.draw`."""
        return draw(policy, parents, copies=copies, seed=seed)

    def noise_use(self, draws: pa.Table, records: pa.Table, resources: Any) -> pa.Table:
        """See `Modality.noise_use`."""
        return NOISE_USE.empty_table()

    def apply(self, decoded: Decoded, draws: pa.Table, resources: Any) -> Decoded:
        """See `Modality.apply`."""
        return apply(decoded, draws, resources)

    @staticmethod
    def _features(records: pa.Table) -> pa.Table:
        names = [name for name in records.column_names if name.startswith(FEATURE)]
        return records.select(names).rename_columns([name.removeprefix(FEATURE) for name in names])


def _column(given: dict[str, Any]) -> ColumnStatistics:
    tuples = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return ColumnStatistics(**given | tuples)


MODALITY = Tabular()
