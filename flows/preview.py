"""Look at what a policy does, before anything is built: a contact sheet in seconds.

It runs without Prefect and writes no store; noise is drawn and applied by the code that builds use.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.places import insist_on_places
from flows.preview_policy import named, policy_to_look_at
from tasks.catalog.labels import LABEL, configured_labels, labels_in
from tasks.catalog.published import real_rows
from tasks.catalog.store import find_store
from tasks.config.dataset import DatasetConfig
from tasks.config.load import with_secrets
from tasks.errors import ConfigError, InputError
from tasks.modalities.copies import make_copies
from tasks.modalities.kinds import modality as find_modality
from tasks.report.contact_sheet import ContactSheet, SheetRow, write_contact_sheet
from tasks.report.drawn_words import drawn_words
from tasks.report.draws import summarise_draws
from tasks.report.examples import examples
from tasks.report.gallery import Example
from tasks.sources.kinds import agreed_types, list_shards
from tasks.sources.picking import pick_heads
from tasks.sources.reader import reader

DRAWS = {"image": 4, "audio": 2, "tabular": 1}
"""Copies of each source record: as many as there is room for beside it."""
SPARE = 2
"""Records that are read for one that is shown: some may be unreadable, and some of the target may be in test."""
LEARNT_ROWS = 2048
"""Rows of a table that its columns' spreads are learnt from; a build learns them from all of train."""
SUMMED = 1000
"""Draws that the policy is summed up from."""


def run_preview(config: DatasetConfig, policy: str | None, *, rows: int, seed: int | None, out: Path) -> str:
    """Draw and apply a policy to some source records, write the page, and return what to tell the user.

    Parameters
    ----------
    config : DatasetConfig
    policy : str, optional
        A file, `default`, `none` or `fitted`; by default what the configuration names.
    rows : int
        Source records to show.
    seed : int, optional
        By default the configuration's: then the copies are those that a build makes, but for recorded noise, which is
        dealt shard by shard.
    out : Path
        The page.

    Raises
    ------
    PolicyError
        When the policy is missing or wrong, or none has been fitted yet.
    InputError
        When no source record can be read.
    """
    began = time.monotonic()
    if out.is_dir():
        raise ConfigError(f"--out: {out} is a folder; name a file in it")
    settings = with_secrets(config)
    settled = policy_to_look_at(policy, settings)
    insist_on_places(
        settings.model_copy(update={"synthesis": settings.synthesis.model_copy(update={"policy": "none"})})
    )
    seed = settings.seed if seed is None else seed
    kind = find_modality(settings.modality)
    source, refused = _records(settings, "source", rows, seed)
    target, _ = _records(settings, "target", rows, seed)
    resources = kind.load(kind.prepare(settings.synthesis, settings.inputs, source))
    parents = _published(settings, source.slice(0, rows))
    made = make_copies(kind, parents, settled, resources, copies=DRAWS[settings.modality], seed=seed)
    drawn = kind.draw(settled, [str(i) for i in range(SUMMED)], copies=1.0, seed=seed, resources=resources)
    told = drawn_words(made.draws, made.draws["record_id"].to_pylist(), settings.modality)
    shown = examples(parents, kind, {}) | examples(made.rows, kind, told)
    beside = examples(_published(settings, target), kind, {}) if target.num_rows else {}
    sheet = ContactSheet(
        name=settings.name,
        modality=settings.modality,
        policy=named(policy or settings.synthesis.policy),
        seed=seed,
        rows=_sheet_rows(parents, made.draws, shown, _labelled(target), beside),
        drawn=summarise_draws(drawn),
        draws=SUMMED,
        notes=tuple(_notes(settings.modality, refused)),
    )
    write_contact_sheet(sheet, out)
    operations = len(settled.operations)
    return "\n".join(
        [
            f"{config.name}: policy {sheet.policy} ({operations} operation{'' if operations == 1 else 's'}) on "
            f"{parents.num_rows} source records, {made.rows.num_rows} draws. Nothing was built.",
            f"page  {out}",
            f"{time.monotonic() - began:.0f} s",
        ]
    )


