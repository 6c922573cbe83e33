"""The page that a person reads before anybody trains: one file, no scripts, nothing from elsewhere."""

import re
from pathlib import Path

from tasks.catalog.atomic import write_text
from tasks.report.assumptions import all_answers, assumption_blocks
from tasks.report.choice import choice_lines
from tasks.report.contents import ReportContents
from tasks.report.embeddings import embedding_lines
from tasks.report.environment import environment
from tasks.report.fitted_on import fitted_on_dev
from tasks.report.gallery import within_budget
from tasks.report.headline import headline
from tasks.report.helps import helps
from tasks.report.label_amounts import label_amounts
from tasks.report.label_values import label_values
from tasks.report.labels import label_shares
from tasks.report.likeness import lay_out
from tasks.report.losses import accounts, dropped, quarantined
from tasks.report.matching import matching
from tasks.report.mismatch import gap
from tasks.report.options import two_options
from tasks.report.policy_moves import policy_moves
from tasks.report.policy_table import policy_lines
from tasks.report.reach import reach
from tasks.report.recorded_noise import recorded_noise
from tasks.report.redrawn import seen_before
from tasks.report.row_tables import row_tables
from tasks.report.shapes import shapes
from tasks.report.sizes import chance_difference, noticed_difference, split_sizes
from tasks.report.task_space import task_space_lines
from tasks.splitting.design_effect import ICC
from tasks.splitting.detectable import POWER

_PLACE = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.html")
_SECTIONS = (
    ("verdict", "Verdict"),
    ("assumptions", "Assumptions"),
    ("splits", "Splits"),
    ("atoms", "Atoms"),
    ("match", "Match"),
    ("gap", "The gap"),
    ("helps", "Does synthesis help"),
    ("reach", "What synthesis reaches"),
    ("distributions", "Distributions"),
    ("labels", "Labels"),
    ("gallery", "Examples"),
    ("records", "Records"),
    ("policy", "Noise policy"),
    ("reproduce", "Make it again"),
)


def write_report(contents: ReportContents, folder: Path) -> Path:
    """Write `index.html` into a folder and return its path.

    Parameters
    ----------
    contents : ReportContents
        Everything the page says.
    folder : Path
        Where to; made if it is missing.

    Returns
    -------
    Path
        The page: one self-contained file of a few MB at most, readable offline, on paper and in dark mode.

    Notes
    -----
    Invariants: the same contents give the same bytes; no script, and no address besides `data:`, anchors on the page
    and the evidence; whatever a label or path contains comes out as text.
    """
    page = folder / "index.html"
    write_text(render_report(contents), page)
    return page


def render_report(contents: ReportContents) -> str:
    """Return the page as text."""
    gallery, twins, left_out = within_budget(
        contents.gallery, contents.duplicates.pairs if contents.duplicates is not None else ()
    )
    mismatch = gap(contents)
    likes, unlike = lay_out(contents.likeness, [part.name for part in mismatch.budget.parts])
    view = {
        "name": str(contents.config["name"]),
        "modality": str(contents.config.get("modality", "")),
        "version": str(contents.verdict["version"]),
        "contents_list": _SECTIONS,
        "head": headline(contents),
        "answers": all_answers(contents),
        "blocks": assumption_blocks(contents),
        "evidence": _place(contents.evidence),
        "sizes": split_sizes(contents),
        "chance_difference": chance_difference(contents),
        "noticed_difference": noticed_difference(contents),
        "icc": ICC,
        "power": POWER,
        "atoms": contents.atoms,
        "drawings": contents.drawings,
        "seen_before": seen_before(contents),
        "matching": matching(contents.certificate),
        "options": two_options(contents),
        "gap": mismatch,
        "likes": likes,
        "unlike": unlike,
        "embeddings": embedding_lines(contents),
        "task_space": task_space_lines(contents),
        "helps": helps(contents),
        "reach": reach(contents),
        "shapes": shapes(contents),
        "labels": label_shares(contents),
        "corrected": contents.corrected,
        "amounts": label_amounts(contents),
        "values": label_values(contents),
        "gallery": gallery,
        "row_tables": row_tables(gallery),
        "sounds": any(row.source is not None and row.source.sound for row in gallery),
        "twins": twins,
        "silenced": left_out,
        "accounts": accounts(contents),
        "dropped": dropped(contents),
        "quarantine": quarantined(contents),
        "duplicates": contents.duplicates,
        "policy": contents.policy,
        "policy_reason": contents.policy_reason,
        "choice": choice_lines(contents),
        "fitted_on_dev": fitted_on_dev(contents),
        "policy_lines": policy_lines(contents),
        "policy_moves": policy_moves(contents),
        "recorded_noise": recorded_noise(contents),
        "reproduce": contents.reproduce,
        "versions": contents.versions,
    }
    return environment().get_template("page.html.jinja").render(view)


def _place(address: str | None) -> str | None:
    if address is not None and not _PLACE.fullmatch(address):
        raise ValueError(f"not a page below the report's folder: {address!r}")
    return address
