import json
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from expectations.check import Check
from expectations.checks import declare_checks
from expectations.verdict import Verdict
from tasks.catalog.schema import MEASUREMENTS, SPLITS

pytestmark = pytest.mark.gx

CHECKS = declare_checks(inputs=("web", "app"), sized_by_margin=("dev", "test"), categorical=True)
OF_ROWS = tuple(check for check in CHECKS if check.rule == "rows")
EXPECTED_TO_DIFFER = {check.id for check in CHECKS if check.assumption == "mismatch"}


def judged(
    measurements: pd.DataFrame, manifest: pd.DataFrame, checks: tuple[Check, ...] = CHECKS, **given: Any
) -> Verdict:
    from expectations.suites import judge

    return judge(measurements, manifest, checks, run_name="a run", **given)


def unmet(verdict: Verdict) -> dict[str, str]:
    return {answer.id: answer.status for answer in verdict.checks if answer.status != "pass"}


def test_a_sound_build_passes_every_check_but_the_mismatch(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    verdict = judged(measurements, manifest)
    assert unmet(verdict) == dict.fromkeys(EXPECTED_TO_DIFFER, "fail")
    assert verdict.status == "valid"
    assert [answer.id for answer in verdict.checks] == [check.id for check in CHECKS]


def test_nothing_measured_passes_nothing(manifest: pd.DataFrame) -> None:
    verdict = judged(MEASUREMENTS.empty_table().to_pandas(), manifest)
    measured = [answer for answer in verdict.checks if answer.rule != "rows"]
    assert {answer.status for answer in measured} == {"undecided"}
    assert len(measured) > 60


def test_an_empty_manifest_passes_nothing_but_its_columns(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    verdict = judged(measurements, manifest.iloc[:0], OF_ROWS)
    passed = {answer.id for answer in verdict.checks if answer.status == "pass"}
    assert passed == {"manifest.columns"}
    assert {answer.id for answer in verdict.failed()} == {f"manifest.split-filled.{split}" for split in SPLITS}


@pytest.mark.parametrize(
    ("statistic", "given", "failing"),
    [
        ("source_rows", {"effect": 1.0}, {"source-rows.dev", "source-rows.test"}),
        ("shared_atoms", {"effect": 2.0}, {c.id for c in CHECKS if c.statistic == "shared_atoms"}),
        ("shared_pairs", {"effect": 1.0}, {c.id for c in CHECKS if c.statistic == "shared_pairs"}),
        ("synthetic_parents", {"effect": 1.0}, {c.id for c in CHECKS if c.statistic == "synthetic_parents"}),
        ("synthetic_parents_missing", {"effect": 1.0}, {"synthetic-parents-missing"}),
        ("rows_unaccounted", {"effect": -1.0}, {"rows-unaccounted"}),
        ("ledger_moved", {"effect": 1.0}, {"ledger-moved"}),
        ("quarantined_share", {"effect": 0.05}, {"quarantined.web", "quarantined.app"}),
        (
            "quarantined_share",
            {"effect": 0.3},
            {f"{kind}.{name}" for kind in ("quarantined", "quarantined-much") for name in ("web", "app")},
        ),
        ("rows_short", {"effect": 10.0}, {f"rows-short.{split}" for split in SPLITS[1:]}),
        (
            "rows_short",
            {"effect": 60.0},
            {f"{kind}.{split}" for kind in ("rows-short", "rows-far-short") for split in SPLITS[1:]},
        ),
        ("margin", {"effect": 0.03}, {"margin.dev", "margin.test"}),
        ("label_count", {"effect": 9.0}, {"label-count.dev", "label-count.test"}),
        ("gap_closed", {"effect": -0.2, "ci_low": -0.3, "ci_high": -0.1}, {"gap-closed"}),
        (
            "random_splits_as_near",
            {"effect": 0.4, "ci_low": 0.37, "ci_high": 0.43},
            {"matched.dev.test", "matched.dev.target", "matched.test.target"},
        ),
        ("largest_atom_share", {"effect": 0.5}, {f"largest-atom.{split}" for split in SPLITS}),
    ],
)
def test_one_broken_assumption_fails_its_own_checks_and_no_other(
    remeasured: Callable[..., pd.DataFrame],
    manifest: pd.DataFrame,
    statistic: str,
    given: dict[str, float],
    failing: set[str],
) -> None:
    verdict = judged(remeasured(statistic, **given), manifest)
    assert set(unmet(verdict)) - EXPECTED_TO_DIFFER == failing
    grave = {check.id for check in CHECKS if check.severity == "critical"}
    assert verdict.status == ("invalid" if failing & grave else "valid")


def test_dev_and_test_that_differ_are_refused_and_the_descriptor_is_named(
    remeasured: Callable[..., pd.DataFrame], manifest: pd.DataFrame
) -> None:
    apart = {"effect": 0.5, "ci_low": 0.4, "ci_high": 0.6, "p_value": 0.001}
    verdict = judged(remeasured("cliffs_delta", "dev", "test", **apart), manifest)
    (failed,) = (answer for answer in verdict.failed("critical"))
    assert failed.id == "descriptors.dev.test"
    assert failed.descriptor == "brightness"
    assert (failed.effect, failed.ci_low, failed.ci_high, failed.limit) == (0.5, 0.4, 0.6, 0.1)
    assert (failed.n_a, failed.n_b) == (500, 500)
    assert verdict.status == "invalid"


def test_a_measurement_that_is_missing_leaves_its_checks_undecided(
    remeasured: Callable[..., pd.DataFrame], manifest: pd.DataFrame
) -> None:
    verdict = judged(remeasured("energy_distance"), manifest)
    joint = {check.id: "undecided" for check in CHECKS if check.statistic == "energy_distance"}
    assert {name: status for name, status in unmet(verdict).items() if name in joint} == joint


def test_four_atoms_on_a_side_prove_no_likeness(
    remeasured: Callable[..., pd.DataFrame], manifest: pd.DataFrame
) -> None:
    joint = tuple(check for check in CHECKS if check.id in ("joint.dev.test", "joint.train.train-dev"))
    few = judged(remeasured("atoms", "test", effect=4.0), manifest, joint)
    assert {answer.id: answer.status for answer in few.checks} == {
        "joint.dev.test": "undecided",
        "joint.train.train-dev": "pass",
    }
    assert "atoms" in few.checks[0].reason


def test_the_severity_that_fails_is_configured(remeasured: Callable[..., pd.DataFrame], manifest: pd.DataFrame) -> None:
    noted = remeasured("quarantined_share", effect=0.05)
    assert judged(noted, manifest, fail_on="critical").status == "valid"
    assert judged(noted, manifest, fail_on="warning").status == "invalid"
    leaking = remeasured("shared_ids", effect=1.0)
    assert judged(leaking, manifest, fail_on="never").status == "valid"


def broken(manifest: pd.DataFrame, column: str, value: object, synthetic: bool = False) -> pd.DataFrame:
    at = manifest.index[manifest["synthetic"] == synthetic][0]
    found = manifest.astype({column: object})
    found.loc[at, column] = value
    return found


@pytest.mark.parametrize(
    ("column", "value", "synthetic", "failing"),
    [
        ("record_id", "web/train/01.png", False, {"manifest.record-id-unique"}),
        ("record_id", None, False, {"manifest.record-id-present"}),
        ("split", "val", False, {"manifest.split-known"}),
        ("split", None, False, {"manifest.split-present"}),
        ("split", "train-dev", True, {"manifest.synthetic-in-train"}),
        ("domain", "both", False, {"manifest.domain-known"}),
        ("domain", None, False, {"manifest.domain-present"}),
        ("label", None, False, {"manifest.label-present"}),
        ("synthetic", None, False, {"manifest.synthetic-present"}),
        ("parent_id", "web/train/01.png", False, {"manifest.real-parentless"}),
        ("parent_id", None, True, {"manifest.synthetic-parented"}),
        ("record_id", "web/train/00.png-copy", True, {"manifest.synthetic-named"}),
    ],
)
def test_one_bad_row_of_the_manifest_fails_its_own_check(
    measurements: pd.DataFrame,
    manifest: pd.DataFrame,
    column: str,
    value: object,
    synthetic: bool,
    failing: set[str],
) -> None:
    verdict = judged(measurements, broken(manifest, column, value, synthetic), OF_ROWS)
    assert unmet(verdict) == dict.fromkeys(failing, "fail")
    (answer,) = verdict.failed()
    assert answer.effect is not None
    assert answer.effect >= 1


def test_a_source_record_in_test_is_found_in_the_manifest_too(
    measurements: pd.DataFrame, manifest: pd.DataFrame
) -> None:
    manifest.loc[manifest["split"] == "test", "domain"] = "source"
    verdict = judged(measurements, manifest, OF_ROWS)
    assert unmet(verdict) == {"manifest.target-only.test": "fail"}
    assert verdict.failed()[0].effect == 16


@pytest.mark.parametrize("column", ["record_id", "synthetic", "parent_id", "label"])
def test_a_missing_column_fails_one_check_and_passes_none_of_those_that_read_it(
    measurements: pd.DataFrame, manifest: pd.DataFrame, column: str
) -> None:
    verdict = judged(measurements, manifest.drop(columns=column), OF_ROWS)
    found = unmet(verdict)
    assert found.pop("manifest.columns") == "fail"
    assert found
    assert set(found.values()) == {"undecided"}


def test_the_manifest_may_come_from_arrow(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    read = pa.Table.from_pandas(manifest, preserve_index=False)
    assert judged(measurements, read.to_pandas(), OF_ROWS) == judged(measurements, manifest, OF_ROWS)
    assert judged(measurements, read.to_pandas(types_mapper=pd.ArrowDtype), OF_ROWS) == judged(
        measurements, manifest, OF_ROWS
    )


def test_a_label_that_looks_like_code_is_only_a_label(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    manifest.loc[3, "label"] = "@__import__('os').abort()"
    manifest.loc[4, "group"] = "`split` == 'dev' or True"
    assert not unmet(judged(measurements, manifest, OF_ROWS))


def test_row_order_does_not_matter(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    mixed = judged(measurements.sample(frac=1, random_state=3), manifest.sample(frac=1, random_state=4))
    assert mixed == judged(measurements, manifest)


def test_answers_hold_plain_values_only(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    measurements.loc[0, ["effect", "ci_low"]] = [float("inf"), float("nan")]
    for answer in json.loads(judged(measurements, manifest).to_json())["checks"]:
        assert {type(value) for value in answer.values()} <= {str, float, int, type(None)}


def test_two_judges_at_once_do_not_mix_their_answers(
    measurements: pd.DataFrame, remeasured: Callable[..., pd.DataFrame], manifest: pd.DataFrame
) -> None:
    tables = [measurements, remeasured("shared_ids", effect=5.0)]
    found: list[Verdict | None] = [None] * len(tables)

    def run(at: int) -> None:
        found[at] = judged(tables[at], manifest)

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(tables))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [verdict and verdict.status for verdict in found] == ["valid", "invalid"]


def test_judging_uses_no_network(
    measurements: pd.DataFrame, manifest: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert judged(measurements, manifest).status == "valid"


def test_judging_leaves_no_context_behind(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    from great_expectations.data_context.data_context.context_factory import project_manager
    from great_expectations.exceptions import DataContextRequiredError

    judged(measurements, manifest, OF_ROWS)
    with pytest.raises(DataContextRequiredError):
        project_manager.get_current_project()


def test_an_expectation_that_is_dropped_silently_is_an_error(
    measurements: pd.DataFrame, manifest: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    from great_expectations import ValidationDefinition

    run = ValidationDefinition.run

    def forgetful(self: ValidationDefinition, **given: Any) -> Any:
        result = run(self, **given)
        del result.results[-1]
        return result

    monkeypatch.setattr(ValidationDefinition, "run", forgetful)
    with pytest.raises(RuntimeError, match="not evaluated"):
        judged(measurements, manifest, OF_ROWS)


def test_no_checks_or_unclear_ones_are_refused(measurements: pd.DataFrame, manifest: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no checks"):
        judged(measurements, manifest, ())
    with pytest.raises(ValueError, match="same id"):
        judged(measurements, manifest, (CHECKS[0], CHECKS[0]))
    lost = Check("x", "elsewhere", "Is it?", "info", "rows", "at_most", 0.0, "Do.")
    with pytest.raises(ValueError, match="elsewhere"):
        judged(measurements, manifest, (lost,))
    unknown = Check("x", "manifest", "Is it?", "info", "invented", "rows", 0.0, "Do.")
    with pytest.raises(ValueError, match="invented"):
        judged(measurements, manifest, (unknown,))


def test_judging_logs_no_error(
    measurements: pd.DataFrame, manifest: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        judged(measurements, manifest)
    assert not caplog.records
