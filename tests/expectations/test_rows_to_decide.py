"""What would decide an undecided check, and a bound on one side alone."""

from dataclasses import fields
from typing import Any

import pytest

from expectations.check import Check, Rule
from expectations.rules import decide
from expectations.verdict import CheckResult, Verdict


def check(rule: Rule, limit: float = 0.1) -> Check:
    return Check("id", "labels", "Asked?", "critical", "statistic", rule, limit, "Do.", split_a="dev", split_b="test")


def row(effect: float, low: float, high: float, **given: Any) -> dict[str, Any]:
    found = {"descriptor": None, "effect": effect, "ci_low": low, "ci_high": high, "p_value": 0.001}
    return found | {"n_a": 500, "n_b": 500} | given


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [(-0.9, 0.05, "pass"), (-0.2, 0.2, "undecided"), (0.15, 0.3, "fail"), (0.1, 0.1, "undecided")],
)
def test_a_bound_on_one_side_asks_nothing_of_what_chance_takes_below_zero(low: float, high: float, status: str) -> None:
    assert decide(check("interval_below"), [row((low + high) / 2, low, high)]).status == status


def test_an_interval_twice_too_wide_needs_four_times_the_rows() -> None:
    found = decide(check("interval_within"), [row(0.0, -0.2, 0.2)])
    assert found.status == "undecided"
    assert found.rows_to_decide == pytest.approx(2_000, abs=1)
    assert "About 2,000 rows a side, in groups as large as now, would decide it." in found.remedy(
        check("interval_within")
    )


def test_rows_without_a_descriptor_do_not_count() -> None:
    found = decide(check("family_within"), [row(0.0, -0.2, 0.2, descriptor="income", n_a=135, n_b=135)])
    said = found.remedy(check("family_within"))
    assert said.startswith("About 540 rows a side that have income, in groups as large as now, would decide it.")


@pytest.mark.parametrize("rule", ["interval_within", "interval_below", "family_within"])
def test_what_is_decided_needs_no_more_rows(rule: Rule) -> None:
    for low, high in ((-0.01, 0.05), (0.2, 0.4)):
        found = decide(check(rule), [row((low + high) / 2, low, high)])
        assert (found.status in ("pass", "fail"), found.rows_to_decide) == (True, None)


@pytest.mark.parametrize(
    "found",
    [
        row(0.1, 0.0, 0.2),  # on the limit: no number of rows decides
        row(0.3, 0.2, 0.4, p_value=0.5),  # beyond the limit, but not significant: its width is not what is wanting
        row(0.3, 0.2, 0.4, p_value=None),
    ],
)
def test_where_more_rows_may_not_decide_no_number_is_given(found: dict[str, Any]) -> None:
    answer = decide(check("family_within"), [found])
    assert (answer.status, answer.rows_to_decide) == ("undecided", None)
    assert answer.remedy(check("family_within")).startswith("More rows, or more groups")


def test_a_share_that_may_be_nothing_says_how_many_rows_would_tell() -> None:
    found = decide(check("above", 0.0), [row(0.2, -0.1, 0.5)])
    assert found.status == "undecided"
    assert found.rows_to_decide == pytest.approx(500 * (0.3 / 0.2) ** 2, abs=2)


def test_verdicts_carry_it_and_older_ones_need_not() -> None:
    given = dict.fromkeys(field.name for field in fields(CheckResult)) | {"id": "a", "status": "undecided"}
    answer = CheckResult(**(given | {"rows_to_decide": 2_000}))
    text = Verdict("000001", "valid", (answer,)).to_json()
    assert '"rows_to_decide": 2000' in text
    assert Verdict.from_json(text).checks[0].rows_to_decide == 2_000
    older = text.replace(',\n      "rows_to_decide": 2000', "")
    assert "rows_to_decide" not in older
    assert Verdict.from_json(older).checks[0].rows_to_decide is None
