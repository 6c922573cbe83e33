"""Atoms in the report: counted whole, tied by what ties them, the largest first."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report.atoms import find_atoms
from tasks.report.page import render_report

IDS = [f"r{i}" for i in range(9)]


def found(atoms, groups, pairs, splits):
    columns = {"record_id": IDS[: len(atoms)], "atom": atoms, "group": groups}
    catalog = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    tied = pa.table(
        {name: pa.array([pair[i] for pair in pairs], pa.string()) for i, name in enumerate(("first", "second", "kind"))}
    )
    known = {"record_id": list(splits), "split": list(splits.values())}
    return find_atoms(catalog, tied, pa.table({name: pa.array(values, pa.string()) for name, values in known.items()}))


def test_each_atom_says_what_ties_it():
    atoms = ["a", "a", "b", "b", "b", "c", "c", "c", "d"]
    groups = ["g", "g", None, None, None, "h", "h", None, "k"]
    pairs = [("r2", "r3", "near"), ("r3", "r4", "exact"), ("r5", "r7", "near")]
    told = found(atoms, groups, pairs, {"r0": "train", "r1": "train", "r2": "dev", "r3": "dev", "r8": "test"})
    assert (told.records, told.atoms, told.groups, told.largest_rows) == (9, 4, 3, 3)
    assert [(kind.ties, kind.atoms, kind.records) for kind in told.kinds] == [
        ("a group and near-duplicates", 1, 3),
        ("equal content and near-duplicates", 1, 3),
        ("a group", 1, 2),
    ]
    assert [(atom.name, atom.records) for atom in told.largest] == [("b", 3), ("c", 3), ("a", 2)]
    assert told.largest[0].splits == (("dev", 2), ("in no split", 1))
    assert told.largest[1].groups == ("h",)
    assert (told.several.atoms, told.several.records) == (3, 8)
    assert [atom.name for atom in told.giants] == ["b", "c"]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=9))
def test_records_of_several_are_those_not_alone(atoms):
    firsts = {atom: IDS[atoms.index(atom)] for atom in atoms}
    pairs = [(firsts[atom], IDS[i], "near") for i, atom in enumerate(atoms) if firsts[atom] != IDS[i]]
    told = found(atoms, [None] * len(atoms), pairs, dict.fromkeys(IDS[: len(atoms)], "train"))
    assert told.several.records == sum(atoms.count(atom) > 1 for atom in atoms)
    assert told.atoms == len(set(atoms))
    assert all(kind.ties == "near-duplicates" for kind in told.kinds)


def test_no_records_make_no_atoms():
    told = found([], [], [], {})
    assert (told.atoms, told.largest_rows, told.kinds, told.largest) == (0, 0, (), ())


@pytest.mark.parametrize("word", ["3", "<script>alert(1)</script>"])
def test_the_page_lists_the_largest_and_points_out_a_giant(make_contents, word):
    page = render_report(make_contents(word=word))
    assert '<section id="atoms">' in page
    assert "a giant atom" in page
    assert "2.5 %" in page or "2.5%" in page
    assert "<script>" not in page
