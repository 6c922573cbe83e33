from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.check import Check, Rule
from expectations.limits import FEWEST_ATOMS, FEWEST_ROWS, JOINT_LEVEL
from expectations.rules import decide

FINITE = st.floats(-2, 2, allow_nan=False)
RULES: tuple[Rule, ...] = (
    "at_most",
    "at_least",
    "interval_within",
    "family_within",
    "above",
    "no_difference",
    "as_near",
)


def check(rule: Rule, limit: float = 0.1, **given: Any) -> Check:
    return Check("id", "labels", "Asked?", "critical", "statistic", rule, limit, "Do.", **given)


def row(
    effect: float | None = 0.0, low: float | None = None, high: float | None = None, **given: Any
) -> dict[str, Any]:
    found = {"descriptor": None, "effect": effect, "ci_low": low, "ci_high": high, "p_value": None}
    return found | {"n_a": 500, "n_b": 500} | given


@pytest.mark.parametrize("rule", RULES)
def test_nothing_measured_is_undecided(rule: Rule) -> None:
    found = decide(check(rule), [])
    assert found.status == "undecided"
    assert "not measured" in found.reason


@pytest.mark.parametrize("rule", RULES)
def test_a_measurement_without_numbers_is_undecided(rule: Rule) -> None:
    assert decide(check(rule), [row(None)]).status == "undecided"


@pytest.mark.parametrize("rule", ["interval_within", "family_within", "above"])
def test_an_effect_without_interval_is_undecided(rule: Rule) -> None:
    assert decide(check(rule), [row(0.0)]).status == "undecided"
    assert decide(check(rule), [row(5.0, low=4.0)]).status == "undecided"


@pytest.mark.parametrize(
    ("rule", "effect", "status"),
    [
        ("at_most", 0.1, "pass"),
        ("at_most", 0.11, "fail"),
        ("at_most", -0.11, "fail"),
        ("at_least", 0.1, "pass"),
        ("at_least", 0.09, "fail"),
    ],
)
def test_exact_counts_meet_their_limit_or_fail(rule: Rule, effect: float, status: str) -> None:
    assert decide(check(rule), [row(effect)]).status == status


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [
        (-0.05, 0.09, "pass"),
        (0.05, 0.15, "undecided"),
        (0.11, 0.2, "fail"),
        (-0.3, -0.2, "fail"),
        (-0.3, 0.3, "undecided"),
    ],
)
def test_an_interval_decides_as_a_whole(low: float, high: float, status: str) -> None:
    assert decide(check("interval_within"), [row((low + high) / 2, low, high)]).status == status


@pytest.mark.parametrize(
    ("low", "high", "status"), [(0.1, 0.5, "pass"), (-0.1, 0.5, "undecided"), (-0.5, -0.1, "fail")]
)
def test_a_gap_is_closed_only_if_the_whole_interval_says_so(low: float, high: float, status: str) -> None:
    assert decide(check("above", 0.0), [row((low + high) / 2, low, high)]).status == status


def test_a_shift_beyond_the_margin_fails_only_if_it_is_significant_among_all_descriptors() -> None:
    beyond = {"effect": 0.3, "low": 0.2, "high": 0.4}
    assert decide(check("family_within"), [row(**beyond, p_value=0.05)]).status == "fail"
    assert decide(check("family_within"), [row(**beyond, p_value=0.06)]).status == "undecided"
    assert decide(check("family_within"), [row(**beyond)]).status == "undecided"


def test_one_bad_descriptor_fails_the_family_and_is_named() -> None:
    rows = [row(0.01, -0.03, 0.05, descriptor=f"good_{at}", p_value=0.9) for at in range(5)]
    found = decide(check("family_within"), [*rows, row(-0.4, -0.5, -0.3, descriptor="blur", p_value=0.001)])
    assert found.status == "fail"
    assert found.row["descriptor"] == "blur"
    assert found.reason.startswith("blur: ")


def test_one_descriptor_left_open_keeps_the_family_undecided() -> None:
    rows = [row(0.0, -0.02, 0.02, descriptor="good"), row(0.08, 0.02, 0.14, descriptor="open")]
    assert decide(check("family_within"), rows).status == "undecided"
    assert decide(check("family_within"), [rows[0], row(None, descriptor="unmeasured")]).status == "undecided"


@pytest.mark.parametrize(
    ("p_value", "rows", "status"),
    [
        (0.01, 500, "fail"),
        (0.001, 10, "fail"),
        (0.03, 500, "undecided"),
        (0.5, 500, "pass"),
        (0.5, FEWEST_ROWS - 1, "undecided"),
    ],
)
def test_silence_counts_only_with_enough_rows(p_value: float, rows: int, status: str) -> None:
    found = decide(check("no_difference", 0.01), [row(0.2, p_value=p_value, n_a=rows)])
    assert found.status == status


def test_silence_counts_only_with_enough_atoms_on_both_sides() -> None:
    asked = check("no_difference", 0.01, reference="atoms", split_a="dev", split_b="test")
    silent = [row(0.2, p_value=0.5)]
    assert decide(asked, silent, [row(5.0), row(9.0)]).status == "pass"
    assert decide(asked, silent, [row(4.0), row(9.0)]).status == "undecided"
    assert decide(asked, silent, [row(9.0)]).status == "undecided"
    assert decide(asked, [row(0.2, p_value=0.001)], [row(4.0), row(9.0)]).status == "fail"
    assert comb(2 * FEWEST_ATOMS - 2, FEWEST_ATOMS - 1) < 1 / JOINT_LEVEL < comb(2 * FEWEST_ATOMS, FEWEST_ATOMS)


