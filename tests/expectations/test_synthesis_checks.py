"""Whether synthesis helps: what each answer means for a policy that was asked for and for one that was fitted."""

import pytest

from expectations.assumptions.synthesis import proof_checks
from expectations.checks import declare_checks
from expectations.limits import GAIN
from expectations.rules import decide


def row(low: float | None, high: float | None, effect: float = 0.0) -> dict[str, object]:
    found = {"descriptor": None, "effect": effect, "ci_low": low, "ci_high": high, "p_value": None}
    return found | {"n_a": 2_000, "n_b": 500}


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [
        (0.001, 0.3, "pass"),
        (0.001, 0.004, "pass"),
        (-0.3, -0.001, "fail"),
        (-0.004, 0.004, "fail"),
        (-0.2, 0.004, "fail"),
        (-0.004, 0.02, "undecided"),
        (None, None, "undecided"),
    ],
)
def test_a_sure_gain_passes_and_one_that_is_surely_below_a_point_fails(low, high, status) -> None:
    (check,) = proof_checks(["train", "dev"], "forced")
    assert check.limit == GAIN
    found = decide(check, [row(low, high)])
    assert found.status == status
    if status == "undecided" and low is not None:
        assert "More rows of dev" in found.remedy(check)


def test_nothing_tried_is_undecided() -> None:
    (check,) = proof_checks(["train", "dev"], "fitted")
    assert decide(check, []).status == "undecided"
    assert decide(check, [row(None, None) | {"effect": None}]).status == "undecided"


@pytest.mark.parametrize(("proved", "severity"), [("forced", "critical"), ("fitted", "warning"), ("withdrawn", "info")])
def test_only_a_policy_that_was_asked_for_can_refuse_a_version(proved, severity) -> None:
    found = declare_checks(proved=proved, synthesized=proved != "withdrawn")
    (check,) = [check for check in found if check.assumption == "synthesis-helps"]
    assert check.severity == severity


@pytest.mark.parametrize(("splits", "proved"), [(("train", "dev"), None), (("train", "test"), "fitted")])
def test_where_there_is_nothing_to_prove_nothing_is_asked(splits, proved) -> None:
    assert not [*proof_checks(splits, proved)]
