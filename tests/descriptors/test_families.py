"""Families: every descriptor has one that is explained, and operations of noise answer them."""

import pyarrow as pa
import pytest

from tasks.descriptors import audio, image
from tasks.descriptors.families import FAMILIES, column_family, explain_family, members
from tasks.descriptors.tabular import row_descriptors
from tasks.noise.modalities import BOUNDS

KNOWN = {"image": image.DESCRIPTORS, "audio": audio.DESCRIPTORS}


@pytest.mark.parametrize("modality", KNOWN)
def test_the_families_are_those_that_are_explained_and_few(modality):
    assert set(members(KNOWN[modality])) == set(FAMILIES[modality])
    assert 5 <= len(FAMILIES[modality]) <= 8


@pytest.mark.parametrize("modality", FAMILIES)
def test_operations_exist_and_each_answers_a_family(modality):
    answering = {operation for family in FAMILIES[modality].values() for operation in family.operations}
    assert answering == set(BOUNDS[modality])


@pytest.mark.parametrize("modality", FAMILIES)
def test_each_family_says_in_a_sentence_what_moves_it_and_what_answers(modality):
    for name, family in FAMILIES[modality].items():
        assert "change" in family.sentence and family.sentence.endswith("."), name
        assert ("answered" in family.sentence) == bool(family.operations), name


def test_members_are_all_descriptors_once():
    for known in KNOWN.values():
        assert sorted(name for names in members(known).values() for name in names) == sorted(known)


def test_a_column_of_a_table_is_a_family_of_its_own_whatever_its_name():
    known = row_descriptors(pa.schema([("income", pa.int64()), ("container", pa.string()), ("noise", pa.bool_())]))
    assert [note.family for note in known.values()] == [column_family(name) for name in known]
    assert not any(note.container for note in known.values())
    assert {explain_family("tabular", note.family) for note in known.values()} == {FAMILIES["tabular"]["column"]}


def test_what_nobody_explained_is_told():
    assert explain_family("image", "embedding net") is None
    assert explain_family("image", "blur") is FAMILIES["image"]["blur"]
