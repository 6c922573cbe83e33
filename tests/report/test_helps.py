"""Does synthesis help, in the report: three states, why not, and the weights."""

import pytest

from tasks.report.headline import headline
from tasks.report.helps import helps
from tasks.report.page import render_report

ERRORS = (
    ("baseline_error", "dev", None, "real", 0.54, 0.5, 0.58, None, 4_000, 500),
    ("baseline_error", "dev", None, "real+synthetic", 0.31, 0.27, 0.35, None, 8_000, 500),
    ("baseline_error", "dev", None, "ceiling", 0.08, 0.06, 0.1, None, 4_000, 500),
)


def gain(effect, low, high):
    return ("synthesis_gain", "train+synthetic", "dev", None, effect, low, high)


@pytest.mark.parametrize(
    ("low", "high", "proved", "said"),
    [
        (0.2, 0.26, "fitted", "records help: a small model’s error on dev is 31.0 % with them and 54.0 %"),
        (-0.02, 0.1, "fitted", "Whether the synthetic records help is not decided"),
        (-0.1, -0.01, "forced", "The synthetic records hurt"),
        (-0.01, 0.001, "withdrawn", "The synthetic records do not help"),
        (None, None, "forced", "not decided"),
    ],
)
def test_what_was_found_is_said_in_the_headline_too(make_contents, make_measured, low, high, proved, said) -> None:
    contents = make_contents(measurements=make_measured(*ERRORS, gain(0.0, low, high)), proved=proved)
    found = helps(contents)
    assert said in found.sentence
    assert headline(contents).proof == found.sentence
    assert ("So this version holds none." in found.sentence) == (proved == "withdrawn")
    assert found.picture is not None
    assert "ceiling: with the rest of dev 0.0800" in found.picture
    assert said in render_report(contents)


def test_why_not_names_what_noise_cannot_imitate(make_contents, make_measured) -> None:
    contents = make_contents(
        measurements=make_measured(
            *ERRORS,
            gain(-0.01, -0.02, 0.0),
            ("defining_cliffs_delta", "train", "dev", "income", 0.9, 0.8, 1.0),
            ("defining_cliffs_delta", "train", "dev", "town", 0.0, -0.1, 0.1),
            ("label_share_tv", "train", "dev", None, 0.1, 0.05, 0.15, 0.001),
            *(("label_count", "dev", None, label, 60.0, None, None) for label in "01"),
            ("mismatch_part", "train", "dev", "column <rate>", 0.2, 0.1, 0.3),
        ),
        proved="withdrawn",
    )
    said = helps(contents).why
    assert "Train and dev differ by income and base rate, which noise cannot imitate" in said
    assert "most else in <rate>, which this noise does not mend" in said
    assert "&lt;rate&gt;" in render_report(contents)
    assert "town" not in said


def test_nothing_is_claimed_where_nothing_was_tried(make_contents, make_measured) -> None:
    untried = make_contents(measurements=make_measured(gain(None, None, None)), proved="fitted")
    assert "could not be tried" in helps(untried).sentence
    found = make_contents(measurements=make_measured(*ERRORS), proved=None, policy="fitted")
    assert helps(found).sentence == "No noise was found that helps, so this version holds no synthetic records."
    none = make_contents(measurements=make_measured(), proved=None, policy="none")
    assert helps(none).sentence == helps(none).why == ""
    assert "No small model was trained" in render_report(none)


def test_the_table_of_weights_marks_the_share_that_is_published(make_contents, make_measured) -> None:
    rows = [
        *ERRORS,
        ("target_weight", "train", None, "0.5", 40.0, 40.0, 40.0, None, 100, 0),
        *(
            row
            for name, error, less in (("as it is", 0.3, 0.1), ("0.25", 0.22, 0.02), ("0.5", 0.2, 0.0))
            for row in (
                ("weight_error", "train", "dev", name, error, error - 0.02, error + 0.02),
                ("weight_gain", "train", "dev", name, less, less - (less > 0) * 0.01, less + (less > 0) * 0.01),
            )
        ),
    ]
    found = helps(make_contents(measurements=make_measured(*rows)))
    assert [(line.share, line.chosen) for line in found.weights] == [
        ("as it is", False),
        ("25 %", False),
        ("50 %", True),
    ]
    assert found.weights[0].against == "10.0 [9.0, 11.0]"
    assert found.weights[2].against == ""
    assert "Each of the 100 target records in train counts 40 times" in found.weighed
    assert "50 % of the whole weight" in found.weighed
