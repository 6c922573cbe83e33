"""Validate: Great Expectations judges every assumption; what it answers is the verdict."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from expectations.checks import declare_checks
from tasks.caching import Made, store_task
from tasks.catalog.atomic import write_text
from tasks.catalog.schema import PUBLISHED
from tasks.config.dataset import Validation
from tasks.config.inputs import Input


@store_task("expectations", reads=("name", "inputs", "validation"))
def validate_version(
    out: Path,
    *,
    measured: Made,
    manifest: Made,
    version: str,
    name: str,
    inputs: tuple[Input, ...],
    validation: Validation,
) -> dict[str, Any]:
    """Judge a version: `verdict.json`, and the evidence pages in `gx/`."""
    from expectations.suites import judge  # Great Expectations takes seconds to import: only where it judges

    measurements = pq.read_table(measured.ref("measurements.parquet").path).to_pandas()
    statistics = set(measurements["statistic"])
    checks = declare_checks(
        measurements.loc[measurements["statistic"] == "rows", "split_a"].tolist(),
        inputs=[source.name for source in inputs],
        synthesized="synthetic_parents_missing" in statistics,
        sized_by_margin=measurements.loc[measurements["statistic"] == "margin_wanted", "split_a"].tolist(),
        numeric="cliffs_delta" in statistics,
        categorical="total_variation" in statistics,
    )
    rows = pq.read_table(manifest.ref("manifest.parquet").path, columns=list(PUBLISHED)).to_pandas()
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
