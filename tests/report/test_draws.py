"""Draws summed up."""

import numpy as np
import pyarrow as pa

from tasks.report.draws import summarise_draws


def table(**columns):
    n = len(next(iter(columns.values())))
    keys = {
        "record_id": [f"{i}" for i in range(n)],
        "parent_id": ["p"] * n,
        "copy": [1] * n,
        "seed": pa.array(range(n), pa.uint64()),
    }
    return pa.table(keys | {name.replace("__", "."): values for name, values in columns.items()})


def test_percentiles_are_of_the_drawn_values_only() -> None:
    values = np.arange(101.0)
    drawn = summarise_draws(table(blur__sigma=pa.array([*values, *[None] * 99])))
    (line,) = drawn
    assert (line.operation, line.parameter, line.rows, line.of) == ("blur", "sigma", 101, 200)
    assert (line.low, line.median, line.high) == (5.0, 50.0, 95.0)
    assert (line.edges[0], line.edges[-1], sum(line.counts)) == (0, 100, 101)
    assert len(line.edges) == len(line.counts) + 1


def test_words_are_counted_commonest_first() -> None:
    (line,) = summarise_draws(table(noise__clip=pa.array(["b", "a", "a", "c", "d", None])))
    assert line.rows == 5 and line.low is None
    assert line.words == "a (2), b (1), c (1) and 1 more"
    assert line.counts == ()


def test_what_was_never_drawn_has_no_rows() -> None:
    (line,) = summarise_draws(table(blur__sigma=pa.array([None, None], pa.float64())))
    assert line.rows == 0 and line.median is None


def test_values_that_are_not_finite_do_not_count_as_magnitudes() -> None:
    (line,) = summarise_draws(table(blur__sigma=pa.array([1.0, float("nan"), float("inf")])))
    assert line.rows == 3 and line.low == line.high == 1.0
    assert sum(line.counts) == 1


def test_columns_that_are_no_parameters_are_passed_over() -> None:
    assert summarise_draws(table(plain=[1.0])) == ()
    assert summarise_draws(table(plain=[1.0]).slice(0, 0)) == ()
