"""Sheets as spreadsheets: bytes of CSV and XLSX files, and back to rows of text."""

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from tasks.errors import InputError, some

LARGEST = 200_000_000
"""Bytes that an unpacked file may have: a sheet has a hundredth of it, and a small file can unpack to anything."""
HEADER_WITHIN = 10
"""Rows in which the header is looked for: people put titles above it."""
_RUNS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell starts that a spreadsheet program would compute."""


def to_csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write a CSV file that spreadsheet programs open as it is meant: with a mark of its encoding, no cell computed."""
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow([_still(name) for name in columns])
    written.writerows([[_still(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write an XLSX file; every cell is text, whatever it looks like. The same rows give the same cells."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    page = book.active
    page.title = "records"
    for down, row in enumerate([columns, *rows], start=1):
        for right, text in enumerate(row, start=1):
            cell = page.cell(down, right)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("�", text)
            cell.data_type = "s"  # what starts with = is no formula here
            cell.number_format = "@"
            if down == 1:
                cell.font = Font(bold=True)
            cell.alignment = Alignment(vertical="top")
    for right, name in enumerate(columns, start=1):
        width = max([len(name), *(len(row[right - 1]) for row in rows)], default=8)
        page.column_dimensions[page.cell(1, right).column_letter].width = min(40, width + 2)
    page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def from_csv(data: bytes, where: str) -> list[dict[str, str]]:
    """Read a CSV file: column -> text of each row, without spaces at the ends. Commas, semicolons or tabs.

    Raises
    ------
    InputError
        When it is no such file.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what older spreadsheet programs save
    if "\0" in text:
        raise InputError(f"{where}: this is no CSV file. Save the sheet as CSV or XLSX.")
    head = text[:4096]
    mark = max(",;\t", key=head.count)
    try:
        cells = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error as error:
        raise InputError(f"{where}: this CSV file cannot be read ({error}). Save the sheet as CSV or XLSX.") from error
    return _rows([[_unstill(cell) for cell in row] for row in cells], where)


def from_xlsx(data: bytes, where: str) -> list[dict[str, str]]:
    """Read the sheet of an XLSX file: column -> text of each row, without spaces at the ends.

    Raises
    ------
    InputError
        When it is no such file, unpacks to too much, or holds merged cells: which row a merged cell belongs to cannot
        be told.
    """
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > LARGEST:
            raise InputError(f"{where}: it unpacks to {size:,} bytes, which no sheet has.")
        book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        page = book["records"] if "records" in book.sheetnames else book.worksheets[0]
        merged = [str(part) for part in page.merged_cells.ranges]
        cells = [[_text(value) for value in row] for row in page.iter_rows(values_only=True)]
    except InputError:
        raise
    except Exception as error:  # a broken file fails anywhere in the library
        raise InputError(f"{where}: this XLSX file cannot be read ({error}). Save the sheet as CSV or XLSX.") from error
    rows = _rows(cells, where)
    inside = [part for part in merged if _last_row(part) > _header(cells)[0] + 1]
    if inside:
        raise InputError(
            f"{where}: cells are merged ({some(inside)}), so which record an entry belongs to cannot be told. Unmerge "
            f"them and fill in each row."
        )
    return rows


def _last_row(part: str) -> int:
    return int("".join(sign for sign in part.split(":")[-1] if sign.isdigit()))


def _header(cells: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    for place, row in enumerate(cells[:HEADER_WITHIN]):
        names = [_name(cell) for cell in row]
        if "record_id" in names:
            return place, names
    return -1, []


def _rows(cells: Sequence[Sequence[str]], where: str) -> list[dict[str, str]]:
    place, names = _header(cells)
    if place < 0:
        found = next(([cell for cell in row if cell.strip()] for row in cells if any(cell.strip() for cell in row)), [])
        raise InputError(
            f"{where}: a column 'record_id' wanted, found {some(found)}. Hand over the sheet that was written."
        )
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise InputError(f"{where}: column {twice[0]!r} stands in it twice. Keep one.")
    rows = []
    for row in cells[place + 1 :]:
        if any(cell.strip() for cell in row):
            filled = [*row, *[""] * (len(names) - len(row))]
            rows.append({name: cell.strip() for name, cell in zip(names, filled, strict=False) if name})
    return rows


_OWN = (
    *("sheet", "version", "record_id", "reviewer", "done", "note", "label", "prediction", "probability"),
    *("target_like", "split", "said", "right_label", "your_label"),
)


def _name(cell: str) -> str:
    """Return a column's name; the sheet's own are known in whatever case and with spaces for underscores."""
    name = " ".join(cell.split())
    plain = name.lower().replace(" ", "_")
    return plain if plain in _OWN else name


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # spreadsheet programs turn a label 3 into 3.0
    return str(value)


def _still(cell: str) -> str:
    return "'" + cell if cell.startswith((*_RUNS, "'")) else cell


def _unstill(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_RUNS, "'")) else cell
