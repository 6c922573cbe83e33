"""Validate: Great Expectations judges every assumption; what it answers is the verdict."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.checks import declare_checks
from tasks.caching import Made, store_task
from tasks.catalog.atomic import write_text
from tasks.catalog.labels import labels_in
from tasks.catalog.schema import DESCRIPTOR, PUBLISHED, SPLITS
from tasks.config.dataset import Validation
from tasks.config.descriptors import Embedding
from tasks.config.inputs import Input
from tasks.config.splits import Splits


@store_task("expectations", reads=("name", "inputs", "splits", "validation", "domain_defining", "descriptors"))
def validate_version(
    out: Path,
    *,
    measured: Made,
    manifest: Made,
    proof: Made,
    surveyed: Made,
    version: str,
    name: str,
    inputs: tuple[Input, ...],
    splits: Splits,
    validation: Validation,
    domain_defining: tuple[str, ...],
    descriptors: tuple[Embedding, ...],
) -> dict[str, Any]:
    """Judge a version: `verdict.json`, and the evidence pages in `gx/`.

    What is checked follows from the configuration and the manifest, never from what happens to have been measured: a
    measurement that is missing leaves its check undecided.
    """
    from expectations.suites import judge  # Great Expectations takes seconds to import: only where it judges

    path = manifest.ref("manifest.parquet").path
    schema = pq.read_schema(path)
    described = [field for field in schema if field.name.startswith(DESCRIPTOR)]
    defining = {DESCRIPTOR + name for name in domain_defining}
    table = pq.read_table(path, columns=labels_in(schema).spread(PUBLISHED))
    checks = declare_checks(
        [split for split in SPLITS if split not in splits.absent],
        inputs=[source.name for source in inputs],
        synthesized=bool(pc.any(table["synthetic"]).as_py()),
        recorded=surveyed.facts["recorded"],
        proved=proof.facts["proved"],
        sized_by_margin=[split for split, size in splits.sized.items() if size.margin is not None],
        numeric="numeric" in {_kind(field) for field in described},
        categorical="categorical" in {_kind(field) for field in described},
        labels=inputs[0].label_kind if all(source.labelled for source in inputs) else None,
        defining={_kind(field) for field in described if field.name in defining},
        ordinary=any(_kind(field) == "numeric" for field in described if field.name not in defining),
        seen_by_model=all(source.kind != "table" for source in inputs) and not descriptors,
        embeddings={entry.name: entry.kind == "callable" for entry in descriptors},
    )
    measurements = pq.read_table(measured.ref("measurements.parquet").path).to_pandas()
    rows = table.to_pandas()
    verdict = judge(
        measurements,
        rows,
        checks,
        run_name=f"{name} {version}",
        out=out / "gx",
        version=version,
        fail_on=validation.fail_on,
    )
    write_text(verdict.to_json(), out / "verdict.json")
    return {"status": verdict.status, "counts": dict(verdict.counts)}


def _kind(descriptor: pa.Field) -> str:
    return "numeric" if pa.types.is_floating(descriptor.type) else "categorical"
