"""Human level: a page on which people label records of dev, and how often they err."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.review_place import Plan, name_sheet, read_sheets, reviewed, write_answer, write_sheet
from flows.review_told import agreed, columns, share_of
from tasks.diagnosis.human import measure_people
from tasks.diagnosis.sheet_answers import UNSURE, Answer, Answers
from tasks.diagnosis.sheet_parts import divide_dev
from tasks.errors import InputError, some
from tasks.modalities.kinds import modality as find_modality
from tasks.report.examples import examples
from tasks.report.gallery import Example
from tasks.report.tagging_page import TaggingItem, TaggingPage, render_tagging_page


def write_human_sheet(config: Path, *, rows: int, version: int | None) -> str:
    """Draw records of dev at random, write a page without their labels, and return what to tell the user."""
    place = reviewed(config, version)
    records = place.records()
    dev = records.filter(pc.and_(pc.equal(records["split"], "dev"), pc.is_valid(records["label"])))
    if not dev.num_rows:
        raise InputError("dev has no labelled record, so people cannot be measured on it.")
    dev = dev.sort_by("record_id")
    parts = divide_dev(dev["atom"].to_pylist(), seed=place.config.seed)
    dev = dev.filter(pa.array(parts.eyeball))
    rng = np.random.default_rng([place.config.seed, place.version, 0x807])
    chosen = dev.take(pa.array(rng.permutation(dev.num_rows)[:rows]))
    part = ["eyeball"] if parts.divided else []
    sheet = name_sheet("human", place.version, rows, place.config.seed, *part)
    ids = chosen["record_id"].to_pylist()
    labels = sorted(pc.unique(dev["label"]).to_pylist())
    kind = find_modality(place.config.modality)
    shown = examples(_without_label(place.published(ids, ["dev"])), kind, {})
    about = {"kind": "human", "sheet": sheet, "version": place.version, "labels": labels}
    names = {record: f"record {number}" for number, record in enumerate(ids, start=1)}
    items = [TaggingItem(_renamed(shown[record], names[record])) for record in ids]
    plan_rows = pa.table(
        {
            "record_id": [names[record] for record in ids],
            "of": ids,
            "label": chosen["label"],
            "atom": chosen["atom"],
        }
    )
    page = render_tagging_page(TaggingPage("human", place.config.name, sheet, place.version, items, labels))
    cells = [[names[record], "", "", "", sheet, str(place.version)] for record in ids]
    header = ["record_id", "your_label", "note", "reviewer", "sheet", "version"]
    folder = write_sheet(place.home("human"), Plan(about, plan_rows), header, cells, page)
    return "\n".join(
        [
            f"{place.config.name}, version {place.version}: {len(ids)} random records of "
            f"{'eyeball dev' if parts.divided else 'dev'}, labels and ids hidden.",
            f"page  {folder / 'sheet.html'}",
            "Hand that file to each person; each saves a file of their own. The page is all they need.",
            f"then  matchset human read {config} FILE...",
        ]
    )


def read_human_sheets(config: Path, files: Sequence[Path]) -> str:
    """Measure people from filled-in sheets, and return what to tell the user."""
    place = reviewed(config)
    plan, given, folder = read_sheets(place, "human", files)
    given = [_known_labels(one, list(plan.about["labels"])) for one in given]
    ids = plan.rows["record_id"].to_pylist()
    labels = dict(zip(ids, plan.rows["label"].to_pylist(), strict=True))
    atoms = dict(zip(ids, plan.rows["atom"].to_pylist(), strict=True))
    try:
        found = measure_people(given, labels, atoms)
    except ValueError as error:
        raise InputError(f"{error}: label some records first.") from error
    everybody = [*([found.team] if found.team is not None else []), *found.people]
    table = [[one.name, share_of(one.error), str(one.error.n), str(one.unsure)] for one in everybody]
    errors = write_answer(folder, "human.json", found.as_errors())
    lines = [
        *columns([["who", "error", "records", "could not tell"], *table]),
        f"human level, the nearest known to the least error possible: {found.best.name}, {share_of(found.best.error)}",
    ]
    if found.overlapping:
        lines.append(f"not surely worse: {', '.join(found.overlapping)}")
    if found.agreement is not None:
        lines.append(f"agreement: {found.agreement.statistic} {agreed(found.agreement)}")
    if found.team is None:
        lines.append("The vote of a team needs three people or more who answer the same records.")
    lines.append(f"for matchset diagnose --errors: {errors}")
    return "\n".join(lines)


def _without_label(rows: pa.Table) -> pa.Table:
    """Leave out what a row of a table would tell besides its columns."""
    return rows.set_column(rows.column_names.index("label"), "label", pa.nulls(rows.num_rows, pa.string()))


def _renamed(shown: Example, name: str) -> Example:
    return replace(shown, record_id=name, alt="")


def _known_labels(given: Answers, labels: Sequence[str]) -> Answers:
    """Tell labels from slips of the keyboard."""
    known = {label.strip().lower(): label for label in labels} | {UNSURE: UNSURE, "?": UNSURE}
    rows = []
    for row in given.rows:
        word = (row.label or "").strip().lower()
        if word and word not in known:
            raise InputError(
                f"{given.reviewer} labels {row.record_id!r} {row.label!r}, which is none of the labels: {some(labels)}"
                f". Write one of them, or ? if nobody could tell."
            )
        if word:
            rows.append(Answer(row.record_id, row.tags, known[word], row.note))
    return Answers(given.kind, given.sheet, given.version, given.reviewer, tuple(rows), given.left)
