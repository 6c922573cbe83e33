"""What people wrote on a sheet: read from a page's file or a spreadsheet, and checked against the sheet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.errors import InputError, some

MISLABELLED = "mislabelled"
"""The tag that says: not the model is wrong but the label."""

UNSURE = "can't tell"
"""The answer of somebody who looked and cannot say."""

KINDS = ("errors", "labels", "human")
FIXED = ("sheet", "version", "record_id", "reviewer", "done", "note")
SHOWN = ("label", "prediction", "probability", "target_like", "split", "said")
"""Columns of a sheet that tell, and are not read back."""
ANSWER = {"labels": "right_label", "human": "your_label"}
"""The column that holds the answer."""

_MARKS = {"x", "✓", "✔", "1", "1.0", "yes", "y", "true", "ja", "oui"}
_BLANK = {"", "0", "0.0", "no", "n", "false", "-", "–", "none", "nan"}


@dataclass(frozen=True)
class Answer:
    """What one reviewer says of one record: tags, or a label; None where that was not asked."""

    record_id: str
    tags: frozenset[str] = frozenset()
    label: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Answers:
    """One reviewer's sheet.

    Parameters
    ----------
    kind : {"errors", "labels", "human"}
    sheet : str
        Which sheet it is.
    version : int
    reviewer : str
    rows : tuple of Answer
        Records that were looked at.
    left : int
        Records that were not.
    """

    kind: str
    sheet: str
    version: int
    reviewer: str
    rows: tuple[Answer, ...]
    left: int


def read_page(text: str, kind: str, where: str) -> Answers:
    """Read the file that a page exports.

    Parameters
    ----------
    text : str
        JSON.
    kind : str
        What is wanted.
    where : str
        The file's name, for messages.

    Raises
    ------
    InputError
        When it is no such file.
    """
    try:
        given: Any = json.loads(text)
        if not isinstance(given, dict) or "matchset" not in given:
            raise ValueError("it has no entry 'matchset'")
        found, rows = str(given["matchset"]), given["rows"]
        sheet, version = str(given["sheet"]), int(given["version"])
        reviewer = str(given.get("reviewer") or "").strip()
        answers = [_answer(row, found) for row in rows if row.get("done")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{where}: the file that a sheet's page saves was wanted, but {error}. Save it from the page again."
        ) from error
    _insist_on_kind(found, kind, where)
    _once([answer.record_id for answer in answers], where)
    return Answers(found, sheet, version, reviewer, tuple(answers), len(rows) - len(answers))


def read_rows(rows: Sequence[Mapping[str, str]], kind: str, where: str, stem: str) -> Answers:
    """Read a spreadsheet.

    Parameters
    ----------
    rows : sequence of mapping
        A row a record: column -> text, both without spaces at their ends. The order of columns does not matter.
    kind : {"errors", "labels", "human"}
    where : str
        The file's name, for messages.
    stem : str
        The reviewer's name where the sheet has no column `reviewer`.

    Returns
    -------
    Answers
        On an errors sheet each column that is not one of the sheet's own is a tag.

    Raises
    ------
    InputError
        When columns are missing, rows disagree on what sheet they are of, or a cell holds what cannot be read.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row if name))
    wanted = ["sheet", "version", "record_id", *([ANSWER[kind]] if kind in ANSWER else [])]
    if missing := [name for name in wanted if name not in columns]:
        other = next((name for name, column in ANSWER.items() if column in columns and name != kind), None)
        hint = f" It looks like a sheet of `matchset {other}`." if other else ""
        raise InputError(
            f"{where}: column {missing[0]!r} wanted, found {some(columns)}.{hint} Give the sheet's columns their names "
            f"back; their order does not matter."
        )
    rows = [row for row in rows if any(row.values())]
    if not rows:
        raise InputError(f"{where}: there is no row in it.")
    if blank := [str(place) for place, row in enumerate(rows, start=2) if not row.get("record_id")]:
        raise InputError(
            f"{where}: no record_id in row {some(blank)}. Copy it from the original sheet, or delete the row."
        )
    sheet, version = (_same(rows, name, where) for name in ("sheet", "version"))
    if not version.removesuffix(".0").isdecimal():
        raise InputError(f"{where}: column 'version' holds {version!r}, but a version is a number.")
    reviewers = {row["reviewer"] for row in rows if row.get("reviewer")}
    if len(reviewers) > 1:
        raise InputError(
            f"{where}: {some(sorted(reviewers))} in column 'reviewer'. Save a file for each, and hand over all."
        )
    answers = [_of_row(row, kind, columns, where) for row in rows]
    _once([row["record_id"] for row in rows], where)
    done = tuple(answer for answer in answers if answer is not None)
    reviewer = next(iter(reviewers), stem)
    return Answers(kind, sheet, int(version.removesuffix(".0")), reviewer, done, len(rows) - len(done))


