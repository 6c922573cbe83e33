"""What synthetic records reach, drawn and told."""

import pytest

from tasks.report.page import render_report
from tasks.report.reach import reach

MEASURED = (
    ("task_coverage", "train", "dev", None, 0.48, 0.40, 0.55),
    ("task_coverage", "synthetic", "dev", None, 0.41, 0.35, 0.46),
    ("task_coverage", "test", "dev", None, 0.99, 0.98, 1.0),
    ("task_density", "train", "dev", None, 0.13, 0.09, 0.16),
    ("task_density", "synthetic", "dev", None, 0.22, 0.17, 0.28),
    ("coverage", "synthetic", "dev", None, 0.19, 0.14, 0.24),
    ("detectable", "synthetic", "dev", None, 0.94, 0.91, 0.96),
    ("detectable", "train", "dev", None, 1.0, 0.99, 1.0),
    ("detectable", "synthetic", "train", None, 0.5, 0.4, 0.6),
)


def test_both_spaces_are_drawn_and_what_tells_records_apart_is_told(make_contents, make_measured) -> None:
    contents = make_contents(measurements=make_measured(*MEASURED))
    found = reach(contents)
    assert [picture.space.split()[-1] for picture in found.pictures] == ["task", "together"]
    beside = "0.220 [0.170, 0.280] times as dense as others of dev, source ones in train 0.130 times"
    assert beside in found.pictures[0].density
    assert found.pictures[1].density == ""
    assert (
        "right 97 % of the time where the other one is synthetic, and 100 % where it is of the source"
        in found.told_apart
    )
    assert "says right 75 % of the time which is which" in found.told_apart
    page = render_report(contents)
    assert '<section id="reach">' in page
    assert "share of dev that is reached" in page


@pytest.mark.parametrize("rows", [(), MEASURED[:1]])
def test_without_synthetic_records_nothing_is_drawn(make_contents, make_measured, rows) -> None:
    contents = make_contents(measurements=make_measured(*rows))
    assert reach(contents) is None
    assert "There are no synthetic records" in render_report(contents)


def test_what_no_classifier_can_tell_is_not_told(make_contents, make_measured) -> None:
    rows = [(*row[:4], None, None, None) if row[0] == "detectable" else row for row in MEASURED]
    assert "Too few groups" in reach(make_contents(measurements=make_measured(*rows))).told_apart
