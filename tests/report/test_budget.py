from xml.etree import ElementTree

import pytest

from tasks.report.budget import budget, mismatch_bars
from tasks.report.estimates import Estimates

WHOLE = (
    ("mismatch", "train", "dev", None, 0.61, 0.55, 0.67),
    ("mismatch", "train", "train-dev", None, 0.0, -0.01, 0.01),
    ("mismatch", "dev", "test", None, 0.001, -0.01, 0.02),
    ("mismatch_over_floor", "train", "dev", "train-dev", 0.61, 0.55, 0.66),
    ("mismatch_part", "train", "dev", "geometry", 0.22, 0.2, 0.24),
    ("mismatch_part", "train", "dev", "blur", 0.3, 0.25, 0.35),
    ("mismatch_part", "train", "dev", "exposure", 0.05, 0.03, 0.07),
    ("mismatch_part", "train", "dev", "noise", 0.03, 0.01, 0.05),
    ("mismatch_part", "train", "dev", "colour", 0.01, 0.0, 0.02),
)
AFTER = (
    ("mismatch_part", "train+synthetic", "dev", "blur", 0.05, 0.03, 0.07),
    ("mismatch_closed", "train+synthetic", "dev", "blur", 0.25, 0.2, 0.3),
    ("mismatch_closed", "train+synthetic", "dev", "noise", -0.02, -0.03, -0.01),
    ("gap_closed", "train+synthetic", "dev", None, 0.64, 0.6, 0.7),
)


def of(make_measured, *rows):
    return budget(Estimates(make_measured(*rows)), {"source": 900})


def test_a_sentence_says_how_large_it_is_and_what_it_consists_of(make_measured):
    assert of(make_measured, *WHOLE).sentence == (
        "Of the mismatch 0.61 [0.55, 0.67] between train and dev: blur 0.30, geometry 0.22, exposure 0.05, "
        "all else 0.04."
    )


def test_it_says_what_synthesis_closed_and_what_it_widened(make_measured):
    said = of(make_measured, *WHOLE, *AFTER).sentence
    assert said.endswith(" Synthesis closed 64 % of it, most of it in blur; it widened noise.")
    grown = of(make_measured, *WHOLE, ("gap_closed", "train+synthetic", "dev", None, -0.3, -0.4, -0.2)).sentence
    assert grown.endswith(" Synthesis widened it by 30 %.")
    open_ = of(make_measured, *WHOLE, ("gap_closed", "train+synthetic", "dev", None, 0.1, -0.1, 0.2)).sentence
    assert "undecided" in open_ and "closed 10" not in open_


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.55, 0.66, ": a mismatch."), (-0.01, 0.015, "no mismatch that matters"), (0.0, 0.1, "undecided")],
)
def test_beside_the_floors_there_are_three_states(make_measured, low, high, said):
    rows = [row for row in WHOLE if row[0] != "mismatch_over_floor"]
    assert said in of(make_measured, *rows, ("mismatch_over_floor", "train", "dev", "train-dev", low, low, high)).floors


def test_too_little_to_share_out_is_not_shared_out(make_measured):
    found = of(make_measured, ("mismatch", "train", "dev", None, 0.004, -0.01, 0.02), *WHOLE[4:])
    assert (
        found.sentence
        == "Train and dev are 0.0040 [−0.0100, 0.0200] apart: too little, or too uncertain, to share out."
    )


def test_columns_of_a_table_are_called_by_their_names(make_measured):
    rows = (
        WHOLE[0],
        ("mismatch_part", "train", "dev", "column income", 0.4, 0.3, 0.5),
        ("mismatch_part", "train", "dev", "column age", 0.21, 0.1, 0.3),
        ("mismatch_content", "train", "dev", None, 0.2, 0.1, 0.3),
    )
    found = of(make_measured, *rows)
    assert "income 0.40, age 0.21." in found.sentence
    assert "the columns that define the domain did not differ, 0.200" in found.content
    assert "column" not in found.picture


