"""Which rows are which split."""

import numpy as np
import pyarrow as pa

from tasks.catalog.schema import AUGMENTED
from tasks.shift.split_rows import atom_codes, rows_by_split

RECORDS = pa.table(
    {
        "split": ["dev", "train", "train", "test", "train"],
        "synthetic": [False, False, True, False, False],
        "atom": pa.chunked_array([["b", "a", "a"], ["c", "b"]]),
    }
)


def test_synthetic_rows_count_in_augmented_training_data_only() -> None:
    found = {name: np.flatnonzero(rows).tolist() for name, rows in rows_by_split(RECORDS).items()}
    assert found == {"train": [1, 4], AUGMENTED: [1, 2, 4], "dev": [0], "test": [3]}
    assert list(found)[:2] == ["train", AUGMENTED]


def test_rows_that_do_not_count_are_in_no_split() -> None:
    known = np.array([True, True, False, False, True])
    found = rows_by_split(RECORDS, known)
    assert set(found) == {"train", "dev"}  # no synthetic row counts, so there is no augmented data


def test_an_atom_has_one_code_everywhere() -> None:
    codes = atom_codes(RECORDS)
    assert codes[0] == codes[4] and codes[1] == codes[2] and len(set(codes.tolist())) == 3
