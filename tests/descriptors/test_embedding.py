import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.catalog.embeddings import embedding_column, embedding_matrix
from tasks.descriptors.embedding import COLUMNS, insist_on_finite, project
from tasks.errors import InputError


@given(st.integers(1, 100), st.integers(0, 20))
def test_a_rows_columns_depend_on_that_row_alone(wide, rows) -> None:
    values = np.random.default_rng(wide).normal(size=(rows, wide)).astype(np.float32)
    together = project(values)
    assert together.shape == (rows, min(wide, COLUMNS))
    alone = [project(values[row : row + 1]) for row in range(rows)]
    np.testing.assert_array_equal(together, np.concatenate([together[:0], *alone]))


def test_the_projection_never_changes() -> None:
    """Earlier versions stay comparable: these numbers are for ever."""
    found = project(np.eye(768)[:1])[0] * np.sqrt(32)
    assert "".join("-+"[int(sign > 0)] for sign in found) == "++-----++-+-----+--+++-++++--+--"
    np.testing.assert_allclose(np.abs(found), 1)


def test_squared_distances_are_kept_on_average() -> None:
    values = np.random.default_rng(1).normal(size=(400, 768))
    given = ((values[1:] - values[:-1]) ** 2).sum(1)
    found = ((project(values)[1:] - project(values)[:-1]) ** 2).sum(1)
    assert np.mean(found / given) == pytest.approx(1, abs=0.05)
    assert np.std(found / given) == pytest.approx(0.25, abs=0.05)


def test_a_narrow_embedding_stays_as_it_is() -> None:
    values = np.array([[1.5, 2.0], [np.nan, 1.0]])
    np.testing.assert_array_equal(project(values), [[1.5, 2.0], [np.nan, np.nan]])


def test_infinite_numbers_are_refused_with_their_records() -> None:
    values = np.ones((3, 4))
    insist_on_finite(np.where(values, np.nan, 0), list("abc"), where="here")
    values[1, 2] = -np.inf
    with pytest.raises(InputError, match="here: infinite numbers, or larger than 1e\\+30, for 1 records: 'b'"):
        insist_on_finite(values, list("abc"), where="here")


@given(st.lists(st.booleans(), max_size=20), st.integers(1, 5))
def test_a_column_of_lists_holds_what_was_put_in(missing, wide) -> None:
    values = np.random.default_rng(1).normal(size=(len(missing), wide)).astype(np.float32)
    values[np.array(missing, bool)] = np.nan
    column = embedding_column(values)
    assert column.null_count == sum(missing)
    np.testing.assert_array_equal(embedding_matrix(column), values)
    np.testing.assert_array_equal(embedding_matrix(column.slice(1)), values[1:])