def _records(config: DatasetConfig, domain: str, rows: int, seed: int) -> tuple[pa.Table, int]:
    """Read some records of a domain, described; and count those that could not be read."""
    inputs = [source for source in config.inputs if source.domain == domain]
    labels = configured_labels(config.inputs)
    types = agreed_types(config.inputs, modality=config.modality)
    shards = (
        shard
        for source in inputs
        for shard in list_shards(source, modality=config.modality, types=types, labels=labels)
    )
    most = max(SPARE * rows, LEARNT_ROWS if config.modality == "tabular" else 0)
    heads = pick_heads(shards, most=most, seed=seed)
    if heads is None:
        raise InputError(f"inputs: no {domain} record was found, so there is nothing to look at.")
    read = reader(config.inputs)
    described = find_modality(config.modality).describe(heads, read)
    records = described.records
    if domain == "target":
        records = records.filter(pc.invert(pc.is_in(records["record_id"], value_set=_in_test(config)))).slice(0, rows)
    elif not records.num_rows:
        reasons = sorted(set(described.refused["reason"].to_pylist()))
        raise InputError(
            f"inputs: none of {heads.num_rows} source records that were tried can be read ({', '.join(reasons)}). "
            "matchset check tells what the inputs hold."
        )
    return records, described.refused.num_rows


def _in_test(config: DatasetConfig) -> pa.Array:
    """Return the records that a store has in test: nobody should look at those."""
    ledger = find_store(config.store, config.work).read_ledger()
    if ledger is None:
        return pa.array([], pa.string())
    return ledger.filter(pc.equal(ledger["split"], "test"))["record_id"].combine_chunks()


def _published(config: DatasetConfig, records: pa.Table) -> pa.Table:
    """Return records as a build would publish them."""
    records = records.append_column("split", pa.array(["train"] * records.num_rows, pa.string()))
    kind = find_modality(config.modality)
    return real_rows(records, kind.payload(records, reader(config.inputs)))


def _sheet_rows(
    parents: pa.Table,
    draws: pa.Table,
    shown: dict[str, Example],
    target: Sequence[tuple[str | None, str]],
    beside: dict[str, Example],
) -> list[SheetRow]:
    copies: dict[str, list[Example]] = {}
    for parent, copy in zip(draws["parent_id"].to_pylist(), draws["record_id"].to_pylist(), strict=True):
        copies.setdefault(parent, []).append(shown[copy])
    waiting = list(target)
    rows = []
    for label, record_id in _labelled(parents):
        alike = next((entry for entry in waiting if entry[0] == label), None)
        other = alike or next((entry for entry in waiting if label is None or entry[0] is None), None)
        if other is not None:
            waiting.remove(other)
        match = None if other is None else beside[other[1]]
        rows.append(SheetRow(label, shown[record_id], tuple(copies.get(record_id, ())), match))
    return rows


def _labelled(records: pa.Table) -> list[tuple[str | None, str]]:
    """Return the label of each record in words, and its id."""
    labels = labels_in(records.schema)
    ids = records["record_id"].to_pylist()
    if labels.kind == "several":
        held = [[name for name in labels.names if row[LABEL + name] == 1] for row in records.to_pylist()]
        return [(", ".join(names) or "none", record_id) for names, record_id in zip(held, ids, strict=True)]
    words = (None if value is None else str(value) for value in records["label"].to_pylist())
    return list(zip(words, ids, strict=True))


def _notes(modality: str, refused: int) -> Iterator[str]:
    if modality == "tabular":
        yield (
            f"How far a column spreads was learnt from {LEARNT_ROWS:,} source rows at most; a build learns it from all "
            "of train."
        )
    if refused:
        yield f"{refused} records that were tried could not be read; a build puts such records in the quarantine."
