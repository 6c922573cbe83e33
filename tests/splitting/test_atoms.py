"""Atoms: whole, stable, named by their members."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.splitting.atoms import name_atoms, tie_atoms


@st.composite
def ties(draw):
    n = draw(st.integers(1, 30))
    index = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(index, index), max_size=30))
    groups = draw(st.lists(st.sampled_from([None, None, "", "a", "b", "c"]), min_size=n, max_size=n))
    return n, np.array(edges, dtype=np.int64).reshape(-1, 2), groups


def partition(codes, names):
    parts = {}
    for code, name in zip(codes, names, strict=True):
        parts.setdefault(int(code), set()).add(name)
    return {frozenset(part) for part in parts.values()}


@given(ties())
@settings(max_examples=60, deadline=None)
def test_every_tie_is_inside_one_atom_and_nothing_else_is(case):
    n, edges, groups = case
    codes = tie_atoms(n, edges, groups)
    # An independent, quadratic closure of the same relation.
    tied = np.eye(n, dtype=bool)
    for a, b in edges:
        tied[a, b] = tied[b, a] = True
    for i in range(n):
        for j in range(n):
            tied[i, j] |= groups[i] is not None and groups[i] == groups[j]
    for _ in range(n):
        tied = tied @ tied
    assert (tied == (codes[:, None] == codes[None, :])).all()


@given(ties())
@settings(max_examples=60, deadline=None)
def test_codes_count_up_in_order_of_first_occurrence(case):
    codes = tie_atoms(*case)
    _, first = np.unique(codes, return_index=True)
    assert codes[np.sort(first)].tolist() == list(range(len(first)))


@given(ties(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_row_order_edge_order_and_group_names_do_not_matter(case, random):
    n, edges, groups = case
    ids = [f"in/{i:02d}" for i in range(n)]
    order = list(range(n))
    random.shuffle(order)
    place = np.argsort(order)
    shuffled_edges = place[edges][::-1, ::-1] if len(edges) else edges
    renamed = [None if groups[i] is None else f"<{groups[i]}>" for i in order]
    codes = tie_atoms(n, edges, groups)
    moved = tie_atoms(n, shuffled_edges, renamed)
    assert partition(codes, ids) == partition(moved, [ids[i] for i in order])
    names = dict(zip(ids, name_atoms(codes, ids), strict=True))
    assert names == dict(zip([ids[i] for i in order], name_atoms(moved, [ids[i] for i in order]), strict=True))


def test_an_atom_is_named_by_its_smallest_record_id():
    codes = tie_atoms(4, np.array([[0, 2]]), [None, "g", None, "g"])
    assert name_atoms(codes, ["w/9", "w/3", "w/10", "w/7"]) == ["w/10", "w/3", "w/10", "w/3"]


def test_many_repeated_edges_are_still_one_edge():
    codes = tie_atoms(2, np.tile([[0, 1]], (512, 1)), [None, None])
    assert codes.tolist() == [0, 0]


def test_no_records_make_no_atoms():
    assert tie_atoms(0, np.empty((0, 2), dtype=np.int64), []).tolist() == []
    assert name_atoms(np.empty(0, dtype=np.int64), []) == []


@pytest.mark.parametrize("edges", [[[0, 3]], [[-1, 0]]])
def test_an_edge_out_of_range_is_refused(edges):
    with pytest.raises(ValueError, match="indices in"):
        tie_atoms(3, np.array(edges), [None] * 3)


def test_lengths_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="groups: 2 wanted"):
        tie_atoms(2, np.empty((0, 2), dtype=np.int64), [None])
    with pytest.raises(ValueError, match="record_ids: 2 wanted"):
        name_atoms(np.array([0, 1]), ["a"])
