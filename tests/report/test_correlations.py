"""What the report says of columns that hang together otherwise."""

import pyarrow as pa

from tasks.report.correlations import correlation_sentence
from tasks.report.estimates import Estimates
from tasks.shift.measurements import Effect, Measurement, measurements_table


def said(*pairs: tuple[str, float]) -> str:
    rows = [
        Measurement("correlation_difference", "train", "dev", name, Effect(r, r - 0.05, r + 0.05)) for name, r in pairs
    ]
    table: pa.Table = measurements_table(rows)
    return correlation_sentence(Estimates(table))


def test_the_largest_pairs_are_named_and_the_rest_counted() -> None:
    told = said(("age, income", 0.1), ("income, amount", -0.4), ("age, term", 0.2), ("term, amount", 0.15))
    assert "income, amount −0.400 [−0.450, −0.350]; age, term 0.200" in told
    assert "age, income" not in told
    assert told.endswith("and 1 more pair in measurements.parquet.")


def test_nothing_is_said_where_no_pair_differs_and_names_come_out_as_text() -> None:
    assert said() == ""
    assert "\u202e" not in said(("\u202eage, <b>", 0.2))
