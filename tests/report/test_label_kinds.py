"""The labels section for several labels and for numbers: what is shown, and that nobody's null is read as 0."""

import numpy as np
import pytest

from tasks.report.card import dataset_card
from tasks.report.label_amounts import MOST_LABELS, label_amounts
from tasks.report.label_kind import measured_labels
from tasks.report.label_values import label_values
from tasks.report.page import render_report
from tasks.shift.histograms import descriptor_histograms

SPLITS = ("train", "train-dev", "dev", "test")


def amounts(labels: dict[str, tuple[int, int]], rows: int = 400) -> list[tuple]:
    """Measure labels: name -> annotated, positives, the same in every split and domain."""
    found = []
    most = max(annotated for annotated, _ in labels.values())
    for part in (*SPLITS, "source", "target"):
        for name, (annotated, held) in labels.items():
            found += [
                ("label_annotated", part, None, name, float(annotated), None, None, None, rows),
                ("label_positives", part, None, name, float(held)),
                ("label_rate", part, None, name, held / annotated if annotated else None, 0.0, 1.0),
            ]
    found += [("label_amount_ratio", "train", None, name, n / most) for name, (n, _) in labels.items()]
    return found


def judged(make_contents, rows, limit=0.5):
    contents = make_contents(measurements=rows)
    contents.verdict["checks"].append({**contents.verdict["checks"][0], "id": "label-amounts.train", "limit": limit})
    return contents


def test_similar_amounts_are_told_from_those_that_are_not(make_contents, make_measured) -> None:
    rows = make_measured(*amounts({"sign": (400, 90), "light": (260, 80), "car": (100, 70)}))
    found = label_amounts(judged(make_contents, rows))
    assert found is not None
    assert [line.alike for line in found.amounts] == [True, True, False]
    assert "260 to 400 annotated records each: sign, light." in found.said
    assert "Less than 50 % of the most: car (100)." in found.said
    alike = make_measured(*amounts({"sign": (400, 90), "light": (260, 80)}))
    again = label_amounts(judged(make_contents, alike))
    assert again is not None
    assert again.said.startswith("All 2 labels have similar amounts in train, 260 to 400")


def test_what_was_not_annotated_has_a_part_of_its_own(make_contents, make_measured) -> None:
    found = label_amounts(judged(make_contents, make_measured(*amounts({"sign": (300, 90)}))))
    assert found is not None
    cell = found.rows[0][1][0]
    assert cell.annotated == "300 of 400"
    assert cell.rate == "30 %"
    assert "with it 90, without it 210, not annotated 100" in cell.bar


def test_a_label_that_nobody_annotated_has_no_share(make_contents, make_measured) -> None:
    rows = make_measured(*amounts({"sign": (300, 90), "car": (0, 0)}))
    contents = judged(make_contents, rows)
    found = label_amounts(contents)
    assert found is not None
    assert found.rows[1][1][0].rate == "–"
    assert "car" in render_report(contents)


def test_of_very_many_labels_the_rarest_are_shown(make_contents, make_measured) -> None:
    rows = make_measured(*amounts({f"l{place:03d}": (400, place + 1) for place in range(200)}))
    found = label_amounts(judged(make_contents, rows))
    assert found is not None
    assert [name for name, _ in found.rows] == [f"l{place:03d}" for place in range(MOST_LABELS)]
    assert found.more == 200 - MOST_LABELS


@pytest.fixture
def numbers(make_contents, make_measured):
    rows = []
    for split in SPLITS:
        rows += [("label_quantile", split, None, f"{q}%", q + 0.5) for q in (0, 50, 100)]
        rows.append(("label_mean", split, None, None, 50.5, 45.0, 56.0))
    rows.append(("label_outside_train", "train", "dev", None, 0.025))
    rows += [(name, "dev", "test", None, 0.02, -0.05, 0.09) for name in ("label_cliffs_delta", "label_wasserstein")]
    rng = np.random.default_rng(0)
    shapes = descriptor_histograms({split: {"label": rng.normal(50, 9, 200)} for split in SPLITS})
    return make_contents(measurements=make_measured(*rows), label_histogram=shapes)


def test_numbers_are_shown_by_their_quantiles_and_a_picture(numbers) -> None:
    found = label_values(numbers)
    assert found is not None
    assert found.quantiles == ("0%", "50%", "100%")
    assert [row.outside for row in found.rows] == ["", "", "2.5 %", ""]
    assert found.rows[0].interval == "[45, 56]"
    assert [line.pair for line in found.apart] == ["dev and test"]
    page = render_report(numbers)
    assert "The label is a number to predict." in page
    assert "number to predict, " in found.plot
    assert "the share of answers that you count as wrong" in page


def test_the_card_says_what_the_columns_hold(numbers, make_contents, make_measured) -> None:
    assert measured_labels(numbers.measurements).kind == "number"
    assert "`label`, group" in dataset_card(numbers, SPLITS)
    assert "The label is a number to predict." in dataset_card(numbers, SPLITS)
    rows = make_measured(*amounts({f"l{place}": (400, 9) for place in range(11)}))
    card = dataset_card(make_contents(measurements=rows), SPLITS)
    assert "`label_l0`, `label_l1`" in card
    assert "`label_l7` and 3 more labels, group" in card
    assert "A null is no 0" in card
    assert "A null is no 0" not in dataset_card(make_contents(), SPLITS)


def test_hostile_names_of_labels_come_out_as_text(make_contents, make_measured) -> None:
    name = "</script><script>alert(1)</script>"
    contents = judged(make_contents, make_measured(*amounts({name: (400, 9), "b|`c": (10, 1)})))
    page = render_report(contents)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
