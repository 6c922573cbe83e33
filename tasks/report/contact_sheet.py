"""A contact sheet: some source records, what a policy makes of each, and target records beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.catalog.atomic import write_text
from tasks.report.draws import DrawnParameter
from tasks.report.environment import environment
from tasks.report.gallery import Example, GalleryRow
from tasks.report.policy_table import drawn_lines
from tasks.report.row_tables import row_tables


@dataclass(frozen=True)
class SheetRow:
    """A source record, its synthetic copies, and a target record of the same label if there is one."""

    label: str | None
    source: Example
    synthetic: tuple[Example, ...]
    target: Example | None = None


@dataclass(frozen=True)
class ContactSheet:
    """Everything that the page says.

    Parameters
    ----------
    name, modality : str
        Of the data set.
    policy : str
        What the policy is called: `default`, `fitted`, a file's name.
    seed : int
    rows : sequence of SheetRow
    drawn : sequence of DrawnParameter
        What the policy draws, of `draws` records.
    draws : int
    notes : sequence of str
        What to know besides, each a sentence.
    """

    name: str
    modality: str
    policy: str
    seed: int
    rows: Sequence[SheetRow]
    drawn: Sequence[DrawnParameter] = ()
    draws: int = 0
    notes: Sequence[str] = ()


def write_contact_sheet(sheet: ContactSheet, path: Path) -> Path:
    """Write the page and return its path.

    Notes
    -----
    Invariants: the same sheet gives the same bytes; no script and no address but `data:`; whatever a label, path or
    cell contains comes out as text.
    """
    write_text(render_contact_sheet(sheet), path)
    return path


def render_contact_sheet(sheet: ContactSheet) -> str:
    """Return the page as text."""
    view = {
        "name": sheet.name,
        "policy": sheet.policy,
        "seed": sheet.seed,
        "rows": sheet.rows,
        "copies": max((len(row.synthetic) for row in sheet.rows), default=0),
        "sounds": any(row.source.sound for row in sheet.rows),
        "row_tables": row_tables(_as_gallery(sheet.rows), most=len(sheet.rows)),
        "cells_drawn": _drawn_of_cells(sheet.rows),
        "policy_lines": drawn_lines(sheet.modality, sheet.drawn),
        "draws": sheet.draws,
        "notes": sheet.notes,
    }
    return environment().get_template("contact_sheet.html.jinja").render(view)


def _as_gallery(rows: Sequence[SheetRow]) -> list[GalleryRow]:
    return [GalleryRow(row.label, row.source, row.synthetic[0] if row.synthetic else None, row.target) for row in rows]


def _drawn_of_cells(rows: Sequence[SheetRow]) -> list[tuple[str, Mapping[str, str]]]:
    """Return what was drawn for copies of table rows, whose cells leave no room for it."""
    return [(copy.record_id, copy.drawn) for row in rows for copy in row.synthetic if copy.drawn]
