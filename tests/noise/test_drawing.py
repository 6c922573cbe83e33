"""Draws: one row a synthetic record, independent of everything else."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.noise.drawing import draw_policy
from tasks.noise.modalities import BOUNDS
from tasks.noise.policy import default_policy

IDS = st.lists(st.text(st.characters(codec="utf-8"), max_size=10), unique=True, max_size=25)
ODD = ["NaN", "nan", "", " ", "ü/ß.png", "u\u0308", "ü", "日本", "😀", "a#synthetic-1", "1.0", "-0"]


@settings(max_examples=50, deadline=None)
@given(IDS, st.randoms(use_true_random=False), st.sampled_from([0.3, 1, 1.5, 2]), st.integers(0, 2**32 - 1))
def test_a_row_is_independent_of_order_and_shard(parents, random, copies, seed) -> None:
    policy = default_policy("image")
    rows = {row["record_id"]: row for row in draw_policy(policy, parents, copies=copies, seed=seed).to_pylist()}
    shuffled = parents.copy()
    random.shuffle(shuffled)
    cut = len(parents) // 3
    again = [
        *draw_policy(policy, shuffled[:cut], copies=copies, seed=seed).to_pylist(),
        *draw_policy(policy, shuffled[cut:], copies=copies, seed=seed).to_pylist(),
    ]
    assert {row["record_id"]: row for row in again} == rows
    assert len(again) == len(rows)


def test_columns_ids_and_types() -> None:
    draws = draw_policy(default_policy("image"), ODD, copies=2, seed=1)
    assert draws.schema.field("copy").type == pa.int32()
    assert draws.schema.field("seed").type == pa.uint64()
    assert draws.column("record_id").to_pylist()[:2] == ["NaN#synthetic-1", "NaN#synthetic-2"]
    assert draws.column("parent_id").to_pylist() == [name for name in ODD for _ in range(2)]
    assert len(set(draws.column("record_id").to_pylist())) == 2 * len(ODD)
    assert len(set(draws.column("seed").to_pylist())) == 2 * len(ODD)
    assert {field.type for field in list(draws.schema)[4:]} == {pa.float64()}


def test_no_parent_and_no_copy_keep_the_columns() -> None:
    full = draw_policy(default_policy("audio"), ["a"], copies=1, seed=1)
    for parents, copies in (([], 1), (["a"], 0)):
        draws = draw_policy(default_policy("audio"), parents, copies=copies, seed=1)
        assert draws.num_rows == 0
        assert draws.schema == full.schema


def test_a_fraction_of_copies_is_made_by_key_and_grows_by_adding() -> None:
    parents = [f"p{i}" for i in range(4000)]
    policy = default_policy("image")
    half, more, whole = (
        set(draw_policy(policy, parents, copies=c, seed=3).column("record_id").to_pylist()) for c in (0.5, 1.25, 2)
    )
    assert len(half) == pytest.approx(2000, abs=130)
    assert len(more) == pytest.approx(5000, abs=130)
    assert half < more < whole


def test_operations_are_drawn_as_often_as_asked_and_independently() -> None:
    policy = default_policy("image")
    draws = draw_policy(policy, [f"p{i}" for i in range(4000)], copies=1, seed=3)
    drawn = {}
    for operation in policy.operations:
        columns = [draws.column(f"{operation.name}.{p}").is_valid().to_numpy() for p in operation.magnitudes]
        assert all((column == columns[0]).all() for column in columns)
        drawn[operation.name] = columns[0]
        assert columns[0].mean() == pytest.approx(operation.probability, abs=0.035)
    together = np.corrcoef(np.array(list(drawn.values())).astype(float))
    assert np.abs(together - np.eye(len(drawn))).max() < 0.08


def test_adding_an_operation_leaves_the_draws_of_others() -> None:
    policy = default_policy("image")
    fewer = policy.model_copy(update={"operations": policy.operations[1:]})
    a, b = (draw_policy(each, ["x", "y", "z"], copies=1, seed=3) for each in (policy, fewer))
    for name in b.column_names:
        assert a.column(name).equals(b.column(name))


@pytest.mark.parametrize("modality", sorted(BOUNDS))
def test_drawn_values_stay_inside_the_bounds(modality) -> None:
    draws = draw_policy(default_policy(modality), [f"p{i}" for i in range(3000)], copies=1, seed=3)
    for name in draws.column_names[4:]:
        operation, parameter = name.split(".")
        limits = BOUNDS[modality][operation].parameters[parameter]
        values = draws.column(name).drop_null().to_numpy()
        assert values.min() >= limits.low
        assert values.max() <= limits.high


@pytest.mark.parametrize("copies", [-1, float("nan"), float("inf")])
def test_copies_that_are_none_are_refused(copies) -> None:
    with pytest.raises(ValueError, match="copies"):
        draw_policy(default_policy("image"), ["a"], copies=copies, seed=1)
