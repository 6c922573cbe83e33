"""Traps of synthetic data: measured against dev, with test as the floor."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.shift.sample import Sample
from tasks.shift.traps import Sides, measure_task_traps, measure_traps


def sample(rows, seed, *, shift=0.0, steps=False, first=0):
    rng = np.random.default_rng(seed)
    columns = {f"c{place}": rng.normal(size=rows) for place in range(5)}
    columns["c0"] = columns["c0"] + shift
    columns["size"] = np.full(rows, float(seed))  # tells everything apart, and is left out
    if steps:
        columns["c1"] = np.round(columns["c1"], 1)
    return Sample(columns, atoms=first + np.arange(rows))


def found(sides) -> dict:
    rows = measure_traps(sides, seed=3, leave_out={"size"})
    return {(row.statistic, row.split_a, row.split_b): row.effect for row in rows}


def sides(**made):
    return Sides(
        sample(300, 1, shift=2),
        sample(300, 2, **made),
        sample(200, 3, first=1000),
        sample(200, 4, first=2000),
    )


def test_noise_that_leads_to_the_target_reaches_it_and_does_not_give_itself_away() -> None:
    told = found(sides(shift=0.0))
    assert told["coverage", "synthetic", "dev"].effect > 0.9 > told["coverage", "train", "dev"].effect
    assert told["coverage_floor", "synthetic", "dev"] == told["coverage", "test", "dev"]
    assert told["detectable_excess", "synthetic", "dev"].ci_high < 0
    assert told["detectable", "synthetic", "train"].effect > 0.5
    assert abs(told["density", "test", "dev"].effect - 1) < 0.25


def test_noise_that_leaves_traces_gives_itself_away() -> None:
    told = found(sides(shift=4.0))
    assert told["detectable_excess", "synthetic", "dev"].effect > 0.05
    assert told["coverage", "synthetic", "dev"].ci_high < 0.5


def test_without_test_the_floor_is_what_independent_records_reach() -> None:
    few = sides()
    for test in (None, few.test.take(np.arange(20))):
        told = found(Sides(few.source, few.made, few.dev, test))
        assert ("coverage", "test", "dev") not in told
        assert told["coverage_floor", "synthetic", "dev"].effect == pytest.approx(0.97, abs=0.01)


def test_the_same_seed_gives_the_same_numbers() -> None:
    assert found(sides()) == found(sides())


def task_table(*, made=100, coordinates=True):
    rng = np.random.default_rng(5)
    split = ["train"] * (100 + made) + ["dev"] * 100 + ["test"] * 100
    synthetic = [False] * 100 + [True] * made + [False] * 200
    table = {
        "record_id": [str(row) for row in range(len(split))],
        "split": split,
        "synthetic": synthetic,
        "atom": [str(row) for row in range(len(split))],
    }
    points = rng.normal(size=(len(split), 3)).astype(np.float32)
    return pa.table(table | ({f"e{place}": points[:, place] for place in range(3)} if coordinates else {}))


SOURCE = np.arange(400) < 200


def test_the_task_space_is_measured_on_what_no_noise_was_fitted_to() -> None:
    rows = list(
        measure_task_traps(task_table(), SOURCE, seed=3, fitted_to=pa.array([str(row) for row in range(200, 250)]))
    )
    assert {row.statistic for row in rows} == {"task_coverage", "task_density", "task_coverage_floor"}
    assert {row.effect.n_b for row in rows} == {50}


def test_of_train_only_the_source_is_held_against_dev() -> None:
    few = SOURCE & (np.arange(len(SOURCE)) < 30)
    rows = list(measure_task_traps(task_table(), few, seed=3))
    assert {row.effect.n_a for row in rows} == {30}


@pytest.mark.parametrize("table", [task_table(made=0), task_table(coordinates=False)])
def test_where_there_is_nothing_to_measure_nothing_is(table) -> None:
    assert list(measure_task_traps(table, SOURCE[: table.num_rows], seed=3)) == []
