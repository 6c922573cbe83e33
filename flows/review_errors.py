"""Error analysis: a sheet of wrong answers to tag, and what the tags add up to."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.review_place import (
    Plan,
    Reviewed,
    name_sheet,
    read_sheets,
    reviewed,
    write_answer,
    write_sheet,
)
from flows.review_told import agreed, columns, share_of
from tasks.catalog.atomic import write_text
from tasks.catalog.digest import digest_file
from tasks.catalog.schema import DESCRIPTOR
from tasks.diagnosis.sheet import draw_sheet
from tasks.diagnosis.sheet_answers import MISLABELLED
from tasks.diagnosis.sheet_parts import divide_dev
from tasks.diagnosis.sheet_predictions import Answered, answers_about
from tasks.diagnosis.slices import Suggested, suggest_slices
from tasks.diagnosis.tags import analyse_tags
from tasks.diagnosis.weighted_shares import Share, weighted_share
from tasks.errors import InputError
from tasks.modalities.kinds import modality as find_modality
from tasks.report.examples import examples
from tasks.report.tag_shares import render_tags
from tasks.report.tagging_page import TaggingItem, TaggingPage, render_tagging_page
from tasks.shift.compare import compare_samples

TRAIN_ROWS = 4_000
"""Rows of train that dev is told from: enough for a ranking."""
MOST_SLICES = 10


def write_error_sheet(
    config: Path, predictions: Path, *, rows: int, model: str | None, tags: Sequence[str], version: int | None
) -> str:
    """Draw wrong answers on dev, write the sheet, and return what to tell the user."""
    place = reviewed(config, version)
    records = place.records()
    dev = records.filter(pc.and_(pc.equal(records["split"], "dev"), pc.is_valid(records["label"])))
    model, rows_of_model = place.answers(predictions, model)
    answered = answers_about(dev, rows_of_model)
    seed = place.config.seed
    atoms = answered.records["atom"].to_pylist()
    parts, wrong = divide_dev(atoms, seed=seed), answered.wrong
    asked = answered.take(wrong & parts.eyeball)
    if not asked.records.num_rows:
        raise InputError(f"{predictions.name}: no wrong answer on dev, so there is nothing to look at.")
    like = _target_like(records, dev, answered, seed)[wrong & parts.eyeball]
    rng = np.random.default_rng([seed, place.version, 0x5EE7])
    drawn = draw_sheet(like, asked.confidence, rows=rows, rng=rng)
    sheet = name_sheet("errors", place.version, digest_file(predictions), rows, model, seed)
    names = [drawn.names[code] for code in drawn.stratum.tolist()]
    chosen = pa.array(drawn.places)
    plan_rows = pa.table(
        {
            "record_id": asked.records["record_id"].take(chosen),
            "stratum": [names[at] for at in drawn.places.tolist()],
            "inclusion": drawn.inclusion[drawn.places],
            "atom": asked.records["atom"].take(chosen),
            "label": asked.records["label"].take(chosen),
            "prediction": [asked.prediction[at] for at in drawn.places.tolist()],
        }
    )
    error = _error(answered)
    about = {
        "kind": "errors",
        "sheet": sheet,
        "version": place.version,
        "model": model,
        "population": {name: names.count(name) for name in dict.fromkeys(names)},
        "error": [error.share, error.low, error.high, error.n, error.worth],
        "divided": parts.divided,
    }
    facts = _facts(asked, like, drawn.places)
    found = suggest_slices(answered.records, wrong, atoms, besides={"label": answered.records["label"].to_pylist()})
    folder = write_sheet(
        place.home("errors"),
        Plan(about, plan_rows),
        *_spreadsheet(plan_rows, facts, sheet, place.version, tags),
        _page(place, plan_rows, facts, sheet, tags),
        {
            "slices.json": _slices_json(found),
            "dev_parts.csv": _parts_csv(answered, parts.eyeball) if parts.divided else b"",
        },
    )
    looks = place.note_look("dev", predictions, model)
    lines = [
        f"{place.config.name}, version {place.version}: {len(drawn.places)} of {int(wrong.sum())} wrong answers on "
        f"dev, spread over {len(drawn.names)} strata of likeness to the target and confidence.",
        f"error on dev {share_of(error)} of {error.n:,} rows",
        f"dev was looked at {looks} time{'' if looks == 1 else 's'} since it was drawn, by this sheet too",
        *_told_parts(answered, parts.eyeball, parts.divided),
        *_told_slices(found),
        f"page         {folder / 'sheet.html'}",
        f"spreadsheet  {folder / 'sheet.xlsx'}, or sheet.csv",
        f"then         matchset errors read {config} FILE...",
    ]
    return "\n".join(lines)


def read_error_sheets(config: Path, files: Sequence[Path]) -> str:
    """Sum up filled-in sheets, and return what to tell the user."""
    place = reviewed(config)
    plan, given, folder = read_sheets(place, "errors", files)
    error = Share(*plan.about["error"])
    cells = {name: plan.rows[name].to_pylist() for name in ("record_id", "stratum", "atom")}
    found = analyse_tags(given, cells["record_id"], cells["stratum"], cells["atom"], plan.about["population"], error)
    if not found.looked:
        raise InputError("nobody looked at any record: tag some, or mark x in column 'done' where no tag fits.")
    table = [
        [one.tag, str(one.records), share_of(one.share), share_of(one.ceiling), agreed(one.agreement)]
        for one in found.tags
    ]
    several = len(found.reviewers) > 1
    head = ["tag", "records", "share of errors", "error falls at most by", *(["agreement"] if several else [])]
    lines = [
        f"{found.looked} of {found.drawn} wrong answers looked at by {', '.join(found.reviewers)}; error on dev "
        f"{share_of(error)}.",
        *columns([head, *([row[: len(head)] for row in table])]),
        f"without any tag: {share_of(found.untagged)}",
        "Shares may add up to more than 100 %: a record may have several tags.",
    ]
    remarks = []
    if any(one.tag == MISLABELLED and one.share.share > 0 for one in found.tags):
        remarks.append(
            "Labels look wrong too. Don't mend these alone: that favours this model. matchset labels audit checks dev "
            "and test alike, right answers too."
        )
    lines += remarks
    told = {
        "looked": found.looked,
        "drawn": found.drawn,
        "reviewers": list(found.reviewers),
        "tags": [
            {
                "tag": one.tag,
                "records": one.records,
                "share": _numbers(one.share),
                "ceiling": _numbers(one.ceiling),
                "kappa": None
                if one.agreement is None or one.agreement.kappa != one.agreement.kappa
                else one.agreement.kappa,
            }
            for one in found.tags
        ],
    }
    page = render_tags(
        found,
        error,
        name=place.config.name,
        version=int(plan.about["version"]),
        sheet=plan.sheet,
        model=str(plan.about["model"]),
        remarks=remarks,
    )
    write_text(page, folder / "tags.html")
    lines.append(f"page     {folder / 'tags.html'}")
    lines.append(f"numbers  {write_answer(folder, 'tags.json', told)}")
    return "\n".join(lines)


def _numbers(share: Share) -> list[float | None]:
    return [None if value != value else value for value in (share.share, share.low, share.high)]


def _error(answered: Answered) -> Share:
    code = np.unique(np.asarray(answered.records["atom"].to_pylist(), str), return_inverse=True)[1].reshape(-1)
    return weighted_share(answered.wrong.astype(np.float64), np.ones(len(code)), code)


def _target_like(records: pa.Table, dev: pa.Table, answered: Answered, seed: int) -> NDArray[np.float64]:
    """Say how target-like each answered record is: its rank for a classifier of train and dev."""
    names = [name for name in records.column_names if name.startswith(DESCRIPTOR)]
    train = records.filter(pc.equal(records["split"], "train"))
    unknown = np.full(answered.records.num_rows, np.nan)
    if not names or not train.num_rows:
        return unknown
    rng = np.random.default_rng([seed, 0x7A])
    if train.num_rows > TRAIN_ROWS:
        train = train.take(pa.array(np.sort(rng.choice(train.num_rows, TRAIN_ROWS, replace=False))))
    found = compare_samples(
        train.select(names), dev.select(names), atoms_x=train["atom"], atoms_y=dev["atom"], seed=seed
    )
    place = pc.index_in(answered.records["record_id"], value_set=dev["record_id"].combine_chunks())
    scores = np.asarray(found.scores_y, np.float64)
    return np.asarray(scores[place.to_numpy()])


def _facts(asked: Answered, like: NDArray[np.float64], places: NDArray[np.int64]) -> list[tuple[tuple[str, str], ...]]:
    labels = asked.records["label"].to_pylist()
    told = []
    for at in places.tolist():
        facts = [("label", str(labels[at])), ("prediction", asked.prediction[at])]
        if np.isfinite(asked.confidence[at]):
            facts.append(("probability", f"{asked.confidence[at]:.3f}"))
        if np.isfinite(like[at]):
            facts.append(("target_like", f"{like[at]:.2f}"))
        told.append(tuple(facts))
    return told


def _spreadsheet(
    rows: pa.Table, facts: Sequence[tuple[tuple[str, str], ...]], sheet: str, version: int, tags: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    shown = [name for name, _ in facts[0]]
    own = list(dict.fromkeys([MISLABELLED, *tags]))
    names = ["record_id", *shown, *own, "done", "note", "reviewer", "sheet", "version"]
    blank = [""] * (len(own) + 3)
    cells = [
        [record, *(value for _, value in known), *blank, sheet, str(version)]
        for record, known in zip(rows["record_id"].to_pylist(), facts, strict=True)
    ]
    return names, cells


def _page(
    place: Reviewed, rows: pa.Table, facts: Sequence[tuple[tuple[str, str], ...]], sheet: str, tags: Sequence[str]
) -> str:
    ids = rows["record_id"].to_pylist()
    kind = find_modality(place.config.modality)
    shown = examples(place.published(ids, ["dev"]), kind, {})
    items = [TaggingItem(shown[record], known) for record, known in zip(ids, facts, strict=True)]
    choices = list(dict.fromkeys([MISLABELLED, *tags]))
    return render_tagging_page(TaggingPage("errors", place.config.name, sheet, place.version, items, choices))


def _told_parts(answered: Answered, eyeball: NDArray[np.bool_], divided: bool) -> list[str]:
    if not divided:
        return [f"dev has {len(eyeball):,} rows: too few to keep a part of it unseen, so all of it is looked at"]
    seen, unseen = _error(answered.take(eyeball)), _error(answered.take(~eyeball))
    return [
        f"eyeball dev {share_of(seen)} of {seen.n:,} rows, black-box dev {share_of(unseen)} of {unseen.n:,} rows, "
        f"which nobody looks at (dev_parts.csv)"
    ]


def _told_slices(found: Suggested) -> list[str]:
    if not found.slices:
        return [f"slices       of {found.tried} that were tried none is wrong more often than the rest"]
    lines = [f"slices that are wrong more often than the rest, of {found.tried} that were tried:"]
    lines += [
        f"  {one.column} {one.words}: {one.error:.1%} wrong of {one.records:,}, {one.more.effect * 100:.1f} points "
        f"more [{one.more.ci_low * 100:.1f}, {one.more.ci_high * 100:.1f}]"
        for one in found.slices[:MOST_SLICES]
    ]
    if (more := len(found.slices) - MOST_SLICES) > 0:
        lines.append(f"  and {more} more in slices.json")
    return lines


def _slices_json(found: Suggested) -> bytes:
    rows = [
        {
            "column": one.column,
            "words": one.words,
            "records": one.records,
            "wrong": one.wrong,
            "error": one.error,
            "more": [one.more.effect, one.more.ci_low, one.more.ci_high],
            "adjusted_p": one.adjusted,
        }
        for one in found.slices
    ]
    return json.dumps({"tried": found.tried, "slices": rows}, indent=1).encode("utf-8")


def _parts_csv(answered: Answered, eyeball: NDArray[np.bool_]) -> bytes:
    from tasks.diagnosis.sheet_spreadsheet import to_csv

    ids = answered.records["record_id"].to_pylist()
    return to_csv(
        ["record_id", "part"],
        [[record, "eyeball" if seen else "black-box"] for record, seen in zip(ids, eyeball.tolist(), strict=True)],
    )
