"""Every descriptor says what it is."""

import pytest

from tasks.descriptors import audio, image


@pytest.mark.parametrize("known", [image.DESCRIPTORS, audio.DESCRIPTORS], ids=["image", "audio"])
def test_names_are_columns_and_docs_are_sentences(known):
    for name, descriptor in known.items():
        assert name.isidentifier() and name == name.lower()
        assert descriptor.doc.endswith(".")
        assert descriptor.unit and descriptor.family
        assert not descriptor.source.endswith(".")