def check_answers(given: Sequence[Answers], sheet: str, version: int, known: Sequence[str]) -> None:
    """Refuse answers that are not of a sheet.

    Parameters
    ----------
    given : sequence of Answers
    sheet : str
    version : int
        What the sheet was drawn from.
    known : sequence of str
        The records on it.

    Raises
    ------
    InputError
        For another sheet or version, unknown records, and reviewers of one name.
    """
    records = set(known)
    for answers in given:
        who = f"{answers.reviewer}'s sheet"
        if answers.version != version:
            raise InputError(
                f"{who} is of version {answers.version}, but sheet {sheet} is of version {version}. Hand over "
                f"sheets of one version."
            )
        if answers.sheet != sheet:
            raise InputError(f"{who} is of sheet {answers.sheet}, the others are of {sheet}: read them one by one.")
        if unknown := sorted({answer.record_id for answer in answers.rows} - records):
            raise InputError(f"{who} names {len(unknown):,} records that are not on sheet {sheet}: {some(unknown)}.")
    names = [answers.reviewer for answers in given]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(
            f"{some(twice)} handed in two files. Hand over one file for each reviewer, or write other names into their "
            f"column 'reviewer'."
        )


def _answer(row: Mapping[str, Any], kind: str) -> Answer:
    label = row.get("label")
    if label is not None and not isinstance(label, str):
        raise ValueError(f"a label is {label!r}")
    tags = frozenset(_tag(str(tag)) for tag in row.get("tags", ())) - {""}
    return Answer(str(row["record_id"]), tags if kind == "errors" else frozenset(), label, str(row.get("note") or ""))


def _tag(name: str) -> str:
    return " ".join(name.split())


def _of_row(row: Mapping[str, str], kind: str, columns: Sequence[str], where: str) -> Answer | None:
    record_id, note = row["record_id"], row.get("note", "")
    if kind in ANSWER:
        label = row.get(ANSWER[kind], "")
        return Answer(record_id, frozenset(), label, note) if label else None
    own = [name for name in columns if name not in (*FIXED, *SHOWN)]
    tags = frozenset(_tag(name) for name in own if _marked(row.get(name, ""), name, record_id, where))
    done = bool(tags) or _marked(row.get("done", ""), "done", record_id, where)
    return Answer(record_id, tags, None, note) if done else None


def _marked(cell: str, column: str, record_id: str, where: str) -> bool:
    word = cell.strip().lower()
    if word in _MARKS:
        return True
    if word in _BLANK:
        return False
    raise InputError(
        f"{where}: column {column!r} is a tag, and the cell of {record_id!r} holds {cell[:40]!r}. Mark a cell by x or "
        f"leave it empty; what you want to say in words goes into column 'note'."
    )


def _same(rows: Sequence[Mapping[str, str]], name: str, where: str) -> str:
    found = list(dict.fromkeys(row.get(name, "") for row in rows))
    if len(found) > 1:
        said = some([entry or "nothing" for entry in found])
        raise InputError(
            f"{where}: column {name!r} holds {said}, but all rows must be of one sheet. Copy the column from the "
            f"original, or read the sheets one by one."
        )
    if not found[0]:
        raise InputError(f"{where}: column {name!r} is empty. Copy it from the original sheet.")
    return found[0]


def _once(ids: Sequence[str], where: str) -> None:
    seen: set[str] = set()
    twice = sorted({name for name in ids if name in seen or seen.add(name)})  # type: ignore[func-returns-value]
    if twice:
        raise InputError(f"{where}: {len(twice):,} records stand in it twice: {some(twice)}. Keep one row of each.")


def _insist_on_kind(found: str, kind: str, where: str) -> None:
    if found != kind:
        told = f"`matchset {found} read`" if found in KINDS else "another command"
        raise InputError(f"{where}: this is not a sheet of `matchset {kind}`; it is for {told}.")
