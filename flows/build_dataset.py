"""The main job: from several inputs to a published, judged version."""

import time
from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from flows.embedding import embed_catalog, embed_copies
from flows.places import insist_on_places, insist_on_version
from flows.progress import each, one
from flows.proof import contrast, prove, weigh, withdraw
from flows.runners import find_runner
from flows.task_space import learn_space, sense
from flows.variation import kept, vary, weigh_varied
from tasks.caching import Made, Ref, forget_unused
from tasks.catalog.store import Store, find_store, open_store
from tasks.certify import certify_splits
from tasks.config.dataset import DatasetConfig
from tasks.config.load import load_config, with_secrets
from tasks.config.redraw import Redraw
from tasks.correct import correct_labels, known_corrections
from tasks.describe import describe_shard, tie_catalog
from tasks.explain import write_pages
from tasks.fit_noise import fit_noise, prepare_noise
from tasks.ingest import list_input
from tasks.lend import lend_dev
from tasks.measure import list_manifest, measure_splits
from tasks.publish import Outcome, announce, identity_of, judged, publish_version, published_already, version_files
from tasks.redraw import release_ledger
from tasks.split import known_ledger, lay_out, split_catalog
from tasks.survey import survey_noise
from tasks.synthesize import synthesize_shard, write_shard
from tasks.validate import validate_version


@dataclass(frozen=True)
class Fitted:
    """What the main job has made when a policy is settled and proved; nothing of it is published yet."""

    listed: list[Made]
    catalog: Made
    embedded: Made | None
    ledger: Ref | None
    """The ledger that the splits were drawn by, without what a redraw releases."""
    split: Made
    plan: Made
    rows: list[Made]
    resources: Made
    policy: Made
    synthetic: list[Made]
    varied: list[Made]
    """Copies of target records in train."""
    sensed: list[Made]
    proof: Made


def fit_and_prove(settings: DatasetConfig, store: Store, redraw: Redraw | None = None) -> Fitted:
    """Read, describe and split the records, settle a policy, make synthetic records, and prove what they do on dev."""
    ledger = known_ledger(store)
    common = {"work": store.work, "config": settings}

    listed = each("ingest", list_input, [{"source": source} for source in settings.inputs], **common)
    shards = [
        {"source": source, "heads": heads}
        for source, made in zip(settings.inputs, listed, strict=True)
        for heads in made.refs("shard-")
    ]
    described = each("describe", describe_shard, shards, **common)
    catalog = one("tie", tie_catalog, listed=listed, described=described, **common)
    if (corrections := known_corrections(store)) is not None:
        catalog = one("correct", correct_labels, catalog=catalog, corrections=corrections, **common)
    embedded = embed_catalog(shards, described, catalog, **common)

    if redraw is not None and ledger is not None:
        freed = {"version": int(store.next_version()), **redraw.model_dump()}
        ledger = one("release", release_ledger, ledger=ledger, **freed, **common).ref("ledger.parquet")
    split = one("split", split_catalog, catalog=catalog, embedded=embedded, ledger=ledger, **common)
    plan = one("lay out", lay_out, catalog=catalog, split=split, **common)
    rows = each("write", write_shard, [{"plan": ref} for ref in plan.refs()], **common)

    plans = plan.refs("train/")
    train = [made for name, made in zip(plan.names, rows, strict=True) if name.startswith("train/")]
    resources = one("prepare", prepare_noise, plans=plans, catalog=catalog, **common)
    dev = [made for name, made in zip(plan.names, rows, strict=True) if name.startswith("dev/")]
    lent = one("lend", lend_dev, train=plans, dev=plan.refs("dev/"), rows=dev, **common)
    policy = one("fit", fit_noise, plans=plans, train=train, lent=lent, resources=resources, **common)
    parents = [{"rows": made.ref("rows.parquet")} for made in train]
    synthetic = each("synthesize", synthesize_shard, parents, policy=policy, resources=resources, **common)
    sensed = sense(plan, rows, synthetic, **common)
    varied, of_varied = vary(plan, rows, synthetic, resources, **common)
    proof = prove(plan, synthetic, varied, [*sensed, *of_varied], policy, **common)
    noise = (resources, policy, synthetic, varied)
    return Fitted(listed, catalog, embedded, ledger, split, plan, rows, *noise, sensed, proof)


