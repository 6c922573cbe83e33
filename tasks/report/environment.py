"""How pages are rendered: whatever comes from data comes out as text."""

import re
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from tasks.report import wording

_TEMPLATES = Path(__file__).parent / "templates"
_URI = re.compile(r"data:(image/png|image/jpeg|audio/flac|audio/wav);base64,[A-Za-z0-9+/]+=*")


def environment() -> jinja2.Environment:
    """Return what renders templates: everything is escaped, and nothing that is missing passes for empty."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "count": wording.count,
        "round_number": wording.round_number,
        "foreign": wording.foreign,
        "percent": wording.percent,
        "breakable": _breakable,
        "uri": _uri,
    }
    return made


def _breakable(text: str) -> Markup:
    """Let a long name break after its underscores, not in the middle of a word."""
    return Markup("_<wbr>").join(wording.foreign(text).split("_"))


def _finalize(value: Any) -> Any:
    return wording.inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _uri(address: str) -> Markup:
    if not _URI.fullmatch(address):
        raise ValueError(f"not a picture or sound of this page: {address[:40]!r}")
    return Markup(address)  # noqa: S704 - nothing but base64 gets here
