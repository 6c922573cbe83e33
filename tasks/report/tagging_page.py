"""The page on which people tag errors, check labels or label records: one file, keyboard only, no network."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tasks.diagnosis.sheet_answers import UNSURE
from tasks.report.environment import environment
from tasks.report.gallery import Example

_SCRIPT = Path(__file__).parent / "templates" / "tagging.js"

TITLES = {"errors": "What went wrong?", "labels": "Is the label right?", "human": "Which label?"}
HOW = {
    "errors": "Tag each wrong answer: as many tags as fit, none if you see no reason. What comes up most is worth "
    "working on first.",
    "labels": "Check each label, whatever you think of the model: right answers and wrong ones are mixed, and you are "
    "not told which is which.",
    "human": "Label each record as well as you can. The labels that the data have are not on this page.",
}


@dataclass(frozen=True)
class TaggingItem:
    """A record to look at: what it looks like, and what is told of it."""

    example: Example
    facts: tuple[tuple[str, str], ...] = ()
    given: str = ""
    """The label to check, on a sheet of labels."""


@dataclass(frozen=True)
class TaggingPage:
    """Everything that the page says.

    Parameters
    ----------
    kind : {"errors", "labels", "human"}
    name : str
        Of the data set.
    sheet : str
    version : int
    items : sequence of TaggingItem
    choices : sequence of str
        Tags to start with, or the labels.
    """

    kind: str
    name: str
    sheet: str
    version: int
    items: Sequence[TaggingItem]
    choices: Sequence[str]


def render_tagging_page(page: TaggingPage) -> str:
    """Return the page as text.

    Notes
    -----
    Invariants: the same page gives the same bytes; the only script that may run is the page's own, by its digest; the
    page can load nothing and send nothing; whatever data hold comes out as text.
    """
    script = _SCRIPT.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    view = {
        "kind": page.kind,
        "name": page.name,
        "sheet": page.sheet,
        "version": page.version,
        "title": TITLES[page.kind],
        "how": HOW[page.kind],
        "rows": len(page.items),
        "script": Markup(script),  # noqa: S704 - the project's own file
        "digest": digest,
        "data": Markup(_inside_script(_data(page))),  # noqa: S704 - JSON without a sign that could end the block
    }
    return environment().get_template("tagging.html.jinja").render(view)


def _data(page: TaggingPage) -> dict[str, Any]:
    rows = []
    uri = environment().filters["uri"]
    for item in page.items:
        shown = item.example
        rows.append(
            {
                "id": shown.record_id,
                "picture": str(uri(shown.picture)) if shown.picture else "",
                "smooth": shown.smooth,
                "sound": str(uri(shown.sound)) if shown.sound else "",
                "cells": [] if shown.picture else [[name, value] for name, value in shown.values.items()],
                "facts": [list(fact) for fact in item.facts],
                "given": item.given,
            }
        )
    told = {"kind": page.kind, "sheet": page.sheet, "version": page.version, "unsure": UNSURE}
    return told | {"choices": list(page.choices), "rows": rows}


def _inside_script(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
