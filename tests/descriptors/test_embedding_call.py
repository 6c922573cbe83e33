import sys

import numpy as np
import pyarrow as pa
import pytest

from tasks.descriptors.embedding_call import call_function, insist_on_repeatable
from tasks.errors import InputError

IDS = ["app/a", "app/b", "app/c"]
BATCH = [np.full((4, 4), value, np.uint8) for value in (10, 20, 30)]


def means(batch) -> np.ndarray:
    return np.array([[picture.mean(), picture.std()] for picture in batch])


def told(function, check=call_function) -> str:
    with pytest.raises(InputError) as error:
        check(function, BATCH, IDS, where="descriptors.mine: m:f")
    assert str(error.value).startswith("descriptors.mine: m:f: ")
    return str(error.value)


def test_vectors_come_as_they_are() -> None:
    np.testing.assert_array_equal(call_function(means, BATCH, IDS, where="here"), [[10, 0], [20, 0], [30, 0]])
    insist_on_repeatable(means, BATCH, IDS, where="here")


def test_a_table_of_rows_is_a_batch_too() -> None:
    table = pa.table({"x": [1.0, 2.0, 3.0]})

    def own(rows: pa.Table) -> np.ndarray:
        return rows["x"].to_numpy()[:, None]

    assert call_function(own, table, IDS, where="here").tolist() == [[1], [2], [3]]
    insist_on_repeatable(own, table, IDS, where="here")


def test_a_record_that_the_function_fails_on_is_named() -> None:
    def picky(batch):
        if any(picture.mean() == 20 for picture in batch):
            raise KeyError("no face found")
        return means(batch)

    assert "KeyError on record 'app/b': 'no face found'. Mend the function" in told(picky)


def test_a_function_that_wants_to_end_the_process_does_not() -> None:
    assert "SystemExit on record 'app/a': 3. Mend the function" in told(lambda batch: sys.exit(3))


def test_a_batch_that_the_function_fails_on_is_named() -> None:
    def together(batch):
        if len(batch) > 1:
            raise ValueError
        return means(batch)

    assert "ValueError on a batch of 3 records, from 'app/a' to 'app/c', but on none of them alone" in told(together)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (np.ones(3), r"expected shape (3, d) for a batch of 3 records, d from 1 to 65,536, found (3,)"),
        (np.ones((2, 5)), "found (2, 5)"),
        (np.ones((3, 0)), "found (3, 0)"),
        (None, "expected shape (3, d)"),
        ([[1.0], [1.0, 2.0], [1.0]], "found list, which is none"),
        ([["a"], ["b"], ["c"]], "found list, which is none"),
        (np.array([[1.0], [np.inf], [1.0]]), "infinite numbers, or larger than 1e+30, for 1 records: 'app/b'"),
    ],
)
def test_what_is_no_vector_a_record_is_refused(given, found) -> None:
    assert found in told(lambda batch: given)


def test_nan_is_a_vector_that_is_missing() -> None:
    given = np.array([[1.0], [np.nan], [2.0]])
    np.testing.assert_array_equal(call_function(lambda batch: given, BATCH, IDS, where="here"), given)
    insist_on_repeatable(lambda batch: given[: len(batch)], BATCH, IDS, where="here")


def test_a_function_that_draws_is_refused() -> None:
    rng = np.random.default_rng(1)
    assert "called twice with the same 3 records it gave other vectors" in told(
        lambda batch: means(batch) + 1e-9 * rng.normal(), insist_on_repeatable
    )


def test_a_function_that_looks_at_the_whole_batch_is_refused() -> None:
    assert "the vector of 'app/a' depends on the other records of its batch" in told(
        lambda batch: means(batch) - means(batch).mean(axis=0) + 1, insist_on_repeatable
    )


def test_a_width_that_depends_on_the_batch_is_refused() -> None:
    assert "3 numbers a record in company, 1 for a record alone" in told(
        lambda batch: np.ones((len(batch), len(batch))), insist_on_repeatable
    )