def test_label_shift_is_stated_apart_with_its_base_rate(make_measured):
    counts = [
        ("label_count", split, None, label, n)
        for split, label, n in (("train", "1", 30.0), ("train", "0", 70.0), ("dev", "1", 8.0), ("dev", "0", 92.0))
    ]
    found = of(
        make_measured,
        *WHOLE,
        *counts,
        ("label_share_tv", "train", "dev", None, 0.22, 0.18, 0.26),
        ("label_reweighted_distance", "train", "dev", None, 0.58, 0.5, 0.6),
    )
    assert "their shares differ by 0.220 [0.180, 0.260]" in found.labels
    assert "most of all label 1 is 30 % of train and 8 % of dev" in found.labels
    assert "labels shift" not in found.sentence  # whether it is more than chance was not measured
    table = make_measured(*WHOLE, *counts, ("label_share_tv", "train", "dev", None, 0.22, 0.18, 0.26, 0.001))
    assert budget(Estimates(table), {}).sentence.endswith(
        " The labels shift too: label 1 is 30 % of train and 8 % of dev."
    )
    assert "With equal shares of every label train and dev are 0.580" in found.labels


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.1, 0.3, "that no descriptor tells."), (0.0, 0.01, "tell all of it that matters."), (0.0, 0.1, "is undecided.")],
)
def test_what_is_not_explained_has_three_states(make_measured, low, high, said):
    rows = (
        ("task_distance", "train", "dev", None, 0.5, 0.4, 0.6),
        ("task_unexplained", "train", "dev", None, low, low, high),
    )
    assert of(make_measured, *WHOLE, *rows).unexplained.endswith(said)
    assert of(make_measured, *WHOLE, rows[0]).unexplained == ""
    # All that there is of a table's row is a descriptor.
    column = ("mismatch_part", "train", "dev", "column income", 0.4, 0.3, 0.5)
    assert of(make_measured, *WHOLE, *rows, column).unexplained == ""


def test_equal_label_shares_are_said_to_be_equal(make_measured):
    found = of(make_measured, *WHOLE, ("label_share_tv", "train", "dev", None, 0.01, 0.0, 0.04))
    unclear = of(make_measured, *WHOLE, ("label_share_tv", "train", "dev", None, 0.1, 0.0, 0.4))
    assert unclear.labels.startswith("Whether label shares differ between train and dev is undecided")
    assert found.labels == "The labels have the same shares in train and dev: total variation 0.0100 [0, 0.0400]."


@pytest.mark.parametrize(("effect", "saturated"), [(0.99, True), (0.9, False)])
def test_where_the_classifier_tells_all_apart_it_ranks_no_more(make_measured, effect, saturated):
    found = of(make_measured, *WHOLE, ("domain_classifier", "train", "dev", None, effect, effect - 0.01, effect))
    assert ("saturated" in found.classifier) is saturated


def test_target_records_in_train_are_not_held_against_the_classifier(make_measured):
    rows = [("domain_classifier", split, "dev", None, 0.83, 0.82, 0.84) for split in ("train", "train+synthetic")]
    found = budget(Estimates(make_measured(*WHOLE, *rows)), {"source": 860, "target": 140, "synthetic": 1000})
    assert "so 0.860 and 0.930 are what telling all else apart would give" in found.classifier
    assert "saturated" in found.classifier


def test_the_picture_orders_families_and_says_what_it_shows(make_measured):
    found = of(make_measured, *WHOLE, *AFTER)
    assert [part.family for part in found.parts] == ["blur", "geometry", "exposure", "noise", "colour"]
    svg = ElementTree.fromstring(str(found.picture))
    said = svg.findtext("desc")
    assert said.startswith("blur 0.300 [0.250, 0.350], with synthetic data 0.0500 [0.0300, 0.0700]; geometry 0.220")
    width = float(svg.get("viewBox").split()[2])
    for rect in svg.iter("rect"):
        assert float(rect.get("x")) >= 0 and float(rect.get("x")) + float(rect.get("width")) <= width


def test_nothing_measured_is_nothing_said(make_measured):
    found = of(make_measured)
    assert (found.sentence, found.floors, found.content, found.labels, found.classifier) == ("", "", "", "", "")
    assert found.picture is None
    assert mismatch_bars(Estimates(make_measured())) == ([], None)
    nan = of(make_measured, ("mismatch", "train", "dev", None, float("nan")), ("mismatch_part", "train", "dev", "a"))
    assert nan.sentence == "" and nan.picture is None
