import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import PolicyError
from tasks.splitting.halves import first_half


def records(rows: int, seed: int, *, atom_rows: int = 1, labels: int = 3) -> pa.Table:
    rng = np.random.default_rng(seed)
    names = rng.choice(list("abcdef")[:labels], rows) if labels else [None] * rows
    atoms = [f"atom-{row // atom_rows}" for row in range(rows)]
    ids = [f"app/{row}" for row in range(rows)]
    return pa.table({"record_id": ids, "atom": atoms, "label": pa.array(names, pa.string())})


@settings(max_examples=30)
@given(st.integers(64, 200), st.integers(0, 5), st.integers(1, 7), st.integers(0, 4))
def test_atoms_are_whole_and_both_halves_are_filled(rows: int, seed: int, atom_rows: int, labels: int) -> None:
    table = records(rows, seed, atom_rows=atom_rows, labels=labels)
    half = first_half(table, seed=seed, fewest=16)
    assert abs(2 * int(half.sum()) - rows) <= 1 + atom_rows
    atoms = np.array(table["atom"].to_pylist())
    assert not set(atoms[half]) & set(atoms[~half])


def test_label_shares_are_kept() -> None:
    table = records(300, 1)
    half = first_half(table, seed=1, fewest=16)
    labels = np.array(table["label"].to_pylist())
    for label in "abc":
        assert abs((labels[half] == label).sum() - (labels == label).sum() / 2) <= 1


def test_neither_the_order_of_rows_nor_the_names_of_labels_matter_and_the_seed_does() -> None:
    table = records(120, 2)
    chosen = set(table.filter(pa.array(first_half(table, seed=4, fewest=16)))["record_id"].to_pylist())
    mixed = table.take(pa.array(np.random.default_rng(0).permutation(120)))
    again = mixed.filter(pa.array(first_half(mixed, seed=4, fewest=16)))
    assert set(again["record_id"].to_pylist()) == chosen
    named = table.set_column(2, "label", pa.array([f"the {name}" for name in table["label"].to_pylist()]))
    assert (first_half(named, seed=4, fewest=16) == first_half(table, seed=4, fewest=16)).all()
    assert (first_half(table, seed=5, fewest=16) != first_half(table, seed=4, fewest=16)).any()


@pytest.mark.parametrize(("rows", "atom_rows"), [(0, 1), (31, 1), (64, 64), (64, 50)])
def test_too_few_rows_or_one_large_atom_is_refused_with_the_remedy(rows: int, atom_rows: int) -> None:
    with pytest.raises(PolicyError, match=r"do not give 16 rows to each\. Enlarge splits.dev, leave target"):
        first_half(records(rows, 1, atom_rows=atom_rows), seed=1, fewest=16)