def test_a_joint_test_without_rows_is_undecided() -> None:
    assert decide(check("no_difference", 0.01), [row(0.2, p_value=0.9, n_b=None)]).status == "undecided"


def test_the_smallest_count_decides_what_must_be_at_least() -> None:
    rows = [row(50.0, descriptor="a"), row(3.0, descriptor="b"), row(4.0, descriptor="c")]
    found = decide(check("at_least", 10.0), rows)
    assert (found.status, found.row["descriptor"]) == ("fail", "b")
    assert found.reason == "b: 3; at least 10 is wanted; likewise c 4"


def test_the_worst_of_many_are_named_with_their_numbers() -> None:
    rows = [row(-0.2 - at / 10, -1.0, -0.15, descriptor=f"d{at}", p_value=0.001) for at in range(8)]
    found = decide(check("family_within"), rows)
    assert found.reason.startswith("d7: −0.900 ")
    assert found.reason.endswith("; likewise d6 −0.800, d5 −0.700, d4 −0.600, d3 −0.500, 3 more")


def test_a_limit_relative_to_another_measurement_is_undecided_without_it() -> None:
    relative = check("at_most", 0.1, reference="rows_wanted", split_a="dev")
    assert decide(relative, [row(40.0)], [row(500.0)]).status == "pass"
    assert decide(relative, [row(60.0)], [row(500.0)]).status == "fail"
    assert decide(relative, [row(60.0)], [row(500.0)]).limit == pytest.approx(50)
    for unknown in ([], [row(None)]):
        found = decide(relative, [row(0.0)], unknown)
        assert found.status == "undecided"
        assert "rows_wanted" in found.reason


def test_the_remedy_of_an_undecided_check_is_more_data_not_a_repair() -> None:
    asked = check("interval_within")
    assert decide(asked, [row(0.3, 0.2, 0.4)]).remedy(asked) == "Do."
    assert "More rows" in decide(asked, [row(0.1, 0.0, 0.2)]).remedy(asked)
    assert "not measured" in decide(asked, []).remedy(asked)


@given(st.sampled_from(["interval_within", "family_within", "above"]), FINITE, FINITE, st.floats(0, 1), st.floats(0, 1))
def test_a_wider_interval_never_decides_what_a_narrower_one_left_open(
    rule: Rule, middle: float, half: float, extra: float, p_value: float
) -> None:
    narrow, wide = abs(half), abs(half) + extra
    before = decide(check(rule), [row(middle, middle - narrow, middle + narrow, p_value=p_value)]).status
    after = decide(check(rule), [row(middle, middle - wide, middle + wide, p_value=p_value)]).status
    assert after in (before, "undecided")


@given(
    st.sampled_from(RULES),
    st.lists(st.tuples(FINITE, st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6, unique=True),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_rows_does_not_matter(
    rule: Rule, found: list[tuple[float, float, float]], shuffler: Any
) -> None:
    rows = [
        row(effect, effect - half, effect + half, p_value=p, descriptor=str(at))
        for at, (effect, half, p) in enumerate(found)
    ]
    mixed = shuffler.sample(rows, len(rows))
    assert decide(check(rule), rows) == decide(check(rule), mixed)


@given(st.sampled_from(RULES), FINITE, st.floats(0, 1), st.floats(0, 1))
def test_a_bad_row_more_never_makes_it_better(rule: Rule, effect: float, half: float, p_value: float) -> None:
    order = ["fail", "undecided", "pass"]
    alone = row(effect, effect - half, effect + half, p_value=p_value, descriptor="a")
    other = row(None, descriptor="b")
    alone_status, both_status = decide(check(rule), [alone]).status, decide(check(rule), [alone, other]).status
    assert order.index(both_status) <= order.index(alone_status)


def test_a_long_name_does_not_hide_what_was_found() -> None:
    found = decide(check("interval_within"), [row(0.3, 0.2, 0.4, descriptor="x" * 5_000)])
    assert len(found.reason) < 300
    assert found.reason.endswith("0.300 [0.200, 0.400] lies beyond 0.1")
    assert found.row["descriptor"] == "x" * 5_000


def as_near(effect: float, low: float, high: float, *nearer: dict[str, Any]) -> Any:
    return decide(check("as_near", 0.05, reference="splits_nearer"), [row(effect, low, high)], nearer)


def test_random_splits_that_are_nearer_fail_the_match_and_fewer_than_the_limit_pass_it() -> None:
    assert as_near(0.5, 0.47, 0.53).status == "fail"
    assert as_near(0.001, 0.0, 0.004).status == "pass"
    assert as_near(0.05, 0.04, 0.06).status == "undecided"


def test_the_nearest_of_all_splits_that_exist_is_not_failed_for_what_is_impossible() -> None:
    found = as_near(0.33, 0.27, 0.33, row(0.0, n_a=30, n_b=0))
    assert found.status == "undecided"
    assert found.reason.endswith(
        "30 splits of these atoms and sizes exist, and none is clearly nearer than this one, all distances together"
    )
    assert "more rows of the same groups would not" in found.remedy(check("as_near"))
    assert "no other split" in as_near(1.0, 0.0, 1.0, row(0.0, n_a=1, n_b=0)).reason


def test_a_split_of_which_nearer_ones_exist_fails_and_one_that_passes_still_does() -> None:
    found = as_near(0.33, 0.27, 0.33, row(2.0, n_a=30, n_b=0))
    assert found.status == "fail"
    assert "of which 2 are clearly nearer" in found.reason
    assert as_near(0.01, 0.0, 0.01, row(0.0, n_a=200, n_b=0)).status == "pass"
    assert as_near(0.067, 0.0, 0.067, row(2.0, n_a=30, n_b=0)).status == "undecided"
