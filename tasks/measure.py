"""Measure: one long table of everything that the checks will judge."""

from pathlib import Path
from typing import Any

from tasks.caching import Made, store_task
from tasks.catalog.embeddings import EMBEDDINGS
from tasks.catalog.schema import DEV_FIT
from tasks.descriptors.descriptor import CONTAINER
from tasks.modalities.contrast import LINES
from tasks.modalities.embed import VECTORS
from tasks.modalities.listing import Vectors, list_records
from tasks.modalities.proof import PROOF
from tasks.modalities.task_space import TASK_EMBEDDING
from tasks.shift.families import Families
from tasks.shift.gap_lines import Lines
from tasks.shift.manifest import Records, measure_manifest
from tasks.shift.task import TaskSpace
from tasks.workers import alone_in_worker


@store_task("tasks.noise", "tasks.modalities", reads=("modality",))
def list_manifest(
    out: Path,
    *,
    catalog: Made,
    embedded: Made | None,
    split: Made,
    synthetic: list[Made],
    varied: list[Made],
    copies: list[Made],
    resources: Made,
    modality: str,
) -> dict[str, Any]:
    """Join real and synthetic records into `manifest.parquet`, their draws and what the noise is made of."""
    parts, more = (
        [{name: made.ref(f"{name}.parquet").path for name in ("records", "draws")} for made in shards]
        for shards in (synthetic, varied)
    )
    records, assignments = catalog.ref("catalog.parquet").path, split.ref("assignments.parquet").path
    vectors = [] if embedded is None else _vectors(embedded, copies)
    needs = resources.json("resources.json")
    return alone_in_worker(list_records, out, records, assignments, parts, more, vectors, needs, modality)


def _vectors(embedded: Made, copies: list[Made]) -> list[Vectors]:
    return [
        Vectors(
            name,
            facts["width"],
            embedded.ref(EMBEDDINGS).path,
            [
                (made.ref(VECTORS).path, made.facts["width"])
                for made in copies
                if made.facts["name"] == name and made.facts["rows"]
            ],
        )
        for name, facts in embedded.facts["embeddings"].items()
    ]


@store_task("tasks.shift", reads=("seed", "domain_defining"))
def measure_splits(
    out: Path,
    *,
    listed: list[Made],
    catalog: Made,
    embedded: Made | None,
    split: Made,
    manifest: Made,
    policy: Made,
    certified: Made,
    learned: Made,
    surveyed: Made,
    proof: Made,
    contrasted: Made | None,
    seed: int,
    domain_defining: tuple[str, ...],
) -> dict[str, Any]:
    """Measure the splits: `measurements.parquet` (MEASUREMENTS), and what the report draws of them.

    Where the noise was fitted to half of dev, what it does is measured on the other half. Between training data and dev
    the columns that define the domain are measured apart: there they are expected to differ.
    """
    families = manifest.facts["families"]
    apart = {CONTAINER, *(families[name] for name in domain_defining if name in families)}
    told = Records(
        manifest=manifest.ref("manifest.parquet").path,
        duplicates=catalog.ref("duplicates.parquet").path,
        quarantine=catalog.ref("quarantine.parquet").path,
        dropped=split.ref("dropped.parquet").path,
        certificate=certified.ref("measurements.parquet").path,
        survey=surveyed.ref("measurements.parquet").path,
        proof=proof.ref(PROOF).path,
        fitted_to=policy.ref(DEV_FIT).path if DEV_FIT in policy.names else None,
        listed={made.facts["input"]: made.facts["listed"] for made in listed},
        split=split.facts,
        embeddings={} if embedded is None else embedded.facts["embeddings"],
        task=TaskSpace(learned.ref(TASK_EMBEDDING).path, learned.facts),
        lines=None if contrasted is None else Lines(contrasted.ref(LINES).path, contrasted.facts["copies"]),
        families=Families(families, manifest.facts["gaps"], apart),
    )
    return alone_in_worker(measure_manifest, out, told, seed=seed, defining=domain_defining)