@flow(name="build-dataset", task_runner=find_runner("threads"))
def build_dataset(config: DatasetConfig | str, redraw: Redraw | None = None) -> Outcome:
    """Build, judge and publish a version of a data set.

    Parameters
    ----------
    config : DatasetConfig or str
        The configuration, or the path of its file.
    redraw : Redraw, optional
        Draw dev and test anew, for the reason that it gives.

    Returns
    -------
    Outcome
        Which version is published and where its report is.

    Raises
    ------
    RejectedError
        When a check as grave as `validation.fail_on` failed; nothing is published then.
    MatchsetError
        When an input, the configuration or the store cannot be used.
    """
    settings = with_secrets(config if isinstance(config, DatasetConfig) else load_config(Path(config)))
    insist_on_places(settings)
    if redraw is not None:
        insist_on_version(settings)
    with open_store(find_store(settings.store, settings.work), settings.name) as store:
        began, common = time.time(), {"work": store.work, "config": settings}
        fitted = fit_and_prove(settings, store, redraw)
        listed, catalog, embedded, split = fitted.listed, fitted.catalog, fitted.embedded, fitted.split
        plan, resources, policy, proof = fitted.plan, fitted.resources, fitted.policy, fitted.proof
        certified = one("certify", certify_splits, catalog=catalog, embedded=embedded, split=split, **common)
        contrasted = contrast(plan, fitted.rows, fitted.synthetic, resources, **common)
        synthetic, sensed = withdraw(proof, fitted.synthetic, fitted.sensed, **common)
        varied = kept(proof, fitted.varied)
        rows, varied_rows = weigh(plan, fitted.rows, proof, **common), weigh_varied(varied, proof, **common)
        copies = embed_copies([*synthetic, *varied], embedded, **common)

        manifest = one(
            "list",
            list_manifest,
            catalog=catalog,
            embedded=embedded,
            split=split,
            synthetic=synthetic,
            varied=varied,
            copies=copies,
            resources=resources,
            **common,
        )
        learned = learn_space(sensed, synthetic, manifest, embedded, **common)
        listened = {"plan": plan, "rows": rows, "policy": policy, "resources": resources}
        surveyed = one("survey", survey_noise, manifest=manifest, **listened, **common)
        measured = one(
            "measure",
            measure_splits,
            listed=listed,
            catalog=catalog,
            embedded=embedded,
            split=split,
            manifest=manifest,
            policy=policy,
            certified=certified,
            learned=learned,
            surveyed=surveyed,
            proof=proof,
            contrasted=contrasted,
            **common,
        )
        files = version_files(
            plan=plan,
            rows=rows,
            synthetic=synthetic,
            varied=varied_rows,
            catalog=catalog,
            split=split,
            policy=policy,
            proof=proof,
            manifest=manifest,
            surveyed=surveyed,
            measured=measured,
        )
        identity = identity_of(files, settings, split)
        if same := published_already(store, identity):
            announce(same.verdict, same.folder)
            return same

        version = store.next_version()
        judged_on = {"measured": measured, "manifest": manifest, "surveyed": surveyed, "proof": proof}
        validated = one("validate", validate_version, version=version, **judged_on, **common)
        pages = one(
            "explain",
            write_pages,
            files=files,
            listed=listed,
            catalog=catalog,
            split=split,
            policy=policy,
            proof=proof,
            measured=measured,
            validated=validated,
            certified=certified,
            learned=learned,
            identity=identity,
            **common,
        )
        announce(*judged(store, validated))
        outcome = publish_version(
            store,
            files,
            identity=identity,
            ledger=fitted.ledger,
            split=split,
            catalog=catalog,
            validated=validated,
            pages=pages,
        )
        forget_unused(store.work, began)
        return outcome
