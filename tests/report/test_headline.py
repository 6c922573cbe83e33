"""The verdict in a few lines."""

import pytest

from tasks.report.headline import headline


def test_the_three_numbers(make_contents) -> None:
    head = headline(make_contents())
    assert (head.gap, head.gap_interval) == ("60 %", "95 % interval 50 % to 70 %")
    assert head.tally == {"pass": 1, "fail": 1, "undecided": 1} and head.informative == 1
    assert [(row.split, row.rows) for row in head.splits] == [
        ("train", 4100),
        ("train-dev", 300),
        ("dev", 500),
        ("test", 480),
    ]


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.1, 0.3, "closer"), (-0.3, -0.1, "further away"), (-0.1, 0.3, "not decided")]
)
def test_the_gap_is_read_from_its_interval_not_from_its_middle(make_contents, make_measured, low, high, said) -> None:
    table = make_measured(("gap_closed", "train+synthetic", "dev", None, (low + high) / 2, low, high))
    assert said in headline(make_contents(measurements=table)).gap_words


def test_what_was_not_measured_is_not_called_zero(make_contents, make_measured) -> None:
    assert headline(make_contents(measurements=make_measured())).gap == "not measured"
    head = headline(make_contents(measurements=make_measured(), splits={"train": {"source": 5}}))
    assert "no synthetic data" in head.gap_words


def test_failures_come_before_what_is_undecided_and_information_is_no_alarm(make_contents, make_check) -> None:
    checks = [
        make_check(id="a", status="undecided", severity="critical", remedy="a"),
        make_check(id="b", status="fail", severity="warning", remedy="b"),
        make_check(id="c", status="fail", severity="critical", remedy="c"),
        make_check(id="d", status="fail", severity="info", remedy="d"),
        make_check(id="e", status="fail", severity="critical", remedy="c"),
    ]
    head = headline(make_contents(verdict={"version": "1", "status": "invalid", "checks": checks}))
    assert [[answer.id for answer in concern.answers] for concern in head.attention] == [["c", "e"], ["b"], ["a"]]
    assert head.sentence == "2 critical checks failed: do not train or judge on this data."


def test_a_version_refused_for_warnings_names_them(make_contents, make_check) -> None:
    verdict = {"version": "1", "status": "invalid", "checks": [make_check(status="fail")]}
    assert headline(make_contents(verdict=verdict)).sentence == "1 warning failed: do not train or judge on this data."


def test_a_valid_version_with_failures_does_not_hide_them(make_contents, make_check) -> None:
    checks = [make_check(status="fail"), make_check(id="x", status="fail", severity="critical")]
    head = headline(make_contents(verdict={"version": "1", "status": "valid", "checks": checks}))
    assert head.sentence == "1 critical check failed; the settings let the version through all the same."
