"""How rendered content becomes a page: our templates, everything escaped, nothing fetched, nothing executed."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from expectations.rules import SPANNING
from tasks.report.estimates import Estimate
from tasks.report.plots import Side, interval_plot
from tasks.report.wording import count, foreign, inert, interval, number, round_number

_HERE = Path(__file__).parent
_TAGS = ("span", "strong", "code", "p")


class EvidenceView(DefaultJinjaPageView):  # type: ignore[misc]
    """Great Expectations' page view without the remote styles, scripts, fonts and pictures of its templates.

    Notes
    -----
    Invariants: text from the data (labels, descriptors, paths) is escaped wherever it comes from; a content block
    without a template of ours is an error, never a page with a hole.
    """

    _template = "page.html.j2"

    def __init__(self) -> None:
        super().__init__()
        style = (_HERE / "evidence.css").read_text(encoding="utf-8")
        self.env = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.env.globals["style"] = Markup(style)  # noqa: S704 - our own file
        self.env.globals["style_digest"] = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.env.globals["plot"] = plot
        self.env.filters |= {
            "render_content_block": self.render_content_block,
            "render_string_template": self.render_string_template,
            "foreign": foreign,
            "inert": inert,
            "number": number,
            "round_number": round_number,
            "count": count,
            "interval": interval,
        }

    @pass_context
    def render_content_block(
        self,
        jinja_context: Context,
        content_block: Any,
        index: Any = None,
        content_block_id: Any = None,
        render_to_markdown: bool = False,
    ) -> Markup:
        """Render a content block, a list of them or plain text."""
        if content_block is None:
            return Markup("")
        if isinstance(content_block, list | tuple):
            return Markup(" ").join(self.render_content_block(jinja_context, part) for part in content_block)
        if isinstance(content_block, Mapping):
            template = self.env.get_template(f"{content_block['content_block_type']}.html.j2")
            return Markup(template.render(block=content_block))  # noqa: S704 - the template escapes
        return escape(foreign(str(content_block)))

    def render_string_template(self, template: Mapping[str, Any]) -> Markup:
        """Put parameters into a sentence; both are text, whatever they contain."""
        values = {
            name: Markup("<b>{}</b>").format(foreign(str(value)))
            for name, value in (template.get("params") or {}).items()
            if value is not None
        }
        filled = Template(str(escape(template.get("template") or "").strip())).safe_substitute(values)
        tag = template.get("tag") if template.get("tag") in _TAGS else "span"
        broken = filled.replace("\n", "<br>")
        return Markup(f"<{tag}>{broken}</{tag}>")  # noqa: S704 - sentence and values are escaped above


def plot(answer: Mapping[str, Any]) -> Markup:
    """Draw the interval of a check against its limit; nothing for counts, p-values and what has no interval."""
    if answer["rule"] not in (*SPANNING, "gains") or answer["ci_low"] is None:
        return Markup("")
    estimate = Estimate(answer["effect"], answer["ci_low"], answer["ci_high"])
    sides: dict[str, Side] = {"above": "below", "gains": "below", "interval_below": "above"}
    side = sides.get(answer["rule"], "beyond")
    return interval_plot(estimate, limit=answer["limit"], fails=side, about=answer["question"])
