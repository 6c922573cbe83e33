"""Explain: write what people read about a version: its report, its card, its metadata."""

import json
from collections.abc import Sequence
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.checks import ASSUMPTIONS
from tasks.caching import Made, Ref, store_task
from tasks.catalog.atomic import write_text
from tasks.catalog.labels import labels_in
from tasks.catalog.redraws import Drawing
from tasks.catalog.schema import PUBLISHED
from tasks.config.inputs import Input
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.task_space import TASK_EMBEDDING
from tasks.report.accounts import count_inputs, count_origins
from tasks.report.atoms import AtomsFound, find_atoms
from tasks.report.card import dataset_card
from tasks.report.choosing import choose_examples
from tasks.report.contents import DuplicatesFound, ReportContents, Reproduce
from tasks.report.croissant import croissant_metadata
from tasks.report.drawn_words import drawn_words
from tasks.report.draws import summarise_draws
from tasks.report.examples import examples, gallery
from tasks.report.gallery import DuplicatePair, Example, GalleryRow
from tasks.report.likeness import like_records
from tasks.report.nearest_examples import nearest_targets, seen_by_model
from tasks.report.page import write_report
from tasks.report.twins import choose_pairs, pair_up
from tasks.splitting.certificate import read_certificate
from tasks.splitting.two_options import TwoOptions, two_options

CHOSEN = "choice.parquet"
PACKAGES = ("matchset", "prefect", "great-expectations", "albumentations", "pyarrow", "pandas", "numpy", "pillow")


@store_task("tasks.report", "tasks.modalities", "expectations", reads=("name", "modality", "seed", "inputs"))
def write_pages(
    out: Path,
    *,
    files: dict[str, Ref],
    listed: list[Made],
    catalog: Made,
    split: Made,
    policy: Made,
    proof: Made,
    measured: Made,
    validated: Made,
    certified: Made,
    learned: Made,
    identity: str,
    name: str,
    modality: str,
    seed: int,
    inputs: tuple[Input, ...],
) -> dict[str, Any]:
    """Write `report/index.html`, `README.md` and `croissant.json` of a version."""
    kind = find_modality(modality)
    place = files["manifest.parquet"].path
    labels = labels_in(pq.read_schema(place))
    manifest = pq.read_table(place, columns=[*labels.spread(PUBLISHED), "atom"])
    draws = pq.read_table(files["synthesis/draws.parquet"].path)
    quarantine = pq.read_table(files["quarantine.parquet"].path)
    found = {made.facts["input"]: made.facts["listed"] for made in listed}
    domains = {entry.name: entry.domain for entry in inputs}
    verdict = validated.json("verdict.json")
    likeness = pq.read_table(measured.ref("likeness.parquet").path)
    space = pq.read_table(learned.ref(TASK_EMBEDDING).path)
    rows, pairs, likes = _pictures(files, catalog, manifest, draws, likeness, space, modality, seed)
    contents = ReportContents(
        verdict=verdict,
        config={"name": name, "modality": modality, "seed": seed},
        splits=count_origins(manifest),
        assumptions=ASSUMPTIONS,
        measurements=pq.read_table(files["measurements.parquet"].path),
        inputs=count_inputs(domains, found, manifest, quarantine, pq.read_table(files["dropped.parquet"].path)),
        quarantine=quarantine,
        histograms=pq.read_table(measured.ref("histograms.parquet").path),
        label_histogram=pq.read_table(measured.ref("label_histogram.parquet").path),
        two_options=_two_options(manifest),
        gallery=rows,
        likeness=likes,
        policy=_policy_name(policy),
        policy_reason=policy.facts.get("reason", ""),
        choice=pq.read_table(policy.ref(CHOSEN).path) if CHOSEN in policy.names else None,
        choice_criterion=policy.facts.get("criterion", ""),
        proved=proof.facts["proved"],
        judge=proof.facts["judge"],
        dev_fit_rows=policy.facts.get("dev_rows", 0),
        drawn=summarise_draws(draws),
        noise_use=pq.read_table(files["synthesis/noise_use.parquet"].path),
        noise_pool=pq.read_table(files["synthesis/noise_pool.parquet"].path),
        descriptors=kind.notes(pq.read_schema(catalog.ref("catalog.parquet").path).empty_table()),
        duplicates=_duplicates(catalog, pairs),
        atoms=_atoms(catalog, manifest),
        corrected=catalog.facts.get("corrected", {}).get("labels", {}),
        drawings=tuple(Drawing(**drawing) for drawing in split.facts["drawings"]),
        certificate=read_certificate(certified.json("certificate.json")),
        versions={package: installed(package) for package in PACKAGES},
        reproduce=Reproduce("matchset build matchset.yaml", seed, {"version": identity}),
    )
    write_report(contents, out / "report")
    data = {place: ref.path for place, ref in files.items() if place.startswith("data/")}
    write_text(dataset_card(contents, {Path(place).parts[1] for place in data}), out / "README.md")
    write_text(json.dumps(croissant_metadata(contents, data), indent=2, sort_keys=True) + "\n", out / "croissant.json")
    return {}


