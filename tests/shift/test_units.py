import numpy as np
import pytest

from tasks.shift.units import FEWEST_UNITS, MOST_UNITS, deal, make_units


@pytest.mark.parametrize(("k", "m", "size"), [(10, 10, 10), (300, 900, 1), (5_000, 200, 2), (40_000, 40_000, 1)])
def test_atoms_stay_whole_and_sides_apart(k, m, size):
    code_x, code_y = np.repeat(np.arange(k), size), k + np.repeat(np.arange(m), size)
    units = make_units(code_x, code_y, np.random.default_rng(1))
    n = len(code_x)
    for atoms, rows, side in ((code_x, units.of_row[:n], True), (code_y, units.of_row[n:], False)):
        assert all(len(set(rows[atoms == atom])) == 1 for atom in (atoms[0], atoms[-1]))
        assert (units.in_x[rows] == side).all()
    assert units.x + units.y <= MOST_UNITS
    assert min(units.x, units.y) >= min(FEWEST_UNITS, k, m)


def test_folds_are_even_on_both_sides():
    units = make_units(np.arange(23), 23 + np.arange(61), np.random.default_rng(2))
    assert units.folds == 5
    for side in (units.in_x, ~units.in_x):
        counts = np.bincount(units.fold[side], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_an_atom_on_both_sides_is_left_out_at_once():
    code = np.arange(40)
    units = make_units(code, code, np.random.default_rng(3))
    assert (units.fold[units.of_row[:40]] == units.fold[units.of_row[40:]]).all()


def test_deals_keep_the_sides_sizes_also_within_folds():
    units = make_units(np.arange(12), 12 + np.arange(20), np.random.default_rng(4))
    dealt = deal(units.in_x, np.random.default_rng(5), 50)
    assert (dealt[:, 0] == units.in_x).all()
    assert (dealt.sum(0) == 12).all()
    within = deal(units.in_x, np.random.default_rng(5), 50, fold=units.fold)
    for fold in range(units.folds):
        rows = units.fold == fold
        assert (within[rows].sum(0) == units.in_x[rows].sum()).all()


def test_too_few_units_make_no_folds():
    assert make_units(np.arange(3), 3 + np.arange(50), np.random.default_rng(6)).folds == 1


def test_sides_of_unlike_atoms_get_units_of_equally_many_rows():
    code_x, code_y = np.arange(300), 300 + np.repeat(np.arange(30), 10)
    for codes, counts in (((code_x, code_y), (30, 30)), ((code_y, code_x), (30, 30))):
        units = make_units(*codes, np.random.default_rng(7))
        assert (units.x, units.y) == counts
        assert set(np.bincount(units.of_row)) == {10}
    few = make_units(np.arange(40), 40 + np.repeat(np.arange(10), 40), np.random.default_rng(8))
    assert (few.x, few.y) == (10, 10)


def test_many_rows_against_few_large_atoms_keep_more_units():
    units = make_units(np.arange(1_000), 1_000 + np.repeat(np.arange(10), 10), np.random.default_rng(9))
    assert (units.x, units.y) == (300, 10)
