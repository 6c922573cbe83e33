"""The gap as a model sees it, in the report."""

import pytest

from tasks.report.page import render_report
from tasks.report.task_space import task_space_lines

FAR = ("task_distance", "train", "dev", None, 0.45, 0.38, 0.6)
FLOOR = ("task_distance", "dev", "test", None, -0.004, -0.004, 0.05)


def test_distances_and_the_model_are_told(make_contents, make_measured) -> None:
    rows = make_measured(
        FAR,
        FLOOR,
        ("task_distance", "train+synthetic", "dev", None, 0.2, 0.1, 0.3),
        ("task_gap_closed", "train+synthetic", "dev", None, 0.55, 0.4, 0.7),
        ("task_error", "train", None, None, 0.031, 0.031, 0.031),
        ("task_guessing", "train", None, None, 0.88, 0.88, 0.88),
    )
    contents = make_contents(measurements=rows)
    told = task_space_lines(contents)
    assert told is not None
    assert "train and dev 0.450" in told.distances
    assert "3.1 %" in told.model
    assert "knows little" not in told.model
    assert told.closed == "Synthetic data closes 55 % [40 %, 70 %] of the gap here."
    assert "As a model of the task sees it" in render_report(contents)


def test_a_model_that_knows_nothing_is_called_so(make_contents, make_measured) -> None:
    rows = make_measured(
        FAR,
        ("task_error", "train", None, None, 0.98, 0.98, 0.98),
        ("task_guessing", "train", None, None, 1.0, 1.0, 1.0),
    )
    told = task_space_lines(make_contents(measurements=rows))
    assert told is not None
    assert "0.980 sd" in told.model
    assert "knows little of the task" in told.model


@pytest.mark.parametrize("rows", [(), (("task_distance", "train", "dev", "net", 0.45, 0.38, 0.6),)])
def test_nothing_is_told_of_what_was_not_measured_or_is_told_elsewhere(make_contents, make_measured, rows) -> None:
    assert task_space_lines(make_contents(measurements=make_measured(*rows))) is None
