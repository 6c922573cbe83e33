"""The expectation of our own: a check on the measurements table, evaluated and rendered by Great Expectations."""

import math
from typing import Any, ClassVar

import pandas as pd
from great_expectations.core import ExpectationValidationResult
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import ExecutionEngine, PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.render import LegacyDiagnosticRendererType, LegacyRendererType, RenderedStringTemplateContent
from great_expectations.render.renderer.renderer import renderer

from expectations.check import Check
from expectations.rules import Finding, Row, decide
from tasks.report.wording import count, interval, number, round_number

COLUMNS = ("descriptor", "effect", "ci_low", "ci_high", "p_value", "n_a", "n_b")
"""The columns of the measurements table that a check reads."""


def plain_rows(table: pd.DataFrame) -> list[Row]:
    """Turn rows of the measurements table into plain Python values; None for what was not measured.

    Notes
    -----
    Invariants: no NumPy scalar, NaN or infinity is left, so the rows can be written as JSON.
    """
    return [
        {column: _plain(column, value) for column, value in zip(COLUMNS, values, strict=True)}
        for values in table.loc[:, list(COLUMNS)].itertuples(index=False, name=None)
    ]


def _plain(column: str, value: Any) -> Any:
    if value is None or value is pd.NA:
        return None
    if column == "descriptor":
        return value if isinstance(value, str) else None
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if column in ("n_a", "n_b") else number


class MeasurementsOfCheck(TableMetricProvider):  # type: ignore[misc]
    """The rows of a batch of measurements that a check reads, and those of its reference."""

    metric_name = "measurements.of_check"
    value_keys = ("check",)

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805 - the decorator makes it a class method
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[list[Row], list[Row]]:
        table, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        check = Check(**metric_value_kwargs["check"])
        chosen = table["statistic"] == check.statistic
        for column in ("split_a", "split_b", "descriptor"):
            wanted = getattr(check, column)
            if wanted is not None:
                chosen &= table[column] == wanted
        sides = [split for split in (check.split_a, check.split_b) if split]
        referred = (table["statistic"] == (check.reference or "")) & table["split_a"].isin(sides)
        return plain_rows(table[chosen]), plain_rows(table[referred])


class ExpectMeasurementWithinLimit(BatchExpectation):  # type: ignore[misc]
    """Expect a measurement to stay within the limit of a check, interval and all."""

    check: dict[str, Any]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("measurements.of_check",)
    success_keys: ClassVar[tuple[str, ...]] = ("check",)
    args_keys: ClassVar[tuple[str, ...]] = ("check",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> dict[str, Any]:
        rows, references = metrics["measurements.of_check"]
        finding = decide(Check(**self.check), rows, references)
        return {
            # An undecided check is no success: nothing that reads this result may take silence for proof.
            "success": finding.status == "pass",
            "result": {
                "observed_value": finding.row.get("effect"),
                "status": finding.status,
                "reason": finding.reason,
                "limit": finding.limit,
                "rows_read": len(rows),
                "rows_to_decide": finding.rows_to_decide,
                **{column: finding.row.get(column) for column in COLUMNS},
            },
        }

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)  # type: ignore[untyped-decorator]
    def _prescriptive_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> list[RenderedStringTemplateContent]:
        found = configuration or (result and result.expectation_config)
        return [_sentence(Check(**found.kwargs["check"]))] if found else []

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)  # type: ignore[untyped-decorator]
    def _diagnostic_observed_value_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> str:
        found = result.result if result else None
        if not found or "status" not in found:
            return "--"
        rows = " and ".join(count(found[side]) for side in ("n_a", "n_b") if found[side] is not None)
        shown = f"{number(found['effect'])} {interval(found['ci_low'], found['ci_high'])}".strip()
        return f"{found['status']}: {shown}, limit {round_number(found['limit'])}" + (f", n {rows}" if rows else "")


def _sentence(check: Check) -> RenderedStringTemplateContent:
    """Say in a sentence what is bounded by what."""
    template = "$statistic of every descriptor" if check.rule == "family_within" else "$statistic"
    if check.split_a:
        template += " in $split_a"
    if check.split_b:
        template += " against $split_b"
    if check.descriptor:
        template += ", $descriptor"
    template += {
        "at_most": ": at most $limit",
        "at_least": ": at least $limit",
        "interval_within": ": its interval lies within $limit",
        "interval_below": ": its interval lies below $limit",
        "family_within": ": its interval lies within $limit",
        "gains": ": its interval lies above 0; none if below $limit",
        "above": ": its interval lies above $limit",
        "no_difference": ": p-value above $limit",
        "as_near": ": its interval lies within $limit",
    }[check.rule]
    if check.reference and check.rule not in ("no_difference", "as_near"):
        template += " times $reference"
    return RenderedStringTemplateContent(
        content_block_type="string_template",
        string_template={
            "template": template,
            "params": {
                "statistic": check.statistic,
                "split_a": check.split_a or "",
                "split_b": check.split_b or "",
                "descriptor": check.descriptor or "",
                "limit": f"{check.limit:g}",
                "reference": check.reference or "",
            },
            "styling": {"default": {"classes": ["parameter"]}},
        },
    )


def measured_finding(check: Check, item: ExpectationValidationResult) -> Finding:
    """Read back what `ExpectMeasurementWithinLimit` found; what could not be evaluated is undecided."""
    found = item.result or {}
    if (item.exception_info or {}).get("raised_exception") or "status" not in found:
        return Finding("undecided", {}, None, "the check could not be evaluated: see the evidence")
    row = {column: found[column] for column in COLUMNS}
    return Finding(found["status"], row, found["limit"], found["reason"], found.get("rows_to_decide"))
