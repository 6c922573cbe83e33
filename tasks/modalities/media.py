"""Records that are files, images and sound: bytes are read, decoded, described, and published as {bytes, path}."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.digest import digest_bytes
from tasks.catalog.labels import labels_in
from tasks.catalog.quarantine import quarantine_table
from tasks.catalog.schema import DESCRIPTOR, RECORDS
from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.descriptors.descriptor import Descriptor
from tasks.errors import InputError, Unreadable, some
from tasks.modalities.modality import Decoded, Described, Read
from tasks.noise.policy import Policy
from tasks.sources.shards import batch_rows

BATCH = 128
"""Small records that are decoded at a time; of large ones fewer."""


@dataclass(frozen=True)
class Media:
    """The functions of one kind of file."""

    column: str
    """Name of the published column."""
    suffix: str
    """Suffix of files that are made here."""
    open: Callable[[bytes], tuple[Any, bool]]
    """Bytes to a decoded record, and whether the bytes show it to any reader."""
    pack: Callable[[Any], bytes]
    """A decoded record to bytes."""
    identify: Callable[[Any], bytes]
    """The decoded content as bytes, the same for the same content in any container."""
    known: Mapping[str, Descriptor]
    """What each descriptor means."""
    measure: Callable[[Sequence[Any]], np.ndarray]
    """Decoded records to descriptors, (n, p) float32."""
    fingerprints: Callable[[Sequence[Any]], list[bytes]]
    """Decoded records to near-duplicate keys."""
    prepare_noise: Callable[[Synthesis], dict[str, Any]]
    load_noise: Callable[[dict[str, Any]], Any]
    draw_noise: Callable[..., pa.Table]
    apply_noise: Callable[..., Sequence[Any]]
    account: Callable[[pa.Table, pa.Table, Any], pa.Table]
    """Sums up which recordings were used."""

    def describe(self, heads: pa.Table, read: Read) -> Described:
        """See `Modality.describe`."""
        parts: list[pa.Table] = []
        refused: list[tuple[str, str, str | None, str, str]] = []
        step = batch_rows(pc.sum(heads["size_bytes"]).as_py() or 0, heads.num_rows, most=BATCH)
        for start in range(0, heads.num_rows, step):
            batch = heads.slice(start, step)
            kept, decoded, hashes = [], [], []
            for row, (record_id, source, path) in enumerate(_keys(batch)):
                try:
                    data = read(source, path)
                    record, plain = self.open(data)
                except Unreadable as why:
                    refused.append((record_id, source, path, why.reason, why.detail))
                    continue
                kept.append(row)
                decoded.append(record)
                hashes.append((digest_bytes(data), digest_bytes(self.identify(record)), plain))
            parts.append(self._records(batch.take(pa.array(kept, pa.int64())), decoded, hashes))
        known = labels_in(heads.schema).spread_schema(RECORDS)
        schema = pa.schema([*known, *(pa.field(DESCRIPTOR + name, pa.float32()) for name in self.known)])
        return Described(pa.concat_tables(parts) if parts else schema.empty_table(), quarantine_table(refused))

    def notes(self, records: pa.Table) -> Mapping[str, Descriptor]:
        """See `Modality.notes`."""
        return self.known

    def _records(self, heads: pa.Table, decoded: list[Any], hashes: list[tuple[str, str, bool]]) -> pa.Table:
        file_hash, content_hash, plain = zip(*hashes, strict=True) if hashes else ((), (), ())
        records = heads.drop_columns(["mtime_ns"])
        for name, values in (
            ("file_hash", file_hash),
            ("content_hash", content_hash),
            ("fingerprint", self.fingerprints(decoded)),
            ("plain", plain),
        ):
            field = RECORDS.field(name)
            records = records.append_column(field, pa.array(values, field.type))
        return _beside(records, self.descriptors(decoded))

    def payload(self, records: pa.Table, read: Read) -> pa.Table:
        """See `Modality.payload`."""
        published, changed = [], []
        plain = records["plain"].to_pylist()
        expected = records["file_hash"].to_pylist()
        for (record_id, source, path), as_it_is, file_hash in zip(_keys(records), plain, expected, strict=True):
            try:
                data = read(source, path)
            except Unreadable:
                data = b""
            if digest_bytes(data) != file_hash:
                changed.append(record_id)
                continue
            published.append((data if as_it_is else self.pack(self.open(data)[0]), path))
        if changed:
            raise InputError(
                f"{len(changed)} files changed or vanished while the build was reading: {some(changed)}. "
                "Run the build again when nobody writes to the inputs."
            )
        return self._column(published)

    def decode(self, rows: pa.Table) -> Decoded:
        """See `Modality.decode`."""
        return [self.open(entry["bytes"])[0] for entry in rows[self.column].to_pylist()]

    def encode(self, decoded: Decoded, record_ids: Sequence[str]) -> pa.Table:
        """See `Modality.encode`."""
        named = zip(decoded, record_ids, strict=True)
        return self._column([(self.pack(record), record_id + self.suffix) for record, record_id in named])

    def descriptors(self, decoded: Decoded) -> pa.Table:
        """See `Modality.descriptors`."""
        values = self.measure(decoded) if len(decoded) else np.empty((0, len(self.known)), np.float32)
        return pa.table({DESCRIPTOR + name: pa.array(values[:, i]) for i, name in enumerate(self.known)})

    def prepare(self, synthesis: Synthesis, inputs: Sequence[Input], train: pa.Table) -> dict[str, Any]:
        """See `Modality.prepare`."""
        return self.prepare_noise(synthesis)

    def load(self, prepared: dict[str, Any]) -> Any:
        """See `Modality.load`."""
        return self.load_noise(prepared)

    def draw(self, policy: Policy, parents: Sequence[str], *, copies: float, seed: int, resources: Any) -> pa.Table:
        """See `Modality.draw`."""
        return self.draw_noise(policy, parents, copies=copies, seed=seed, resources=resources)

    def noise_use(self, draws: pa.Table, records: pa.Table, resources: Any) -> pa.Table:
        """See `Modality.noise_use`."""
        return self.account(draws, records, resources)

    def apply(self, decoded: Decoded, draws: pa.Table, resources: Any) -> Decoded:
        """See `Modality.apply`."""
        return self.apply_noise(decoded, draws, resources=resources)

    def _column(self, published: list[tuple[bytes, str]]) -> pa.Table:
        kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        return pa.table({self.column: pa.array([{"bytes": data, "path": path} for data, path in published], kind)})


def _keys(rows: pa.Table) -> Iterator[tuple[str, str, str]]:
    return zip(*(rows[name].to_pylist() for name in ("record_id", "input", "path")), strict=True)


def _beside(left: pa.Table, right: pa.Table) -> pa.Table:
    for name in right.column_names:
        left = left.append_column(name, right[name])
    return left
