import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.check import SEVERITIES, Severity, Status
from expectations.verdict import CheckResult, FailOn, Verdict, status_of
from tasks.errors import StoreError

CONTRACT = (
    "id question status severity split_a split_b effect ci_low ci_high limit p_value n_a n_b".split()  # noqa: SIM905
)


def answer(status: Status = "pass", severity: Severity = "critical", name: str = "joint.dev.test") -> CheckResult:
    return CheckResult(
        id=name,
        assumption="dev-like-test",
        question="Do dev and test agree?",
        status=status,
        severity=severity,
        statistic="energy_distance",
        rule="no_difference",
        split_a="dev",
        split_b="test",
        descriptor=None,
        effect=0.01,
        ci_low=-0.02,
        ci_high=0.04,
        limit=0.01,
        p_value=0.4,
        n_a=500,
        n_b=500,
        reason="p = 0.400: no difference found",
        remedy="Enlarge dev and test.",
    )


STATUSES = st.sampled_from(["pass", "fail", "undecided"])
ANSWERS = st.lists(st.builds(answer, status=STATUSES, severity=st.sampled_from(SEVERITIES), name=st.text()), max_size=8)


@given(ANSWERS)
def test_a_verdict_survives_its_json(answers: list[CheckResult]) -> None:
    verdict = Verdict("000001", status_of(answers, "critical"), tuple(answers))
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_the_json_keeps_its_contract() -> None:
    found = json.loads(Verdict("000001", "valid", (answer(),)).to_json())
    assert found["version"] == "000001"
    assert found["status"] == "valid"
    assert set(CONTRACT) <= found["checks"][0].keys()


def test_keys_of_a_later_release_are_left_out() -> None:
    text = Verdict("000001", "valid", (answer(),)).to_json()
    found = json.loads(text)
    found["checks"][0]["invented_later"] = 1
    found["signed_by"] = "somebody"
    assert Verdict.from_json(json.dumps(found)) == Verdict.from_json(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": "1", "status": "valid", "checks": [{"id": "x"}]}', "null"]
)
def test_what_is_no_verdict_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(StoreError, match=r"verdict\.json.*Build the version again"):
        Verdict.from_json(text)


@pytest.mark.parametrize("status", ["Valid", "published", None])
def test_a_status_that_does_not_exist_is_refused(status: str | None) -> None:
    found = json.loads(Verdict("000001", "valid", (answer(),)).to_json()) | {"status": status}
    with pytest.raises(StoreError):
        Verdict.from_json(json.dumps(found))


@pytest.mark.parametrize(
    ("fail_on", "gating"), [("critical", {"critical"}), ("warning", {"critical", "warning"}), ("never", set())]
)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_failure_invalidates_from_the_configured_severity_on(
    fail_on: FailOn, gating: set[str], severity: Severity
) -> None:
    expected = "invalid" if severity in gating else "valid"
    assert status_of([answer(), answer("fail", severity)], fail_on) == expected


def test_undecided_checks_do_not_keep_a_version_from_being_published() -> None:
    assert status_of([answer("undecided"), answer("undecided", "warning")], "warning") == "valid"


def test_failures_come_gravest_first() -> None:
    answers = (answer("fail", "info", "a"), answer("fail", "critical", "b"), answer("pass", "critical", "c"))
    verdict = Verdict("1", "invalid", answers)
    assert [failed.id for failed in verdict.failed()] == ["b", "a"]
    assert [failed.id for failed in verdict.failed("warning")] == ["b"]
    assert verdict.counts == {"pass": 1, "fail": 2, "undecided": 0}


def test_a_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        Verdict("1", "valid", (replace(answer(), effect=float("nan")),)).to_json()
