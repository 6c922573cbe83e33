"""The conditions that every row of the manifest meets, as expectations that come with Great Expectations."""

from typing import Any

import great_expectations.expectations as gxe
from great_expectations.core import ExpectationValidationResult
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.check import Check
from expectations.rules import Finding
from tasks.catalog.schema import PUBLISHED, SPLITS

READ_BY_ALL = {
    "columns": list(PUBLISHED),
    "columns_beside_labels": [name for name in PUBLISHED if name != "label"],
}
"""What readers rely on; several labels have columns of their own names."""


def expectation_of(check: Check, **given: Any) -> Expectation:
    """Return the expectation that a check of rule `rows` stands for.

    Parameters
    ----------
    check : Check
        A check of rule `rows`; its statistic names the condition.
    **given
        Passed on: severity and meta.

    Raises
    ------
    ValueError
        For a condition that is not known here.

    Notes
    -----
    Conditions are objects, never strings: a string is handed to `DataFrame.query`, which can run code.
    """
    synthetic, real = Column("synthetic") == True, Column("synthetic") == False  # noqa: E712 - it builds a condition
    in_split = Column("split") == (check.split_a or "")
    match check.statistic:
        case "columns" | "columns_beside_labels" as kind:
            return gxe.ExpectTableColumnsToMatchSet(column_set=READ_BY_ALL[kind], exact_match=False, **given)
        case "record_id_unique":
            return gxe.ExpectColumnValuesToBeUnique(column="record_id", **given)
        case "record_id_present":
            return gxe.ExpectColumnValuesToNotBeNull(column="record_id", **given)
        case "split_known":
            return gxe.ExpectColumnValuesToBeInSet(column="split", value_set=list(SPLITS), **given)
        case "split_present":
            return gxe.ExpectColumnValuesToNotBeNull(column="split", **given)
        case "domain_known":
            return gxe.ExpectColumnValuesToBeInSet(column="domain", value_set=["source", "target"], **given)
        case "domain_present":
            return gxe.ExpectColumnValuesToNotBeNull(column="domain", **given)
        case "label_present":
            return gxe.ExpectColumnValuesToNotBeNull(column="label", **given)
        case "synthetic_present":
            return gxe.ExpectColumnValuesToNotBeNull(column="synthetic", **given)
        case "real_parentless":
            return gxe.ExpectColumnValuesToBeNull(column="parent_id", row_condition=real, **given)
        case "synthetic_parented":
            return gxe.ExpectColumnValuesToNotBeNull(column="parent_id", row_condition=synthetic, **given)
        case "synthetic_in_train":
            return gxe.ExpectColumnValuesToBeInSet(
                column="split", value_set=["train"], row_condition=synthetic, **given
            )
        case "synthetic_named":
            return gxe.ExpectColumnValuesToMatchRegex(
                column="record_id", regex=r"#synthetic-[1-9][0-9]*$", row_condition=synthetic, **given
            )
        case "target_only":
            return gxe.ExpectColumnValuesToBeInSet(
                column="domain", value_set=["target"], row_condition=in_split, **given
            )
        case "split_filled":
            return gxe.ExpectTableRowCountToBeBetween(min_value=int(check.limit), row_condition=in_split, **given)
    raise ValueError(f"{check.id}: no expectation for the condition {check.statistic!r}")


def finding_of(check: Check, item: ExpectationValidationResult) -> Finding:
    """Read what Great Expectations found for a check of rule `rows`.

    Notes
    -----
    The effect is the number of rows that break the condition, and n_a the number of rows that it was asked of; for
    `split_filled` both are the number of rows, for columns the effect is the number of missing columns. A condition
    that no row was asked about is undecided: Great Expectations would call it met.
    """
    found = item.result or {}
    row: dict[str, Any] = dict.fromkeys(("descriptor", "effect", "ci_low", "ci_high", "p_value", "n_a", "n_b"))
    if (item.exception_info or {}).get("raised_exception") or not found:
        return Finding("undecided", row, check.limit, "the condition could not be evaluated: see the evidence")
    if check.statistic in READ_BY_ALL:
        wanted = READ_BY_ALL[check.statistic]
        missing = [column for column in wanted if column not in found["observed_value"]]
        row["effect"] = float(len(missing))
        reason = f"missing: {', '.join(missing)}" if missing else f"all {len(wanted)} columns are there"
        return Finding("fail" if missing else "pass", row, check.limit, reason)
    if check.statistic == "split_filled":
        rows = int(found["observed_value"])
        row |= {"effect": float(rows), "n_a": rows}
        return Finding("pass" if item.success else "fail", row, check.limit, f"{rows:,} rows")
    rows, broken = int(found["element_count"]), int(found["unexpected_count"])
    row |= {"effect": float(broken), "n_a": rows}
    if rows == 0:
        return Finding("undecided", row, check.limit, "no row to judge")
    reason = f"{broken:,} of {rows:,} rows break the condition" if broken else f"all {rows:,} rows meet it"
    return Finding("pass" if item.success else "fail", row, check.limit, reason)
