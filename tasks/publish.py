"""Publish: a version in one step, with its report; or a rejection that says why."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from expectations.verdict import Verdict
from tasks.caching import Made, Ref
from tasks.catalog.atomic import scratch_folder, settle_folder, write_table, write_text
from tasks.catalog.digest import digest_code, digest_value
from tasks.catalog.ledger import extend
from tasks.catalog.schema import DEV_FIT, LEDGER
from tasks.catalog.store import Store
from tasks.config.dataset import DatasetConfig
from tasks.errors import RejectedError
from tasks.modalities.listing import TARGET_DRAWS

PROVENANCE = "provenance.json"
HOW_FITTED = ("trace.parquet", "choice.parquet")
"""What a fit leaves besides its policy: the changes that it kept, and the candidates that it chose among."""
POLICY, WITHDRAWN = "policy.yaml", "policy-withdrawn.yaml"
"""The policy that made the version's synthetic records; and one that was fitted, did not help, and was not used."""
Files = dict[str, Ref]
"""Place in the version's folder -> the file that will be there."""


@dataclass(frozen=True)
class Outcome:
    """What became of a build."""

    version: int
    folder: Path
    """The published version's folder on this machine; its report is `report/index.html`."""
    fresh: bool
    """False when nothing had changed since this version was published."""
    verdict: Verdict
    place: str
    """Where readers find the version: its folder, or its URL."""


def version_files(
    *,
    plan: Made,
    rows: list[Made],
    synthetic: list[Made],
    varied: list[Made],
    catalog: Made,
    split: Made,
    policy: Made,
    proof: Made,
    manifest: Made,
    surveyed: Made,
    measured: Made,
) -> Files:
    """Name everything that a version holds besides its verdict and what is written about it."""
    files: Files = {}
    for name, made in zip(plan.names, rows, strict=True):
        shard = Path(name)
        files[f"data/{shard.parent}/real-{shard.stem}.parquet"] = made.ref("rows.parquet")
    for number, made in enumerate(synthetic):
        if made.facts["rows"]:
            files[f"data/train/synthetic-{number:05d}.parquet"] = made.ref("rows.parquet")
    for number, made in enumerate(varied):
        files[f"data/train/varied-{number:05d}.parquet"] = made.ref("rows.parquet")
    files |= {f"synthesis/{name}": manifest.ref(name) for name in (TARGET_DRAWS,) if name in manifest.names}
    withdrawn = POLICY in proof.names  # what was used instead: nothing
    if withdrawn:
        files[f"synthesis/{WITHDRAWN}"] = policy.ref(POLICY)
    files |= {f"synthesis/{name}": policy.ref(name) for name in (DEV_FIT, *HOW_FITTED) if name in policy.names}
    return files | {
        "manifest.parquet": manifest.ref("manifest.parquet"),
        "quarantine.parquet": catalog.ref("quarantine.parquet"),
        "dropped.parquet": split.ref("dropped.parquet"),
        "duplicates.parquet": catalog.ref("duplicates.parquet"),
        "measurements.parquet": measured.ref("measurements.parquet"),
        f"synthesis/{POLICY}": (proof if withdrawn else policy).ref(POLICY),
        "synthesis/draws.parquet": manifest.ref("draws.parquet"),
        "synthesis/noise_use.parquet": manifest.ref("noise_use.parquet"),
        "synthesis/noise_pool.parquet": surveyed.ref("noise_pool.parquet"),
    }


def identity_of(files: Files, config: DatasetConfig, split: Made) -> str:
    """Return the digest that tells whether a version would say anything new: files, settings, drawings, judges."""
    settings = config.model_dump(mode="json", exclude={"store", "work"})
    code = digest_code(("expectations", "tasks.report", "tasks.publish", "tasks.validate"))
    return digest_value([{name: ref.digest for name, ref in files.items()}, settings, split.facts["drawings"], code])


