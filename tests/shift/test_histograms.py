"""Histograms on common bins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tasks.shift.histograms import HISTOGRAMS, MOST_BINS, constant_descriptors, descriptor_histograms

columns = arrays(np.float64, st.integers(0, 60), elements=st.floats(allow_nan=True, allow_infinity=True))
words = st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=40)


@settings(max_examples=80)
@given(train=columns, dev=columns, bins=st.integers(2, MOST_BINS))
def test_no_value_is_lost(train, dev, bins) -> None:
    table = descriptor_histograms({"train": {"x": train}, "dev": {"x": dev}}, bins=bins)
    assert table.schema == HISTOGRAMS
    for row, values in zip(table.to_pylist(), (train, dev), strict=True):
        assert sum(row["counts"]) + row["missing"] == values.size
        assert row["missing"] == np.count_nonzero(~np.isfinite(values))
        assert len(row["edges"]) == len(row["counts"]) + 1 <= bins + 1
        assert np.all(np.isfinite(row["edges"]))
        assert 0 <= row["outside"] <= values.size


@given(train=words, dev=words)
def test_no_word_is_lost(train, dev) -> None:
    table = descriptor_histograms({s: {"x": np.array(v, object)} for s, v in (("train", train), ("dev", dev))})
    for row, values in zip(table.to_pylist(), (train, dev), strict=True):
        if row["words"] is not None:
            assert sum(row["counts"]) == len(values) - values.count(None)
            assert len(row["words"]) == len(row["counts"]) <= 13


def test_all_splits_share_their_bins() -> None:
    rng = np.random.default_rng(0)
    samples = {"train": {"x": rng.normal(0, 1, 500)}, "dev": {"x": rng.normal(3, 1, 50)}}
    rows = descriptor_histograms(samples).to_pylist()
    assert rows[0]["edges"] == rows[1]["edges"]


def test_a_small_split_widens_the_axis_as_a_large_one_does() -> None:
    rng = np.random.default_rng(0)
    samples = {"train": {"x": rng.normal(0, 1, 100_000)}, "dev": {"x": rng.normal(50, 1, 100)}}
    row = descriptor_histograms(samples).to_pylist()[1]
    assert row["outside"] <= 2
    assert row["edges"][-1] > 50


def test_one_wild_value_does_not_press_the_rest_into_one_bin() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(size=1000), [1e12]])
    row = descriptor_histograms({"dev": {"x": values}}).to_pylist()[0]
    assert row["outside"] >= 1
    assert sum(count > 0 for count in row["counts"]) > 10


def test_few_evenly_spaced_values_have_a_bin_each() -> None:
    row = descriptor_histograms({"dev": {"x": np.array([1.0, 2, 2, 3, 5])}}).to_pylist()[0]
    assert row["counts"] == [1, 2, 1, 0, 1] or sum(row["counts"]) == 5
    even = descriptor_histograms({"dev": {"x": np.array([1.0, 2, 2, 3])}}).to_pylist()[0]
    assert even["edges"] == [0.5, 1.5, 2.5, 3.5] and even["counts"] == [1, 2, 1]


def test_rare_words_are_gathered_by_share_not_by_count() -> None:
    train = np.array([f"t{i}" for i in range(20) for _ in range(1000)], object)
    dev = np.array(["only in dev"] * 5, object)
    rows = descriptor_histograms({"train": {"x": train}, "dev": {"x": dev}}).to_pylist()
    assert rows[0]["words"][0] == "only in dev" and rows[0]["words"][-1] == "9 others"
    assert rows[1]["counts"][0] == 5


def test_constant_descriptors_are_those_with_one_value_in_all_splits() -> None:
    one, two = np.ones(5), np.array([1.0, 2.0])
    samples = {
        "train": {"same": one, "moves": one, "varies": two, "missing": one * np.nan, "word": np.array(["a"], object)},
        "dev": {"same": one, "moves": one + 1, "varies": two, "missing": one * np.nan, "word": np.array(["a"], object)},
    }
    assert set(constant_descriptors(descriptor_histograms(samples))) == {"same", "missing", "word"}


def test_too_many_bins_are_refused() -> None:
    for bins in (1, MOST_BINS + 1):
        with pytest.raises(ValueError, match="bins"):
            descriptor_histograms({}, bins=bins)


def test_nothing_gives_an_empty_table() -> None:
    assert descriptor_histograms({}).schema == HISTOGRAMS
