import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from expectations.checks import declare_checks

pytestmark = pytest.mark.gx

CHECKS = tuple(check for check in declare_checks() if check.id == "descriptors.dev.test")


@pytest.mark.parametrize("nothing", [None, np.nan, np.inf, -np.inf, pd.NA])
def test_what_is_not_a_number_was_not_measured(makers: SimpleNamespace, nothing: object) -> None:
    from expectations.measured import plain_rows

    table = makers.table(makers.rows()).astype(object).iloc[:1]
    table[["effect", "ci_low", "ci_high", "p_value", "n_a", "n_b", "descriptor"]] = [[nothing] * 7]
    assert set(plain_rows(table)[0].values()) == {None}


def test_rows_are_plain_values(measurements: pd.DataFrame) -> None:
    from expectations.measured import plain_rows

    for row in plain_rows(measurements):
        assert {type(value) for value in row.values()} <= {str, float, int, type(None)}
        assert row["n_a"] is None or type(row["n_a"]) is int


@pytest.fixture
def stored(
    remeasured: Callable[..., pd.DataFrame], manifest: pd.DataFrame, tmp_path: Path
) -> dict[str, dict[str, object]]:
    from expectations.suites import judge

    apart = {"effect": -0.23, "ci_low": -0.31, "ci_high": -0.15, "p_value": 0.001}
    judge(remeasured("cliffs_delta", "dev", "test", **apart), manifest, CHECKS, run_name="a run", out=tmp_path)
    (result,) = json.loads((tmp_path / "results" / "dev-like-test.json").read_text())["results"]
    return result


def test_what_is_stored_says_everything_that_decided(stored: dict[str, dict[str, object]]) -> None:
    assert stored["success"] is False
    assert stored["result"] == {
        "observed_value": -0.23,
        "status": "fail",
        "reason": "brightness: −0.230 [−0.310, −0.150] lies beyond 0.1; likewise noise_db −0.230, sharpness −0.230",
        "limit": 0.1,
        "rows_read": 3,
        "rows_to_decide": None,
        "descriptor": "brightness",
        "effect": -0.23,
        "ci_low": -0.31,
        "ci_high": -0.15,
        "p_value": 0.001,
        "n_a": 500,
        "n_b": 500,
    }
    assert stored["expectation_config"]["type"] == "expect_measurement_within_limit"
    assert stored["expectation_config"]["severity"] == "critical"


def test_great_expectations_can_render_it_without_our_pages(stored: dict[str, dict[str, object]]) -> None:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.render.renderer.content_block import ValidationResultsTableContentBlockRenderer

    item = ExpectationValidationResult(
        success=False,
        expectation_config=ExpectationConfiguration(**stored["expectation_config"]),
        result=stored["result"],
        exception_info=stored["exception_info"],
    )
    ((_, sentence, observed),) = ValidationResultsTableContentBlockRenderer.render([item]).table
    template = (sentence[0] if isinstance(sentence, list) else sentence).to_json_dict()["string_template"]
    assert template["template"].startswith("$statistic of every descriptor in $split_a against $split_b")
    assert template["params"]["limit"] == "0.1"
    assert observed == "fail: −0.230 [−0.310, −0.150], limit 0.1, n 500 and 500"