def _pictures(
    files: dict[str, Ref],
    catalog: Made,
    manifest: pa.Table,
    draws: pa.Table,
    likeness: pa.Table,
    space: pa.Table,
    modality: str,
    seed: int,
) -> tuple[tuple[GalleryRow, ...], tuple[DuplicatePair, ...], tuple[tuple[str, tuple[Example, ...]], ...]]:
    choices = choose_examples(seen_by_model(manifest, space), seed=seed)
    choices = nearest_targets(choices, manifest, space)
    seen = set(manifest.filter(pc.not_equal(manifest["split"], "test"))["record_id"].to_pylist())
    twins = choose_pairs(pq.read_table(catalog.ref("duplicates.parquet").path), seen)
    chosen = {c for choice in choices for c in (choice.source, choice.synthetic, choice.target) if c is not None}
    chosen |= {pair[side] for pair in twins for side in ("first", "second")}
    chosen |= {*likeness["record_id"].to_pylist()}
    published = fetch_rows([ref.path for name, ref in files.items() if name.startswith("data/")], sorted(chosen))
    shown = examples(published, find_modality(modality), drawn_words(draws, sorted(chosen), modality))
    return gallery(choices, shown), pair_up(twins, shown, published), like_records(likeness, shown)


def fetch_rows(shards: Sequence[Path], record_ids: Sequence[str]) -> pa.Table:
    """Return some published rows; of other records only the ids are read."""
    wanted = pa.array(record_ids, pa.string())
    found = []
    for shard in shards:
        with pq.ParquetFile(shard) as file:
            for group in range(file.num_row_groups):
                ids = file.read_row_group(group, columns=["record_id"])["record_id"]
                here = pc.is_in(ids, wanted)
                if pc.any(here).as_py():
                    found.append(file.read_row_group(group).filter(here))
            if not found:
                found.append(file.schema_arrow.empty_table())
    return pa.concat_tables(found)


def _two_options(manifest: pa.Table) -> TwoOptions:
    """Count both options of case S13 over the real records that are in a split."""
    origins = count_origins(manifest)
    rows = {split: parts.get("source", 0) + parts.get("target", 0) for split, parts in origins.items()}
    source = sum(parts.get("source", 0) for parts in origins.values())
    target = sum(parts.get("target", 0) for parts in origins.values())
    training = sum(origins.get(split, {}).get("target", 0) for split in ("train", "train-dev"))
    return two_options(source, target, rows.get("dev", 0), rows.get("test", 0), training)


def _policy_name(policy: Made) -> str:
    named = str(policy.facts["policy"])
    return named if named in ("fitted", "default", "none") else Path(named).name


def _duplicates(catalog: Made, pairs: tuple[DuplicatePair, ...]) -> DuplicatesFound:
    counts = catalog.facts["counts"]
    return DuplicatesFound(
        exact=counts.get("exact", 0),
        near=counts.get("near", 0),
        threshold=catalog.facts["threshold"],
        calibration=catalog.facts["calibration"],
        pairs=pairs,
    )


def _atoms(catalog: Made, manifest: pa.Table) -> AtomsFound:
    records = pq.read_table(catalog.ref("catalog.parquet").path, columns=["record_id", "atom", "group"])
    pairs = pq.read_table(catalog.ref("duplicates.parquet").path)
    return find_atoms(records, pairs, manifest.filter(pc.invert(manifest["synthetic"])))
