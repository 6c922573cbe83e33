"""A manifest measured as a whole, from files to files: it runs in any process, and knows of no scheduler."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.catalog.atomic import write_table
from tasks.catalog.schema import AUGMENTED, DESCRIPTOR, EMBEDDING, VARIED_ROW
from tasks.shift.accounting import (
    count_constant,
    count_former,
    count_losses,
    count_moves,
    count_sizes,
    count_splits,
)
from tasks.shift.budget import Samples, mismatch_budget
from tasks.shift.correlated import measure_correlations
from tasks.shift.embedding import measure_embeddings
from tasks.shift.families import Families
from tasks.shift.gap import gap_closed
from tasks.shift.gap_lines import Lines, gap_lines
from tasks.shift.histograms import descriptor_histograms
from tasks.shift.likeness import LIKENESS, choose_by_likeness
from tasks.shift.measurements import Measurement, measurements_table
from tasks.shift.near_pairs import count_pairs
from tasks.shift.pair import Pair, compare_splits
from tasks.shift.sample import Sample
from tasks.shift.split_rows import atom_codes, rows_by_split
from tasks.shift.task import TaskSpace, measure_task_space
from tasks.shift.traps import Sides, measure_task_traps, measure_traps
from tasks.shift.unexplained import measure_unexplained

_OF_FILES = ("path", "size_bytes", "file_hash")
"""Columns of a manifest that nothing is measured of."""

_COUNTED = (*_OF_FILES, "input", "domain", "group", "parent_id", "content_hash", "equal_by_chance")
"""Columns that are at most counted."""

PAIRS = (("dev", "test"), ("train", "train-dev"), ("train", "dev"), (AUGMENTED, "dev"))
"""What should match, what should match, how far training is from dev, and what synthesis makes of that."""


@dataclass(frozen=True)
class Records:
    """The files that tell of records, and what the steps before have told.

    Parameters
    ----------
    manifest, duplicates, quarantine, dropped : Path
        Tables of a version.
    certificate : Path
        Measurements of the match beside random splits.
    survey : Path
        Measurements of recorded noise.
    proof : Path
        Measurements of what small models make of the data.
    fitted_to : Path, optional
        Records of dev that the noise was fitted to: what it does is measured on the others.
    listed : mapping of str to int
        Input -> records that it lists.
    split : mapping
        Of the drawing: `sizes`, `former`, `moved`, `incidents`.
    embeddings : mapping
        Embedding -> its facts.
    task : TaskSpace, optional
        Rows in the task space, and what is told of its model.
    lines : Lines, optional
        Some rows of train, and copies of them by several policies.
    families : Families
        Which descriptors are one part of the mismatch.
    """

    manifest: Path
    duplicates: Path
    quarantine: Path
    dropped: Path
    certificate: Path
    survey: Path
    proof: Path
    fitted_to: Path | None
    listed: Mapping[str, int]
    split: Mapping[str, Any]
    embeddings: Mapping[str, Any]
    task: TaskSpace | None = None
    lines: Lines | None = None
    families: Families = field(default_factory=Families)


def measure_manifest(out: Path, told: Records, *, seed: int, defining: tuple[str, ...]) -> dict[str, Any]:
    """Measure splits and pairs of splits: `measurements.parquet` (MEASUREMENTS).

    For the report it makes `histograms.parquet`, of a number to predict `label_histogram.parquet`, and
    `likeness.parquet`: the records that a classifier of train and dev finds most and least like the other.

    Parameters
    ----------
    out : Path
        The folder to fill.
    told : Records
    seed : int
    defining : tuple of str
        Columns that define the domain: between training data and dev they are measured apart, for there they are
        expected to differ.

    Returns
    -------
    dict
        `measurements`: how many.
    """
    counted = [*_counted(told)]
    pa.default_memory_pool().release_unused()  # what is measured next needs other columns
    names = pq.read_schema(told.manifest).names
    # Varied target records stand for their parents: they would make train look like dev.
    wanted = [name for name in names if name not in _COUNTED]
    records = pq.read_table(told.manifest, columns=wanted, filters=~VARIED_ROW)
    fitted_to = None
    if told.fitted_to is not None:
        fitted_to = pq.read_table(told.fitted_to, columns=["record_id"])["record_id"].combine_chunks()
    counted += count_constant(records)
    counted += measure_embeddings(records, told.embeddings, PAIRS, seed=seed, fitted_to=fitted_to)
    write_table(descriptor_histograms(_columns(records)), out / "histograms.parquet")
    samples = _samples(records)
    unseen = samples if fitted_to is None else _unseen(samples, records, fitted_to)
    numbers = {name: {"label": part.number} for name, part in samples.items() if part.number is not None}
    numbers.pop(AUGMENTED, None)  # synthetic records have their parents' labels
    write_table(descriptor_histograms(numbers, bins=20), out / "label_histogram.parquet")
    copies = np.flatnonzero(records.filter(pc.equal(records["split"], "train"))["synthetic"].to_numpy())
    seen = None if told.task is None else _seen_by_model(told.task, records, told.manifest)
    del records
    pa.default_memory_pool().release_unused()

    def compared(pair: tuple[str, str]) -> Pair:
        a, b = pair
        other = (unseen if a == AUGMENTED else samples)[b]
        named = defining if b == "dev" else ()
        apart = told.families.descriptors_apart if pair == ("train", "dev") else ()
        return compare_splits(a, samples[a], b, other, seed=seed, defining=named, apart=apart)

    # Nothing else runs meanwhile, and most of it is arithmetic on large arrays, which does not hold the interpreter.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        # One after the other: each holds distances between thousands of rows.
        gaps = threads.submit(lambda: [*_gap(unseen, told.lines, seed), *_task(seen, seed, fitted_to)])
        budget = threads.submit(lambda: [*_budget(samples, unseen["dev"], copies, told.families, seed)])
        traps = threads.submit(lambda: [*_traps(told, samples, unseen["dev"], copies, defining, seed)])
        present = [pair for pair in PAIRS if {*pair} <= samples.keys()]
        pairs = dict(zip(present, threads.map(compared, present), strict=True))
    rows = [row for pair in pairs.values() for row in pair.rows] + budget.result() + traps.result()
    write_table(_likeness(told.manifest, pairs.get(("train", "dev")), samples), out / "likeness.parquet")
    before = [pq.read_table(path) for path in (told.certificate, told.survey, told.proof)]
    table = pa.concat_tables([*before, measurements_table([*counted, *gaps.result(), *rows])])
    write_table(table, out / "measurements.parquet")
    return {"measurements": table.num_rows}


def _counted(told: Records) -> Iterator[Measurement]:
    names = pq.read_schema(told.manifest).names
    wanted = [name for name in names if name not in _OF_FILES and not name.startswith((DESCRIPTOR, EMBEDDING))]
    records = pq.read_table(told.manifest, columns=wanted)
    yield from count_splits(records)
    yield from count_pairs(pq.read_table(told.duplicates), records)
    yield from count_sizes(told.split["sizes"], records)
    yield from count_losses(told.listed, pq.read_table(told.quarantine), pq.read_table(told.dropped), records)
    yield from count_former(told.split["former"], records)
    yield from count_moves(told.split["moved"], told.split["incidents"], records.num_rows)


def _samples(records: pa.Table) -> dict[str, Sample]:
    """Return each split that has rows as a sample; atom codes mean the same in all of them."""
    atoms = atom_codes(records)
    return {
        name: Sample.from_table(records.filter(pa.array(rows)), atoms[rows])
        for name, rows in rows_by_split(records).items()
    }


@dataclass(frozen=True)
class _Seen:
    """Some rows as a model of the task sees them, and the records that they are."""

    embedded: pa.Table
    records: pa.Table
    facts: Mapping[str, Any]
    source: npt.NDArray[np.bool_]
    """Which embedded rows are of the source."""


def _seen_by_model(told: TaskSpace, records: pa.Table, manifest: Path) -> _Seen:
    embedded = pq.read_table(told.path)
    chosen = pc.is_in(records["record_id"], value_set=embedded["record_id"].combine_chunks())
    domains = pq.read_table(manifest, columns=["record_id", "domain"])
    source = domains.filter(pc.equal(domains["domain"], "source"))["record_id"].combine_chunks()
    of_source = np.asarray(pc.is_in(embedded["record_id"], value_set=source))
    return _Seen(embedded, records.filter(chosen), told.facts, of_source)


def _unseen(samples: dict[str, Sample], records: pa.Table, fitted_to: pa.Array) -> dict[str, Sample]:
    """Leave out of dev what the noise was fitted to: noise is judged on what it has not seen."""
    dev = records.filter(pc.equal(records["split"], "dev"))["record_id"]
    kept = np.flatnonzero(~pc.is_in(dev, value_set=fitted_to).to_numpy())
    return samples | {"dev": samples["dev"].take(kept)}


def _gap(samples: dict[str, Sample], lines: Lines | None, seed: int) -> Iterator[Measurement]:
    if {AUGMENTED, "train", "dev"} <= samples.keys():
        floor = (samples["dev"], samples["test"]) if "test" in samples else None
        closed = gap_closed(samples["train"], samples[AUGMENTED], samples["dev"], floor=floor, seed=seed)
        yield Measurement("gap_closed", AUGMENTED, "dev", None, closed)
    if lines is not None and "dev" in samples:
        yield from gap_lines(lines, samples["dev"], samples.get("test"), seed=seed)


def _task(seen: _Seen | None, seed: int, fitted_to: pa.Array | None) -> Iterator[Measurement]:
    if seen is not None:
        yield from measure_task_space(seen.embedded, seen.facts, PAIRS, seed=seed, fitted_to=fitted_to)
        yield from measure_unexplained(seen.embedded, seen.records, seed=seed, fitted_to=fitted_to)
        yield from measure_task_traps(seen.embedded, seen.source, seed=seed, fitted_to=fitted_to)


def _budget(
    samples: dict[str, Sample], unseen: Sample, copies: npt.NDArray[np.int64], families: Families, seed: int
) -> Iterator[Measurement]:
    if {"train", "dev"} <= samples.keys():
        parts = Samples(
            samples["train"],
            samples["dev"],
            samples[AUGMENTED].take(copies) if AUGMENTED in samples else None,
            unseen,
            samples.get("train-dev"),
            samples.get("test"),
        )
        yield from mismatch_budget(parts, families, seed=seed)
        if families.gaps:  # of pictures and sounds descriptors hang together by how they are made
            yield from measure_correlations("train", samples["train"], "dev", samples["dev"], seed=seed)


def _traps(
    told: Records,
    samples: dict[str, Sample],
    unseen: Sample,
    copies: npt.NDArray[np.int64],
    defining: tuple[str, ...],
    seed: int,
) -> Iterator[Measurement]:
    if {AUGMENTED, "train", "dev"} <= samples.keys():
        names = pq.read_table(told.manifest, columns=["domain", "split", "synthetic"])
        train = names.filter(pc.and_(pc.equal(names["split"], "train"), pc.invert(names["synthetic"])))
        source = np.flatnonzero(pc.equal(train["domain"], "source"))
        made = samples[AUGMENTED].take(copies)
        sides = Sides(samples["train"].take(source), made, unseen, samples.get("test"))
        yield from measure_traps(sides, seed=seed, leave_out={*defining, *told.families.descriptors_apart})


def _likeness(manifest: Path, pair: Pair | None, samples: dict[str, Sample]) -> pa.Table:
    if pair is None:
        return LIKENESS.empty_table()
    names = pq.read_table(manifest, columns=["record_id", "domain", "split", "synthetic"])
    names = names.filter(pc.invert(names["synthetic"]))
    ids, atoms, scores = [], [], []
    for split, rows, found in (("train", pair.rows_a, pair.found.scores_x), ("dev", pair.rows_b, pair.found.scores_y)):
        told = names.filter(pc.equal(names["split"], split)).take(pa.array(rows))
        # Target records in train look like dev because they are what dev is made of.
        source = np.asarray(pc.equal(told["domain"], "source")) if split == "train" else np.ones(len(rows), bool)
        kept = np.flatnonzero(source if source.any() else ~source)
        ids.append(told["record_id"].take(pa.array(kept)).combine_chunks())
        atoms.append(samples[split].atoms[rows][kept])
        scores.append(found[kept])
    return choose_by_likeness((scores[0], scores[1]), (ids[0], ids[1]), (atoms[0], atoms[1]))


def _columns(records: pa.Table) -> dict[str, dict[str, npt.NDArray[Any]]]:
    """Return the descriptors as the report draws them: synthetic records beside train, not inside."""
    names = [name for name in records.column_names if name.startswith(DESCRIPTOR)]
    found = {}
    for split, chosen in rows_by_split(records).items():
        rows = records.filter(pa.array(chosen))
        found[split] = {name.removeprefix(DESCRIPTOR): rows[name].to_numpy() for name in names}
    return found
