"""How a report tells the choice of a policy."""

import pyarrow as pa

from tasks.report.choice import choice_lines
from tasks.report.page import render_report
from tasks.task_space.choice import CHOICE

NOTHING = {"candidate": "nothing", "chosen": False, "error": 0.6, "distance": 1.4, "draws": 0, "operations": 0}


def table(*rows: dict) -> pa.Table:
    counted = {"rows": 500, "units": 500}
    return pa.Table.from_pylist([row | counted for row in (NOTHING, *rows)], schema=CHOICE)


def candidate(name: str, error: float, *, chosen: bool = False) -> dict:
    made = {"candidate": name, "chosen": chosen, "error": error, "distance": error, "draws": 3, "operations": 4}
    return made | {"difference": error - 0.6, "ci_low": error - 0.65, "ci_high": error - 0.55}


def test_candidates_stand_in_order_with_nothing_first(make_contents) -> None:
    given = make_contents(choice=table(candidate("default", 0.4), candidate("fitted", 0.2, chosen=True)))
    told = choice_lines(given)
    assert [line.candidate for line in told.lines] == ["nothing", "fitted", "default"]
    assert [line.chosen for line in told.lines] == [False, True, False]
    fitted = told.lines[1]
    assert (fitted.error, fitted.difference, fitted.span) == ("20.0", "−40.0", "[−45.0, −35.0]")
    assert "500 labelled target records" in told.counted
    page = render_report(given)
    assert "(chosen)" in page
    assert "all candidates together" in page


def test_agreement_is_told_as_what_it_is(make_contents) -> None:
    given = make_contents(choice=table(candidate("fitted", 0.2, chosen=True)), choice_criterion="agreement")
    assert "disagreements with a model that was taught by random policies" in choice_lines(given).counted


def test_where_nothing_was_tried_nothing_is_shown(make_contents) -> None:
    assert choice_lines(make_contents()) is None
    assert "all candidates together" not in render_report(make_contents())


def test_an_interval_without_ends_is_left_out(make_contents) -> None:
    endless = candidate("fitted", 0.2) | {"ci_low": float("-inf"), "ci_high": float("inf")}
    told = choice_lines(make_contents(choice=table(endless)))
    assert told.lines[1].plot is None
    assert told.lines[1].span == ""
