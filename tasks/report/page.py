"""The page that a person reads before anybody trains: one file, no scripts, nothing from elsewhere."""

from pathlib import Path

import jinja2

from tasks.catalog.atomic import write_text
from tasks.report.contents import ReportContents

_TEMPLATES = Path(__file__).parent / "templates"


def write_report(contents: ReportContents, folder: Path) -> Path:
    """Write `index.html` into a folder and return its path.

    Parameters
    ----------
    contents : ReportContents
        Everything the page says.
    folder : Path
        An existing folder.

    Returns
    -------
    Path
        The page: one self-contained file.
    """
    page = folder / "index.html"
    write_text(render_report(contents), page)
    return page


def render_report(contents: ReportContents) -> str:
    """Return the page as text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(contents=contents)
