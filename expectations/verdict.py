"""What the checks came to: the verdict that is published as verdict.json."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias

from expectations.check import SEVERITIES, Rule, Severity, Status
from tasks.errors import StoreError

FailOn: TypeAlias = Literal["critical", "warning", "never"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's answer, with the measurement that decided it.

    Notes
    -----
    `effect`, its interval, `p_value` and `descriptor` are those of the row that decided: the worst one where a check
    reads several. `limit` is in the effect's unit. `reason` says in one sentence why the status is what it is.
    `rows_to_decide` is how many rows a side, in atoms as large as now, would decide an undecided check if the effect
    stays what it is; None where that is not known.
    """

    id: str
    assumption: str
    question: str
    status: Status
    severity: Severity
    statistic: str
    rule: Rule
    split_a: str | None
    split_b: str | None
    descriptor: str | None
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    limit: float | None
    p_value: float | None
    n_a: int | None
    n_b: int | None
    reason: str
    remedy: str
    rows_to_decide: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """All answers about one version.

    Parameters
    ----------
    version : str
        The version's id.
    status : {"valid", "invalid"}
        Invalid versions are not published.
    checks : tuple of CheckResult
        In the order they were declared.
    """

    version: str
    status: Literal["valid", "invalid"]
    checks: tuple[CheckResult, ...]

    @property
    def counts(self) -> dict[Status, int]:
        """How many checks passed, failed and stayed undecided."""
        found = Counter(check.status for check in self.checks)
        return {"pass": found["pass"], "fail": found["fail"], "undecided": found["undecided"]}

    def failed(self, severity: Severity = "info") -> tuple[CheckResult, ...]:
        """Return the failed checks of at least that severity, gravest first."""
        grave = SEVERITIES[: SEVERITIES.index(severity) + 1]
        failed = [check for check in self.checks if check.status == "fail" and check.severity in grave]
        return tuple(sorted(failed, key=lambda check: SEVERITIES.index(check.severity)))

    def to_json(self) -> str:
        """Return the text of verdict.json; the same verdict gives the same bytes."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Verdict":
        """Read what `to_json` wrote; keys that a later release added are left out.

        Raises
        ------
        StoreError
            When the text is not a verdict.
        """
        known = {field.name for field in fields(CheckResult)}
        try:
            found: dict[str, Any] = json.loads(text)
            checks = tuple(
                CheckResult(**{key: value for key, value in check.items() if key in known}) for check in found["checks"]
            )
            if found["status"] not in ("valid", "invalid"):
                raise ValueError(f"status {found['status']!r}")
            if strange := {check.status for check in checks} - {"pass", "fail", "undecided"}:
                raise ValueError(f"a check's status {strange.pop()!r}")
            return cls(version=found["version"], status=found["status"], checks=checks)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                f"verdict.json: not a verdict ({type(error).__name__}: {error}). Build the version again."
            ) from error


def status_of(checks: Sequence[CheckResult], fail_on: FailOn) -> Literal["valid", "invalid"]:
    """Return `invalid` when a check of at least the severity `fail_on` failed; undecided checks do not count."""
    if fail_on == "never":
        return "valid"
    gate = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return "invalid" if any(check.status == "fail" and check.severity in gate for check in checks) else "valid"
