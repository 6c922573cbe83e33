"""The suites: every check as an expectation of Great Expectations, and the judge that runs them."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult, RunIdentifier
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.data_context.context_factory import project_manager
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.expectation import Expectation

from expectations.check import Check
from expectations.checks import ASSUMPTIONS
from expectations.evidence import write_evidence
from expectations.manifest import expectation_of, finding_of
from expectations.measured import ExpectMeasurementWithinLimit, measured_finding
from expectations.verdict import CheckResult, FailOn, Verdict, status_of
from tasks.catalog.schema import PUBLISHED
from tasks.errors import some

_ONE_AT_A_TIME = threading.Lock()
"""Great Expectations keeps the current context in a global: two judges in one process take turns."""


def judge(
    measurements: pd.DataFrame,
    manifest: pd.DataFrame,
    checks: Sequence[Check],
    *,
    run_name: str,
    out: Path | None = None,
    version: str | None = None,
    fail_on: FailOn = "critical",
) -> Verdict:
    """Judge one build.

    Parameters
    ----------
    measurements : pandas.DataFrame
        The columns of `tasks.catalog.schema.MEASUREMENTS`.
    manifest : pandas.DataFrame
        One row a record, with the columns of `tasks.catalog.schema.PUBLISHED`.
    checks : sequence of Check
        What `expectations.checks.declare_checks` declared.
    run_name : str
        Names the run in the evidence: the data set and its version.
    out : Path, optional
        The folder for the evidence: pages and results as JSON.
    version : str, optional
        The version's id; by default the run's name.
    fail_on : {"critical", "warning", "never"}
        From which severity on a failed check makes the verdict invalid.

    Returns
    -------
    Verdict
        One answer for each check, in their order.

    Raises
    ------
    RuntimeError
        When Great Expectations left a check out, as it does with an expectation that it does not know.
    ValueError
        Without checks, when two of them have one id, or when one belongs to no assumption.

    Notes
    -----
    Invariants: every declared check is answered; the order of the measurements does not matter. No network is used.
    May be called from several threads.
    """
    if not checks:
        raise ValueError("no checks were declared: nothing judged is not a pass")
    if len({check.id for check in checks}) < len(checks):
        raise ValueError("two checks have the same id")
    if lost := sorted({check.assumption for check in checks} - ASSUMPTIONS.keys()):
        raise ValueError(f"not assumptions: {lost}; name them in expectations.checks.ASSUMPTIONS")
    with _ONE_AT_A_TIME:
        try:
            evaluated = _evaluate(measurements, manifest, checks, run_name)
        finally:
            project_manager.set_project(None)  # the context holds on to the tables
        found = [answer_of(item) for result in evaluated.values() for item in result.results]
        answers = {answer.id: answer for answer in found}
        ordered = tuple(answers[check.id] for check in checks)
        verdict = Verdict(version or run_name, status_of(ordered, fail_on), ordered)
        if out is not None:
            write_evidence(evaluated, verdict, run_name, out)
    return verdict


def _evaluate(
    measurements: pd.DataFrame, manifest: pd.DataFrame, checks: Sequence[Check], run_name: str
) -> dict[str, ExpectationSuiteValidationResult]:
    """Run one suite an assumption, each on an asset of its own, or their results would overwrite each other."""
    context = EphemeralDataContext(
        DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        )
    )
    project_manager.set_project(context)
    source = context.data_sources.add_pandas("build")
    run_id = RunIdentifier(run_name=run_name)
    results = {}
    for assumption in ASSUMPTIONS:
        chosen = [check for check in checks if check.assumption == assumption]
        if not chosen:
            continue
        if any(check.rule == "rows" for check in chosen):
            frame = manifest[[column for column in PUBLISHED if column in manifest]]
        else:
            read = {name for check in chosen for name in (check.statistic, check.reference)}
            frame = measurements[measurements["statistic"].isin(read)]
        suite = context.suites.add(gx.ExpectationSuite(name=assumption))
        suite.expectations = [_expectation(check) for check in chosen]
        suite.save()
        batch = source.add_dataframe_asset(assumption).add_batch_definition_whole_dataframe("whole")
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(name=assumption, data=batch, suite=suite)
        )
        result = definition.run(batch_parameters={"dataframe": frame}, result_format="SUMMARY", run_id=run_id)
        evaluated = {item.expectation_config.meta["check"]["id"] for item in result.results}
        if lost := sorted({check.id for check in chosen} - evaluated):
            raise RuntimeError(f"{assumption}: {len(lost)} of {len(chosen)} checks were not evaluated: {some(lost)}")
        results[assumption] = result
    return results


def _expectation(check: Check) -> Expectation:
    given: dict[str, Any] = {"severity": check.severity, "meta": {"check": check.as_dict()}}
    if check.rule == "rows":
        return expectation_of(check, **given)
    return ExpectMeasurementWithinLimit(check=check.as_dict(), **given)


def answer_of(item: ExpectationValidationResult) -> CheckResult:
    """Turn one result of Great Expectations into an answer of the verdict."""
    check = Check(**item.expectation_config.meta["check"])
    finding = finding_of(check, item) if check.rule == "rows" else measured_finding(check, item)
    return CheckResult(
        id=check.id,
        assumption=check.assumption,
        question=check.question,
        status=finding.status,
        severity=check.severity,
        statistic=check.statistic,
        rule=check.rule,
        split_a=check.split_a,
        split_b=check.split_b,
        descriptor=finding.row.get("descriptor") or check.descriptor,
        effect=finding.row.get("effect"),
        ci_low=finding.row.get("ci_low"),
        ci_high=finding.row.get("ci_high"),
        limit=finding.limit,
        p_value=finding.row.get("p_value"),
        n_a=finding.row.get("n_a"),
        n_b=finding.row.get("n_b"),
        reason=finding.reason,
        remedy=finding.remedy(check),
        rows_to_decide=finding.rows_to_decide,
    )
