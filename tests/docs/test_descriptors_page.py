"""The page of descriptors says what the code says."""

from pathlib import Path

import pytest

from tasks.descriptors import audio, image
from tasks.descriptors.descriptor import Descriptor
from tasks.descriptors.families import FAMILIES

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/descriptors.md"
KNOWN = {"image": image.DESCRIPTORS, "audio": audio.DESCRIPTORS}


def families_table() -> str:
    """Write the families as the page should have them."""
    rows = ["| | family | what moves it | operations |", "|---|---|---|---|"]
    for modality, families in FAMILIES.items():
        for name, family in families.items():
            operations = ", ".join(f"`{operation}`" for operation in family.operations) or "–"
            rows.append(f"| {modality} | {name} | {family.sentence} | {operations} |")
    return "\n".join(rows)


def descriptors_table(known: dict[str, Descriptor]) -> str:
    """Write the descriptors of a modality as the page should have them."""
    rows = ["| descriptor | family | unit | what it sees | source |", "|---|---|---|---|---|"]
    for name, note in known.items():
        rows.append(f"| `{name}` | {note.family} | {note.unit} | {note.doc} | {note.source or 'elementary'} |")
    return "\n".join(rows)


@pytest.mark.parametrize("part", ["families", *KNOWN])
def test_the_page_has_the_tables_of_the_code(part: str) -> None:
    table = families_table() if part == "families" else descriptors_table(KNOWN[part])
    place = f"<!-- {part} -->\n\n"
    _, found, after = PAGE.read_text(encoding="utf-8").partition(place)
    assert found, f"{PAGE.name}: {place.strip()} wanted before the table"
    assert after.split("\n\n")[0] == table, f"{PAGE.name}: put this after {place.strip()}\n\n{table}"


def test_the_readme_leads_to_it() -> None:
    assert "(docs/descriptors.md)" in (PAGE.parent.parent / "README.md").read_text(encoding="utf-8")
