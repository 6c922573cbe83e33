"""Distributions as pictures."""

from xml.etree import ElementTree

import numpy as np
import pytest

from tasks.report.silhouettes import KINDS, OF_SIDES, OF_SPLITS, legend_mark, silhouette
from tasks.shift.histograms import descriptor_histograms


def drawn(samples, name="x"):
    rows = descriptor_histograms({split: {name: np.asarray(values)} for split, values in samples.items()}).to_pylist()
    svg = silhouette(rows, name=name)
    ElementTree.fromstring(svg)
    return svg


def test_each_split_is_one_line_and_dev_is_the_filled_ground() -> None:
    rng = np.random.default_rng(0)
    svg = drawn({split: rng.normal(size=200) for split in KINDS})
    kinds = [part.split('"')[0] for part in svg.split('class="step ')[1:]]
    assert sorted(kinds) == sorted(KINDS.values())
    assert kinds[0] == "dev"


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [3.0], [1e300, -1e300], [0.0] * 1000 + [1e9], [5e-324, 0.0]])
def test_odd_values_are_drawn_without_complaint(values) -> None:
    svg = drawn({"train": np.array(values, float), "dev": np.array([1.0, 2.0])})
    assert "nan" not in svg and "inf" not in svg


def test_no_values_are_said() -> None:
    assert "no values" in silhouette([], name="x")
    assert "no values" in drawn({"train": np.array([np.nan]), "dev": np.array([], float)})


def test_a_split_that_nobody_knows_is_left_out() -> None:
    assert "no values" in drawn({"elsewhere": np.array([1.0, 2.0])})


def test_one_full_bin_does_not_press_the_rest_flat() -> None:
    rng = np.random.default_rng(1)
    values = np.concatenate([np.zeros(5000), rng.uniform(0.1, 1, 5000)])
    assert "cut off at" in drawn({"train": values, "dev": rng.permutation(values)})


def test_words_are_escaped_and_shortened() -> None:
    svg = drawn({"train": np.array(["<b>", "a very long word indeed"], object), "dev": np.array(["<b>", None], object)})
    assert "&lt;b&gt;" in svg and "a very long wo…" in svg and "<b>" not in svg


@pytest.mark.parametrize("shown", [OF_SPLITS, OF_SIDES])
def test_every_split_and_every_side_has_a_mark_of_its_own(shown) -> None:
    marks = {legend_mark(name).split("<path", 1)[1] for name in shown}
    assert len(marks) == len(shown)
