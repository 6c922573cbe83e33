import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shift.answer import CLASSIFIER, LABELS, answer
from tasks.shift.compare import compare_samples
from tasks.shift.comparison_table import ROWS, comparison_table, said_of_sides


def table(seed, n, shift=0.0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"a": rng.normal(shift, 1, n), "b": rng.normal(size=n), "c": rng.choice(["u", "v"], n)})


def test_a_large_difference_is_different_and_named():
    told = answer(compare_samples(table(1, 300), table(2, 300, 1.0), seed=1))
    assert told.state == "different"
    assert told.differing == ("a", CLASSIFIER)
    assert "a" not in told.open


def test_few_rows_are_undecided_and_rows_are_wanted():
    told = answer(compare_samples(table(1, 40), table(2, 40), seed=1))
    assert told.state == "undecided"
    assert told.open
    assert told.rows is None or told.rows > 40


def test_many_rows_of_one_law_are_equivalent():
    assert answer(compare_samples(table(1, 4000), table(2, 4000), seed=1)).state == "equivalent"


def test_what_was_not_compared_never_ends_in_equivalent():
    x, y = table(1, 4000), table(2, 4000)
    found = compare_samples(x.assign(more=1.0), y, seed=1)
    assert answer(found).state == "undecided"
    assert answer(found).refused == ("more",)
    assert answer(compare_samples(x, y, seed=1), left_out=["nested"]).refused == ("nested",)
    assert answer(compare_samples(x, y, seed=1), left_out=["nested"]).state == "undecided"


def test_labels_alone_may_differ():
    labels = np.array(["u", "v"])
    x, y = (labels[(np.arange(2000) % 10 < share).astype(int)] for share in (5, 8))
    told = answer(compare_samples(table(1, 2000), table(2, 2000), labels_x=x, labels_y=y, seed=1))
    assert told.state == "different"
    assert told.differing == (LABELS,)


def test_a_joint_difference_that_no_column_shows_is_different():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(3000, 3)), rng.normal(size=(3000, 3))
    y[:, 1] = 0.9 * y[:, 0] + np.sqrt(0.19) * y[:, 1]
    assert answer(compare_samples(x, y, seed=1)).differing == (CLASSIFIER,)


@pytest.mark.parametrize("rows", [30, 200])
def test_samples_of_one_law_are_hardly_ever_called_different(rows):
    found = [answer(compare_samples(table(2 * s, rows), table(2 * s + 1, rows), seed=s)).state for s in range(40)]
    assert found.count("different") <= 4  # of 40 at 5 %: more in one of twenty runs of independent columns


@settings(max_examples=15)
@given(seed=st.integers(0, 99), n=st.integers(0, 30), m=st.integers(0, 30))
def test_so_few_rows_are_never_equivalent(seed, n, m):
    assert answer(compare_samples(table(seed, n), table(seed + 100, m), seed=seed)).state != "equivalent"


def test_every_number_has_a_row():
    labels = np.array(["u", "v"])[np.arange(300) % 2]
    others = np.where(np.arange(300) % 7 == 0, "w", labels)
    found = compare_samples(table(1, 300), table(2, 300), labels_x=labels, labels_y=others, seed=1)
    rows = comparison_table(found, margin=0.1)
    assert rows.schema.equals(ROWS)
    by_about = rows.group_by("about").aggregate([("name", "count")]).to_pylist()
    assert {row["about"] for row in by_about} == {"all", "descriptor", "label"}
    assert rows.filter(rows["about"].to_numpy() == "descriptor").num_rows == found.descriptors.num_rows
    only = [row for row in rows.to_pylist() if row["note"] == "only in B"]
    assert [row["name"] for row in only] == ["w"]


def test_notes_call_the_sides_by_their_letters():
    assert said_of_sides("words in x, numbers in y") == "words in A, numbers in B"
    assert said_of_sides("one value in every row") == "one value in every row"
    assert said_of_sides(None) is None
