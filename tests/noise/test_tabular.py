"""Noise on rows: on the column's own grid, never on what is kept."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.noise.policy import Policy, default_policy, scaled
from tasks.noise.tabular import apply, draw
from tasks.noise.tabular_bounds import TABULAR
from tasks.noise.tabular_statistics import MOST_CATEGORIES, MOST_LEVELS, decimals, table_statistics

N = 600
EVERYTHING = Policy.model_validate(
    {
        "modality": "tabular",
        "operations": [
            {"name": name, "probability": 1, "magnitudes": {key: {"uniform": [0.2, 0.5]} for key in bounds.parameters}}
            for name, bounds in TABULAR.items()
        ],
    }
)


def table(n: int = N, seed: int = 0) -> pa.Table:
    rng = np.random.default_rng(seed)
    holes = rng.random(n) < 0.2
    return pa.table(
        {
            "income": pa.array(rng.integers(20, 400, n) * 500.0),
            "ratio": pa.array(np.round(rng.normal(0, 1, n), 2), mask=holes),
            "age": pa.array(rng.integers(18, 90, n)),
            "flag": pa.array(rng.integers(0, 2, n)),
            "member": pa.array(rng.random(n) < 0.5),
            "zip": pa.array(rng.choice(["001", "002", "Ü", ""], n, p=[0.6, 0.2, 0.1, 0.1]), mask=holes),
            "note": pa.array([f"free text {i}" for i in range(n)]),
            "always": pa.array([3.5] * n),
            "nothing": pa.nulls(n, pa.float64()),
            "black": pa.array(rng.integers(0, 2, n)),
            "day": pa.array(rng.integers(0, 1000, n), pa.int32()).cast(pa.date32()),
        }
    )


def do(rows: pa.Table, policy: Policy = EVERYTHING, seed: int = 1, keep: tuple[str, ...] = ("black",)) -> pa.Table:
    draws = draw(policy, [f"p{i}" for i in range(rows.num_rows)], copies=1, seed=seed)
    return apply(rows, draws, table_statistics(rows, keep=keep))


def only(name: str, value: float) -> Policy:
    magnitudes = {next(iter(TABULAR[name].parameters)): {"uniform": [value, value]}}
    return Policy.model_validate(
        {"modality": "tabular", "operations": [{"name": name, "probability": 1, "magnitudes": magnitudes}]}
    )


def changed(before: pa.Table, after: pa.Table, name: str) -> float:
    pairs = zip(before.column(name).to_pylist(), after.column(name).to_pylist(), strict=True)
    return float(np.mean([a != b for a, b in pairs]))


def test_the_schema_is_kept_and_something_happens() -> None:
    rows = table()
    made = do(rows)
    assert made.schema == rows.schema
    for name in ("income", "ratio", "age", "flag", "member", "zip"):
        assert changed(rows, made, name) > 0.05, name


def test_kept_constant_and_foreign_columns_never_change() -> None:
    rows = table()
    for seed in range(3):
        made = do(rows, seed=seed, keep=("black", "zip"))
        for name in ("black", "zip", "always", "nothing", "day", "note"):
            assert made.column(name).equals(rows.column(name)), name


def test_values_are_those_of_train() -> None:
    rows = table()
    made = do(rows)
    for name in ("income", "ratio", "age", "flag", "member", "zip"):
        assert set(made.column(name).to_pylist()) - {None} <= set(rows.column(name).to_pylist()), name


def test_many_levels_keep_range_and_decimals() -> None:
    values = np.round(np.random.default_rng(0).normal(100, 30, 3 * MOST_LEVELS), 3)
    rows = pa.table({"x": values})
    made = do(rows).column("x").to_numpy()
    assert len(np.unique(values)) > MOST_LEVELS
    assert np.array_equal(np.round(made, 3), made)
    assert made.min() >= values.min()
    assert made.max() <= values.max()
    assert np.mean(made != values) > 0.9


def test_gaps_appear_only_where_train_has_some_and_none_is_filled() -> None:
    rows = table()
    made = do(rows)
    for name in rows.column_names:
        before, after = (t.column(name).is_null().to_numpy() for t in (rows, made))
        if name in ("ratio", "zip"):
            assert (after >= before).all()
            assert after.sum() > before.sum()
        else:
            assert np.array_equal(before, after), name


def test_rates_are_those_asked() -> None:
    rows = table(6000)
    missing = do(rows, only("missingness", 0.3)).column("ratio").is_null().to_numpy()
    assert missing[rows.column("ratio").is_valid().to_numpy()].mean() == pytest.approx(0.3, abs=0.03)
    confused = changed(rows, do(rows, only("category_confusion", 0.4)), "flag")
    assert confused == pytest.approx(0.4 * 0.5, abs=0.03)  # half of the exchanged flags get the value they had


def test_confusion_keeps_the_shares_of_categories() -> None:
    rows = table(6000)
    made = do(rows, only("category_confusion", 0.5))
    for name in ("001", "002", "Ü", ""):
        before, after = (t.column("zip").to_pylist().count(name) / 6000 for t in (rows, made))
        assert after == pytest.approx(before, abs=0.02)


def test_measurement_noise_has_the_size_asked() -> None:
    rows = table(6000)
    made = do(rows, only("measurement_noise", 0.2))
    error = made.column("income").to_numpy() - rows.column("income").to_numpy()
    sd = rows.column("income").to_numpy().std()
    middle = np.abs(rows.column("income").to_numpy() - 105_000) < 50_000
    assert error[middle].std() == pytest.approx(0.2 * sd, rel=0.05)


def test_rounding_leaves_fewer_values() -> None:
    rows = table(6000)
    made = do(rows, only("rounding", 0.5))
    assert len(set(made.column("income").to_pylist())) < 0.1 * len(set(rows.column("income").to_pylist()))


@pytest.mark.parametrize("policy", [EVERYTHING, default_policy("tabular")])
def test_severity_zero_is_the_identity(policy) -> None:
    assert do(table(), scaled(policy, 0)).equals(table())


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(30)), st.integers(0, 100))
def test_a_row_depends_on_its_parent_and_draws_only(order, seed) -> None:
    rows = table(30)
    statistics = table_statistics(table(), keep=("black",))
    draws = draw(EVERYTHING, [f"p{i}" for i in range(30)], copies=1, seed=seed)
    whole = apply(rows, draws, statistics)
    order = list(order)
    assert apply(rows.take(order), draws.take(order), statistics).equals(whole.take(order))
    assert apply(rows.slice(7, 1), draws.slice(7, 1), statistics).equals(whole.slice(7, 1).combine_chunks())


def test_infinite_and_nan_numbers_stay_as_they_are() -> None:
    rows = pa.table({"x": pa.array([1.0, 2.0, float("nan"), float("inf"), None] * 40 + list(np.arange(100.0)))})
    made = do(rows, only("measurement_noise", 0.5)).column("x").to_pylist()
    for before, after in zip(rows.column("x").to_pylist(), made, strict=True):
        if before is None or not np.isfinite(before):
            assert str(before) == str(after)
        else:
            assert np.isfinite(after)


def test_statistics_survive_json() -> None:
    import json
    from dataclasses import asdict

    statistics = table_statistics(table(), keep=("black",))
    assert json.loads(json.dumps(asdict(statistics), allow_nan=False))
    assert "black" not in dict(statistics.columns)


def test_text_with_too_many_values_is_left_alone() -> None:
    for n, repeats in ((MOST_CATEGORIES + 1, 10), (50, 2)):
        assert table_statistics(pa.table({"id": [f"x{i}" for i in range(n)] * repeats})).columns == ()
    assert table_statistics(pa.table({"id": [f"x{i}" for i in range(50)] * 10})).columns


@pytest.mark.parametrize(
    ("values", "found"), [([1, 2], 0), ([0.5, 1], 1), ([0.123456], 6), ([1 / 3], None), ([1e300], 0)]
)
def test_decimals(values, found) -> None:
    assert decimals(np.array(values, float)) == found


def test_empty_tables_and_wrong_numbers_of_rows() -> None:
    statistics = table_statistics(table())
    empty = draw(EVERYTHING, [], copies=1, seed=1)
    assert apply(table().slice(0, 0), empty, statistics).num_rows == 0
    assert table_statistics(table().slice(0, 0)).columns == ()
    with pytest.raises(ValueError, match="0 rows"):
        apply(table(), empty, statistics)
    with pytest.raises(ValueError, match="income"):
        apply(
            table().drop_columns(["income"]), draw(EVERYTHING, [str(i) for i in range(N)], copies=1, seed=1), statistics
        )
