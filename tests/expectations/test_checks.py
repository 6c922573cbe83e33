import subprocess
import sys
from collections import Counter
from itertools import combinations
from math import erf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.check import SEVERITIES
from expectations.checks import ASSUMPTIONS, declare_checks
from expectations.limits import LARGEST_ATOM_SHARE, PRACTICAL_MARGIN, SHORTFALL, WASSERSTEIN_MARGIN
from tasks.catalog.schema import SPLITS

USUAL = declare_checks(inputs=("web", "app"))
SUBSETS = st.sets(st.sampled_from(SPLITS))


def test_a_usual_build_declares_many_checks_with_unique_ids() -> None:
    assert len(USUAL) >= 60
    assert len({check.id for check in USUAL}) == len(USUAL)


def test_every_check_says_what_it_asks_and_what_to_do() -> None:
    for check in USUAL:
        assert check.question.endswith("?"), check.id
        assert check.remedy.endswith("."), check.id
        assert check.severity in SEVERITIES
        assert check.assumption in ASSUMPTIONS


def test_every_assumption_is_checked() -> None:
    assert {check.assumption for check in USUAL} == set(ASSUMPTIONS)


def test_the_order_is_that_of_the_assumptions() -> None:
    order = list(ASSUMPTIONS)
    found = [order.index(check.assumption) for check in USUAL]
    assert found == sorted(found)


@pytest.mark.parametrize("kind", ["ids", "atoms", "content", "groups"])
def test_leakage_is_checked_over_every_pair_of_splits(kind: str) -> None:
    found = {(check.split_a, check.split_b): check.severity for check in USUAL if check.statistic == f"shared_{kind}"}
    assert found == dict.fromkeys(combinations(SPLITS, 2), "critical")


@given(SUBSETS, st.booleans(), st.booleans())
def test_checks_on_absent_splits_are_left_out(splits: set[str], synthesized: bool, categorical: bool) -> None:
    checks = declare_checks(splits, synthesized=synthesized, categorical=categorical)
    named = {split for check in checks for split in (check.split_a, check.split_b)} & set(SPLITS)
    assert named <= splits


@given(SUBSETS, SUBSETS)
def test_a_further_split_never_takes_a_check_away(few: set[str], more: set[str]) -> None:
    assert {check.id for check in declare_checks(few)} <= {check.id for check in declare_checks(few | more)}


def test_without_synthesis_nothing_is_asked_about_synthetic_records() -> None:
    asked = [check.id for check in declare_checks(synthesized=False) if "synthetic" in check.question]
    assert asked == ["manifest.synthetic-present"]


def test_without_labels_nothing_is_asked_about_labels_and_all_else_is() -> None:
    without = {check.id for check in declare_checks(inputs=("web", "app"), labels=None)}
    assert {check.id for check in USUAL if "label" not in check.statistic} == without


def test_columns_that_define_the_domain_are_asked_about_apart_for_information_only() -> None:
    found = {check.id: check for check in declare_checks(defining=["numeric", "categorical"])}
    apart = {name: check.statistic for name, check in found.items() if name.startswith("defining-")}
    assert apart == {
        f"defining-{kind}.{a}.dev": f"defining_{statistic}"
        for kind, statistic in (("numeric", "cliffs_delta"), ("categorical", "total_variation"))
        for a in ("train", "train+synthetic")
    }
    assert {found[name].severity for name in apart} == {"info"}
    assert set(found) - set(apart) == {check.id for check in declare_checks()}
    only = {check.id for check in declare_checks(defining=["numeric"], ordinary=False)}
    assert "descriptors.train.dev" not in only
    assert "descriptors.dev.test" in only


def test_every_input_is_noted_and_refused_at_its_own_limit() -> None:
    found = Counter((check.descriptor, check.severity) for check in USUAL if check.statistic == "quarantined_share")
    assert found == {(name, grade): 1 for name in ("web", "app") for grade in ("warning", "critical")}


def test_only_a_split_sized_by_margin_has_its_margin_checked() -> None:
    found = [check.split_a for check in declare_checks(sized_by_margin=["test"]) if check.statistic == "margin"]
    assert found == ["test"]


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(ValueError, match="val"):
        declare_checks(["train", "val"])


def test_the_practical_margin_bounds_the_change_of_an_error() -> None:
    # The error depends on the rank u as e(u) = e * 2u; two samples whose mean ranks differ by delta / 2.
    error, delta = 0.10, PRACTICAL_MARGIN
    apart = error * 2 * (delta / 2)
    assert apart == pytest.approx(error * delta)
    assert apart < 1.96 * sqrt(error * (1 - error) / 500)


def test_the_wasserstein_margin_is_the_same_shift_in_standard_deviations() -> None:
    def cliffs_delta(shift: float) -> float:
        return erf(shift / 2)  # 2 Phi(shift / sqrt 2) - 1

    assert cliffs_delta(WASSERSTEIN_MARGIN) == pytest.approx(PRACTICAL_MARGIN, abs=0.005)


def test_a_tolerated_shortfall_widens_an_interval_by_a_twentieth() -> None:
    assert 1 / sqrt(1 - SHORTFALL) == pytest.approx(1.05, abs=0.01)
    independent_atoms = 1 / LARGEST_ATOM_SHARE**2
    assert independent_atoms == pytest.approx(100)


def test_declaring_checks_does_not_import_great_expectations() -> None:
    code = (
        "import sys, expectations.checks, expectations.verdict, expectations.rules;"
        "sys.exit(any(name.split('.')[0] in ('great_expectations', 'prefect') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_each_kind_of_label_is_asked_what_makes_sense_of_it() -> None:
    def about_labels(kind: str) -> set[str]:
        return {check.id for check in declare_checks(inputs=("web",), labels=kind) if "label" in check.id}

    several, number, classes = (about_labels(kind) for kind in ("several", "number", "class"))
    pairs = ("dev.test", "train.train-dev")
    assert several == {
        *(f"{name}.{pair}" for name in ("label-rates", "label-annotated") for pair in pairs),
        *(
            f"{name}.{split}"
            for name in ("label-positives", "label-negatives", "labels-unseen")
            for split in ("dev", "test")
        ),
        "label-amounts.train",
        "labels-vary",
        "unlabelled-rows",
        "manifest.columns-beside-labels",
    }
    assert number == {
        *(f"{name}.{pair}" for name in ("label-values", "label-spread") for pair in pairs),
        *(f"label-outside-train.{split}" for split in ("dev", "test")),
        "labels-vary",
        "manifest.label-present",
    }
    assert "labels-vary" not in classes
    assert {f"label-shares.{pair}" for pair in pairs} <= classes
    ids = {check.id for check in declare_checks(inputs=("web",), labels="several")}
    assert "manifest.columns" not in ids
    without = {check.id for check in declare_checks(("train", "dev"), inputs=("web",), labels="number")}
    assert not {name for name in without if name.endswith("test") and "label" in name}


def test_of_a_model_that_is_not_learnt_nothing_is_asked() -> None:
    asked = {check.id for check in USUAL} - {check.id for check in declare_checks(seen_by_model=False)}
    assert {name for name in asked if "model" in name} == {
        "near-to-model.dev.test",
        "near-to-model.train.train-dev",
        "near-to-model.train.dev",
        "near-to-model.train+synthetic.dev",
        "gap-closed-to-model",
    }
