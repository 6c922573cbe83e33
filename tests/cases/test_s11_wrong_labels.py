"""S11: labels are checked in dev and test alike, right answers too; systematic errors are told from random ones."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.diagnosis.audit import correct_error, draw_audit
from tasks.diagnosis.corrections import CORRECTIONS, apply_corrections, extend_corrections, one_sided
from tasks.diagnosis.suspects import cross_validated, find_suspects
from tasks.diagnosis.suspects_together import find_together
from tasks.errors import InputError

RUNS = 200


def audited(rng: np.random.Generator):
    """Dev and test of 2,000 rows and 10 classes; 5 % of labels are wrong, half of them 7 called 1 by device d3.

    The model errs on 10 % of the true classes, and has learnt half of the systematic error.
    """
    rows = 4000
    truth = rng.integers(0, 10, rows)
    device = rng.integers(0, 4, rows)
    label = truth.copy()
    random = rng.random(rows) < 0.025
    label[random] = (truth[random] + rng.integers(1, 10, random.sum())) % 10
    systematic = (truth == 7) & (device == 3)
    label[systematic] = 1
    answer = truth.copy()
    errs = rng.random(rows) < 0.10
    answer[errs] = (truth[errs] + rng.integers(1, 10, errs.sum())) % 10
    answer[systematic & (rng.random(rows) < 0.5)] = 1
    return truth, label, answer, ["dev"] * 2000 + ["test"] * 2000


def test_the_corrected_error_covers_the_truth() -> None:
    rng = np.random.default_rng(11)
    expected = 0.10 + 0.025 * 0.9 * 0.5  # a share of 0.025 are sevens of d3; half of these is answered 1 besides
    inside, naive = 0, 0
    for _ in range(RUNS):
        truth, label, answer, split = audited(rng)
        drawn = draw_audit(split, answer != label, rows=150, rng=rng)
        names = [drawn.names[code] for code in drawn.stratum]
        at = [place for place in drawn.places.tolist() if split[place] == "dev"]
        found = correct_error(
            "dev",
            [names[place] for place in at],
            {name: names.count(name) for name in drawn.names},
            [bool(answer[place] != truth[place]) for place in at],
            [bool(label[place] != truth[place]) for place in at],
            [str(place) for place in at],
        )
        inside += found.error.low <= expected <= found.error.high
        naive += abs(found.given - expected) < 0.015
        assert found.looked == 150
    assert inside / RUNS >= 0.92, inside / RUNS
    assert naive / RUNS < 0.3  # the error by the labels as they are is another one


def test_where_no_label_is_wrong_the_error_stays() -> None:
    rng = np.random.default_rng(3)
    wrong = rng.random(500) < 0.2
    drawn = draw_audit(["dev"] * 500, wrong, rows=100, rng=rng)
    names = [drawn.names[code] for code in drawn.stratum]
    at = drawn.places.tolist()
    flags = [bool(wrong[place]) for place in at]
    population = {name: names.count(name) for name in drawn.names}
    found = correct_error("dev", [names[p] for p in at], population, flags, [False] * 100, [str(p) for p in at])
    assert found.error.share == pytest.approx(found.given)
    assert found.mislabelled.share == 0
    assert found.mislabelled.high > 0.01  # nobody has looked at all of them


def test_audit_and_suspects_find_the_systematic_error_in_train() -> None:
    hits = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        truth, label, _, _ = audited(rng)
        truth, label = truth[:3000], label[:3000]
        device = np.array([f"d{number}" for number in rng.integers(0, 4, 3000)])
        label = truth.copy()
        random = rng.random(3000) < 0.025
        label[random] = (truth[random] + rng.integers(1, 10, random.sum())) % 10
        label[(truth == 7) & (device == "d3")] = 1
        features = np.eye(10)[truth] * 3 + rng.normal(0, 0.7, (3000, 10))
        found = find_suspects(cross_validated(features, label, [str(r) for r in range(3000)], seed=seed), label)
        names, other = [str(code) for code in label], [str(code) for code in found.suggested]
        told = find_together(found.suspect, names, other, {"group": device.tolist()})
        hits += [(one.where.get("group"), one.instead) for one in told] == [("d3", "7")]
    assert hits >= 9


def test_a_one_sided_fix_is_refused() -> None:
    whole = {"dev": [True] * 20 + [False] * 30, "test": [True] * 20 + [False] * 30}
    one_sided(whole, {"dev": 50, "test": 50}, "check the rest.")
    with pytest.raises(InputError, match="one-sided: 100% of dev and 0% of test"):
        one_sided({**whole, "test": []}, {"dev": 50, "test": 50}, "check the rest.")
    with pytest.raises(InputError, match="wrong answers alone"):
        one_sided({"dev": [True] * 45, "test": whole["test"][:45]}, {"dev": 50, "test": 50}, "check the rest.")


def corrections(*rows: tuple[str, str, str]) -> pa.Table:
    told = {"split": "dev", "version": 1, "sheet": "s", "reviewers": "anna", "applied": "2026-01-01"}
    made = [{"record_id": record, "was": was, "now": now, **told} for record, was, now in rows]
    return pa.Table.from_pylist(made, schema=CORRECTIONS)


def test_the_ledger_of_corrections_only_grows_and_the_next_build_follows_it() -> None:
    labels = {"a": "1", "b": "1", "c": "2"}
    ledger = extend_corrections(CORRECTIONS.empty_table(), corrections(("a", "1", "7"), ("c", "2", "1")), labels)
    assert extend_corrections(ledger, corrections(("a", "1", "7")), labels) == ledger
    records = pa.table({"record_id": ["a", "b", "c", "d"], "label": ["1", "1", "2", None]})
    corrected, applied = apply_corrections(records, ledger)
    assert corrected["label"].to_pylist() == ["7", "1", "1", None]
    assert applied.corrected == {"dev": 2}
    again = extend_corrections(ledger, corrections(("a", "7", "9")), {**labels, "a": "7"})
    assert again.slice(0, 2) == ledger
    assert apply_corrections(records, again)[0]["label"].to_pylist()[0] == "9"


def test_corrections_of_what_has_changed_are_refused_whole() -> None:
    labels = {"a": "1", "b": "3"}
    empty = CORRECTIONS.empty_table()
    with pytest.raises(InputError, match="not in the published version: 'x'"):
        extend_corrections(empty, corrections(("a", "1", "7"), ("x", "1", "7")), labels)
    with pytest.raises(InputError, match="another label by now"):
        extend_corrections(empty, corrections(("a", "1", "7"), ("b", "1", "7")), labels)
    ledger = extend_corrections(empty, corrections(("a", "1", "7")), labels)
    moved = pa.table({"record_id": ["a"], "label": ["4"]})
    corrected, applied = apply_corrections(moved, ledger)
    assert corrected["label"].to_pylist() == ["4"]
    assert applied.stale == ("a",)
