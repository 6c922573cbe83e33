"""Label audit: records to check, what the error is by right labels, suspects, and the ledger of corrections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.review_place import (
    Plan,
    Reviewed,
    name_sheet,
    read_sheets,
    reviewed,
    write_answer,
    write_sheet,
)
from flows.review_suspects import doubt_labels, told_together
from flows.review_told import agreed, columns, share_of
from tasks.catalog.atomic import write_table
from tasks.catalog.digest import digest_file
from tasks.catalog.store import open_store
from tasks.diagnosis.agreement import agreement, majority
from tasks.diagnosis.audit import Corrected, correct_error, draw_audit
from tasks.diagnosis.corrections import CORRECTIONS, extend_corrections, one_sided
from tasks.diagnosis.sheet_answers import UNSURE, Answer, Answers
from tasks.diagnosis.sheet_predictions import answers_about
from tasks.errors import InputError, StoreError, some
from tasks.modalities.kinds import modality as find_modality
from tasks.report.examples import examples
from tasks.report.tagging_page import TaggingItem, TaggingPage, render_tagging_page

RIGHT = ("right", "ok", "correct")
"""Words for "the label is right" in a spreadsheet."""
JUDGED = ("dev", "test")
LEDGER = "corrections.parquet"


def write_audit(config: Path, predictions: Path, *, rows: int, model: str | None, version: int | None) -> str:
    """Draw records of dev and test to check, look for suspects, and return what to tell the user."""
    place = reviewed(config, version)
    records = place.records()
    judged = records.filter(pc.and_(pc.is_in(records["split"], pa.array(JUDGED)), pc.is_valid(records["label"])))
    model, rows_of_model = place.answers(predictions, model)
    answered = answers_about(judged, rows_of_model)
    splits = answered.records["split"].to_pylist()
    present = sorted(set(judged["split"].to_pylist()))
    if missing := [split for split in present if split not in splits]:
        raise InputError(
            f"{predictions.name}: no answer on {missing[0]}. Labels are checked in {' and '.join(present)} alike, so "
            f"that they stay of one distribution: predict both."
        )
    seed = place.config.seed
    rng = np.random.default_rng([seed, place.version, 0xA0D])
    drawn = draw_audit(splits, answered.wrong, rows=rows, rng=rng)
    sheet = name_sheet("labels", place.version, digest_file(predictions), rows, model, seed)
    chosen = answered.records.take(pa.array(drawn.places))
    ids = chosen["record_id"].to_pylist()
    plan_rows = pa.table(
        {
            "record_id": ids,
            "stratum": [drawn.names[drawn.stratum[at]] for at in drawn.places.tolist()],
            "inclusion": drawn.inclusion[drawn.places],
            "atom": chosen["atom"],
            "split": chosen["split"],
            "label": chosen["label"],
            "prediction": [answered.prediction[at] for at in drawn.places.tolist()],
        }
    )
    counts = np.bincount(drawn.stratum, minlength=len(drawn.names)).tolist()
    labels = sorted(pc.unique(pc.drop_null(records["label"])).to_pylist())
    about = {
        "kind": "labels",
        "sheet": sheet,
        "version": place.version,
        "labels": labels,
        "population": dict(zip(drawn.names, counts, strict=True)),
    }
    found = doubt_labels(place, records)
    header = ["record_id", "label", "right_label", "note", "reviewer", "sheet", "version"]
    cells = [
        [record, label, "", "", "", sheet, str(place.version)]
        for record, label in zip(ids, chosen["label"].to_pylist(), strict=True)
    ]
    folder = write_sheet(
        place.home("labels"),
        Plan(about, plan_rows),
        header,
        cells,
        _page(place, ids, chosen["label"].to_pylist(), labels, sheet, present),
        found.files,
    )
    looks = {split: place.note_look(split, predictions, model) for split in present}
    lines = [
        f"{place.config.name}, version {place.version}: {len(ids)} records to check, wrong answers and right ones of "
        f"{' and '.join(present)} mixed.",
        *[
            f"{split} was looked at {times} time{'' if times == 1 else 's'} since it was drawn, by this sheet too"
            for split, times in looks.items()
        ],
        *told_together(found),
        f"page         {folder / 'sheet.html'}",
        f"spreadsheet  {folder / 'sheet.xlsx'}, or sheet.csv: write the right label, or right, into 'right_label'",
        f"suspects     {folder / 'suspects.csv'}",
        f"then         matchset labels apply {config} FILE...",
    ]
    return "\n".join(lines)


@dataclass(frozen=True)
class Judgement:
    """What reviewers agreed on: record -> right label, None where they could not tell or not agree."""

    right: Mapping[str, str | None]
    disputed: int


def apply_audit(config: Path, files: Sequence[Path], *, dry_run: bool) -> str:
    """Read an audit, tell the corrected error, and add the corrections to the ledger; return what to tell the user."""
    place = reviewed(config)
    plan, given, folder = read_sheets(place, "labels", files)
    rows = {row["record_id"]: row for row in plan.rows.to_pylist()}
    given = [_read_labels(one, rows, list(plan.about["labels"])) for one in given]
    judgement = _judge(given)
    if not judgement.right:
        raise InputError("nobody checked any label: fill in column 'right_label', or the page.")
    told = _corrected(plan, rows, judgement)
    lines = [
        *columns(
            [
                ["split", "error as it is", "error by right labels", "labels wrong", "checked", "could not tell"],
                *[
                    [
                        one.split,
                        f"{one.given:.1%}",
                        share_of(one.error),
                        share_of(one.mislabelled),
                        str(one.looked),
                        str(one.unsure),
                    ]
                    for one in told
                ],
            ]
        )
    ]
    if len(given) > 1:
        answers = {one.reviewer: {row.record_id: row.label for row in one.rows if row.label} for one in given}
        kappa = agreement(answers)
        lines.append(
            f"agreement: {kappa.statistic} {agreed(kappa)}; {judgement.disputed} disputed records stay as they are"
        )
    numbers = {
        one.split: {
            "given": one.given,
            "error": [_or_none(v) for v in (one.error.share, one.error.low, one.error.high)],
            "mislabelled": [_or_none(v) for v in (one.mislabelled.share, one.mislabelled.low, one.mislabelled.high)],
        }
        for one in told
    }
    lines.append(f"numbers  {write_answer(folder, 'audit.json', numbers)}")
    drawn = {split: sum(row["split"] == split for row in rows.values()) for split in JUDGED}
    judged: dict[str, list[bool]] = {split: [] for split in JUDGED}
    for record in judgement.right:
        row = rows[record]
        judged[row["split"]].append(row["prediction"] != row["label"])
    one_sided(judged, drawn, "check the rest of the sheet, then apply it.")
    wrong = [rows[record] for record, label in judgement.right.items() if label not in (None, rows[record]["label"])]
    if not wrong:
        return "\n".join([*lines, "No label was found wrong, so there is nothing to correct."])
    reviewers = ", ".join(one.reviewer for one in given)
    added = pa.Table.from_pylist(
        [
            {
                "record_id": row["record_id"],
                "split": row["split"],
                "was": row["label"],
                "now": judgement.right[row["record_id"]],
                "version": int(plan.about["version"]),
                "sheet": plan.sheet,
                "reviewers": reviewers,
                "applied": datetime.now(UTC).date().isoformat(),
            }
            for row in wrong
        ],
        schema=CORRECTIONS,
    )
    return "\n".join([*lines, *_add(place, config, added, dry_run)])


def _add(place: Reviewed, config: Path, added: pa.Table, dry_run: bool) -> list[str]:
    records = place.records()
    labels = dict(zip(records["record_id"].to_pylist(), records["label"].to_pylist(), strict=True))
    counts = {split: added["split"].to_pylist().count(split) for split in JUDGED}
    said = " and ".join(f"{count} of {split}" for split, count in counts.items() if count)
    if dry_run:
        extend_corrections(read_ledger(place.store.root / LEDGER), added, labels)
        return [f"would correct labels: {said}. Nothing was written."]
    with open_store(place.store, place.config.name) as store:
        path = store.root / LEDGER
        before = read_ledger(path)
        after = extend_corrections(before, added, labels)
        if after.num_rows > before.num_rows:
            write_table(after, path, durable=True)
    new = after.num_rows - before.num_rows
    return [
        f"{new} corrections added to {path} ({said} were found wrong); nothing that is published changes.",
        f"matchset build {config} makes a version with them.",
        "Train keeps its labels, so that it now differs slightly from dev in how it is labelled; the report says so.",
    ]


def read_ledger(path: Path) -> pa.Table:
    """Return the corrections so far.

    Raises
    ------
    StoreError
        When the file is damaged.
    """
    if not path.exists():
        return CORRECTIONS.empty_table()
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise StoreError(f"{path}: damaged ({str(error)[:120]}). Restore it from a backup.") from error


def _read_labels(given: Answers, rows: Mapping[str, Any], labels: Sequence[str]) -> Answers:
    known = {label.strip().lower(): label for label in labels} | {UNSURE: UNSURE, "?": UNSURE}
    answers = []
    for row in given.rows:
        word = (row.label or "").strip().lower()
        if not word:
            continue
        if word not in known and word not in RIGHT:
            raise InputError(
                f"{given.reviewer} says that {row.record_id!r} is {row.label!r}, which is none of the labels: "
                f"{some(labels)}. Write one of them, right, or ? if nobody could tell. Nothing was applied."
            )
        label = known[word] if word in known else rows[row.record_id]["label"]
        answers.append(Answer(row.record_id, row.tags, label, row.note))
    return Answers(given.kind, given.sheet, given.version, given.reviewer, tuple(answers), given.left)


def _judge(given: Sequence[Answers]) -> Judgement:
    votes: dict[str, list[str]] = {}
    for one in given:
        for row in one.rows:
            if row.label:
                votes.setdefault(row.record_id, []).append(row.label)
    right: dict[str, str | None] = {}
    disputed = 0
    for record, said in votes.items():
        won = majority([label for label in said if label != UNSURE])
        right[record] = str(won[0]) if len(won) == 1 else None
        disputed += len(won) > 1
    return Judgement(right, disputed)


def _corrected(plan: Plan, rows: Mapping[str, Any], judgement: Judgement) -> list[Corrected]:
    found = []
    for split in JUDGED:
        checked = [rows[record] for record in judgement.right if rows[record]["split"] == split]
        if not checked:
            continue
        right = [judgement.right[row["record_id"]] for row in checked]
        found.append(
            correct_error(
                split,
                [row["stratum"] for row in checked],
                plan.about["population"],
                [
                    None if label is None else row["prediction"] != label
                    for row, label in zip(checked, right, strict=True)
                ],
                [None if label is None else row["label"] != label for row, label in zip(checked, right, strict=True)],
                [row["atom"] for row in checked],
            )
        )
    return found


def _or_none(value: float) -> float | None:
    return None if value != value else value


def _page(
    place: Reviewed, ids: list[str], given: list[str], labels: list[str], sheet: str, splits: Sequence[str]
) -> str:
    kind = find_modality(place.config.modality)
    shown = examples(place.published(ids, splits), kind, {})
    items = [TaggingItem(shown[record], (), label) for record, label in zip(ids, given, strict=True)]
    return render_tagging_page(TaggingPage("labels", place.config.name, sheet, place.version, items, labels))