def published_already(store: Store, identity: str) -> Outcome | None:
    """Return the published version if it is just what would be published now."""
    version = store.current_version()
    if version is None:
        return None
    folder = store.version_folder(version)
    try:
        known = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["identity"]
        verdict = Verdict.from_json((folder / "verdict.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError):
        return None
    return Outcome(version, folder, False, verdict, store.place_of(version)) if known == identity else None


@task(name="publish-version", cache_policy=NO_CACHE)
def publish_version(
    store: Store,
    files: Files,
    *,
    identity: str,
    ledger: Ref | None,
    split: Made,
    catalog: Made,
    validated: Made,
    pages: Made,
) -> Outcome:
    """Make the version, or reject it.

    Raises
    ------
    RejectedError
        When the verdict is invalid; the report then lies in `work/rejected`.
    """
    verdict, folder = judged(store, validated)
    written = {name: pages.ref(name) for name in pages.names} | {"verdict.json": validated.ref("verdict.json")}
    written |= {f"report/{name}": validated.ref(name) for name in validated.names if name.startswith("gx/")}
    with scratch_folder(store.work) as aside:
        staged = aside / "version"
        if verdict.status == "invalid":
            _gather(written, staged)
            shutil.rmtree(folder, ignore_errors=True)
            settle_folder(staged, folder)
            raise RejectedError(_refusal(verdict, folder / "report" / "index.html"))
        _gather(files | written, staged)
        write_text(
            json.dumps({"identity": identity, "files": _digests(files | written)}, indent=1), staged / PROVENANCE
        )
        version = (store.current_version() or 0) + 1
        known = LEDGER.empty_table() if ledger is None else pq.read_table(ledger.path)
        grown = extend(known, _assignments(catalog, split), version)
        write_table(grown, staged / "ledger.parquet")
        store.publish(staged, grown)
    return Outcome(version, store.version_folder(version), True, verdict, store.place_of(version))


def _assignments(catalog: Made, split: Made) -> pa.Table:
    decided = pq.read_table(split.ref("assignments.parquet").path)
    content = pq.read_table(catalog.ref("catalog.parquet").path, columns=["record_id", "content_hash"])
    return decided.join(content, "record_id").select(["record_id", "atom", "split", "content_hash"])


def _gather(files: Files, folder: Path) -> None:
    """Put files together; where the disk allows it, they are linked and take no space twice."""
    for name, ref in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(ref.path, place)
        except OSError:
            shutil.copyfile(ref.path, place)


def _digests(files: Files) -> dict[str, str]:
    return {name: ref.digest for name, ref in sorted(files.items())}


def _refusal(verdict: Verdict, report: Path) -> str:
    """Say which check failed, with its numbers, gravest first; what failed for information only rejects nothing."""
    failed = verdict.failed("warning")
    lines = [f"{check.severity}: {check.question} No: {check.reason}. {check.remedy}" for check in failed[:5]]
    more = [f"and {len(failed) - 5} more"] if len(failed) > 5 else []
    return "\n  ".join(["nothing was published:", *lines, *more, f"report: {report}"])


def judged(store: Store, validated: Made) -> tuple[Verdict, Path]:
    """Return the verdict, and the folder that the version is published in, or its report when it is rejected."""
    verdict = Verdict.from_json(validated.ref("verdict.json").path.read_text(encoding="utf-8"))
    return verdict, store.rejected if verdict.status == "invalid" else store.version_folder(int(verdict.version))


def announce(verdict: Verdict, folder: Path) -> None:
    """Leave the verdict on the Prefect run, as a table and as text: who looks there may not reach the report's disk.

    Parameters
    ----------
    verdict : Verdict
        Valid or not: whoever looks at a failed run wants it most.
    folder : Path
        Holds the report.
    """
    columns = (
        "status",
        "severity",
        "question",
        "reason",
        "effect",
        "ci_low",
        "ci_high",
        "limit",
        "n_a",
        "n_b",
        "remedy",
    )
    telling = sorted(verdict.checks, key=lambda check: ("fail", "undecided", "pass").index(check.status))
    create_table_artifact(
        key="verdict-checks",
        table=[{name: getattr(check, name) for name in columns} for check in telling],
        description=f"Every check of version {verdict.version}",
    )
    create_markdown_artifact(key="verdict", markdown=_summary(verdict, folder), description="The verdict in short")


def _summary(verdict: Verdict, folder: Path) -> str:
    counts = verdict.counts
    rejected = ", not published" if verdict.status == "invalid" else ""
    lines = [
        f"# Version {verdict.version}: {verdict.status}{rejected}",
        f"{counts['pass']} checks passed, {counts['fail']} failed, {counts['undecided']} are undecided.",
        *(f"- **{check.severity}** {check.question} {check.reason}. {check.remedy}" for check in verdict.failed()),
        f"Report: `{folder / 'report' / 'index.html'}`",
    ]
    return "\n\n".join(lines)
