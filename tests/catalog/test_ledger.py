import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.catalog.ledger import ORDER, check_ledger, count_moved, extend, settle
from tasks.catalog.schema import LEDGER
from tasks.errors import StoreError


def ledger_of(*rows):
    """Make a ledger from (record_id, split, content_hash); the atom is the record's own."""
    return pa.table(
        {
            "record_id": [row[0] for row in rows],
            "atom": [row[0] for row in rows],
            "split": [row[1] for row in rows],
            "content_hash": [row[2] for row in rows],
            "since_version": [1] * len(rows),
            "released_in": [None] * len(rows),
            "release_reason": [None] * len(rows),
        },
        schema=LEDGER,
    )


def settled(records, ledger):
    """Settle (record_id, atom, content_hash, domain) rows."""
    columns = [pa.array(column, pa.string()) for column in zip(*records, strict=True)]
    return settle(*columns[:3], ledger, domain=columns[3])


def test_a_record_keeps_its_split_and_gives_it_to_its_atom():
    found = settled(
        [("a", "A", "1", "target"), ("b", "A", "2", "target"), ("c", "C", "3", "target")], ledger_of(("a", "dev", "1"))
    )
    assert found.split.tolist() == ["dev", "dev", ""]
    assert found.fresh.tolist() == [False, False, True]


def test_a_renamed_file_is_no_new_file():
    found = settled([("new name", "A", "1", "target")], ledger_of(("old name", "test", "1")))
    assert found.split.tolist() == ["test"]


def test_records_that_look_alike_by_coincidence_are_not_tied_by_the_ledger():
    found = settled([("old", "A", "1", "target"), ("new", "B", "1", "target")], ledger_of(("old", "test", "1")))
    assert found.split.tolist() == ["test", ""]
    assert found.fresh.tolist() == [False, True]


@pytest.mark.parametrize(("earlier", "later"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_of_two_splits_that_meet_the_one_nearer_to_training_gives_way(earlier, later):
    found = settled(
        [("a", "A", "1", "target"), ("b", "A", "2", "target"), ("c", "A", "3", "target")],
        ledger_of(("a", ORDER[earlier], "1"), ("b", ORDER[later], "2")),
    )
    assert found.split.tolist() == ["", ORDER[later], ORDER[later]]
    assert found.incident.tolist() == [True, False, False]


def test_a_source_record_tied_to_dev_is_left_out_and_is_no_incident():
    found = settled([("a", "A", "1", "target"), ("s", "A", "2", "source")], ledger_of(("a", "dev", "1")))
    assert found.split.tolist() == ["dev", ""]
    assert found.repeats.tolist() == ["", "dev"]
    assert not found.incident.any()
    assert not found.fresh.any()


def test_a_source_record_of_train_that_newly_meets_dev_is_an_incident():
    found = settled(
        [("a", "A", "1", "target"), ("s", "A", "2", "source")], ledger_of(("a", "dev", "1"), ("s", "train", "2"))
    )
    assert found.incident.tolist() == [False, True]
    assert found.repeats.tolist() == ["", ""]


def test_an_empty_ledger_leaves_everything_to_be_drawn():
    found = settled([("a", "A", "1", "target"), ("b", "B", "2", "source")], LEDGER.empty_table())
    assert found.fresh.all()
    assert found.split.tolist() == ["", ""]


def test_nothing_to_settle():
    nothing = pa.array([], pa.string())
    assert len(settle(nothing, nothing, nothing, ledger_of(("a", "dev", "1")), domain=nothing).split) == 0


@st.composite
def histories(draw):
    """Versions of a data set: records come, go and are tied anew."""
    versions = []
    for _ in range(draw(st.integers(1, 4))):
        ids = draw(st.lists(st.integers(0, 25), unique=True, min_size=1, max_size=20))
        ties = draw(st.integers(1, 25))
        versions.append([(f"r{i:02d}", f"A{i % ties}", f"h{i % 17}", "source" if i % 3 else "target") for i in ids])
    return versions, draw(st.integers(0, 1000))


@settings(max_examples=80, deadline=None)
@given(histories())
def test_nothing_ever_moves(history):
    versions, seed = history
    rng = np.random.default_rng(seed)
    ledger = LEDGER.empty_table()
    first: dict[str, str] = {}
    for number, records in enumerate(versions, start=1):
        found = settled(records, ledger)
        split = found.split.copy()
        choice: dict[str, str] = {}
        for at, (_, atom, _, domain) in enumerate(records):
            if found.fresh[at]:
                chosen = choice.setdefault(atom, str(rng.choice(ORDER)))
                split[at] = "" if domain == "source" and chosen in ("dev", "test") else chosen
        # Each record has a split, is drawn, or is left out for one reason.
        reasons = np.column_stack([found.split != "", found.fresh, found.incident, found.repeats != ""])
        assert (reasons.sum(1) == 1).all()
        # No atom is in two splits.
        places = {(atom, name) for (_, atom, _, _), name in zip(records, split, strict=True) if name}
        assert len(places) == len({atom for atom, _ in places})
        # Dev and test hold target records only.
        assert all(name not in ("dev", "test") or row[3] == "target" for row, name in zip(records, split, strict=True))
        for (record_id, *_), name in zip(records, split, strict=True):
            if name:
                assert first.setdefault(record_id, name) == name
        kept = [(row, name) for row, name in zip(records, split, strict=True) if name]
        assigned = pa.table(
            {
                "record_id": [row[0] for row, _ in kept],
                "atom": [row[1] for row, _ in kept],
                "split": [name for _, name in kept],
                "content_hash": [row[2] for row, _ in kept],
            },
            schema=pa.schema([LEDGER.field(name) for name in ("record_id", "atom", "split", "content_hash")]),
        )
        grown = extend(ledger, assigned, number)
        assert grown.slice(0, len(ledger)).equals(ledger)
        assert count_moved(grown, assigned) == 0
        ledger = grown
    assert dict(zip(ledger["record_id"].to_pylist(), ledger["split"].to_pylist(), strict=True)) == first


@settings(max_examples=30, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(history, random):
    versions, seed = history
    rng = np.random.default_rng(seed)
    rows = [(row[0], str(rng.choice(ORDER)), row[2]) for row in versions[0]]
    records = versions[-1]
    order = random.sample(range(len(records)), len(records))
    one = settled(records, ledger_of(*rows))
    two = settled([records[at] for at in order], ledger_of(*random.sample(rows, len(rows))))
    assert [one.split[at] for at in order] == two.split.tolist()
    assert [bool(one.incident[at]) for at in order] == two.incident.tolist()


def test_a_record_that_is_gone_stays_in_the_ledger():
    ledger = ledger_of(("a", "dev", "1"), ("b", "test", "2"))
    assigned = ledger.select(["record_id", "atom", "split", "content_hash"]).slice(0, 1)
    assert extend(ledger, assigned, 2).equals(ledger)


def test_a_contradiction_is_refused():
    assigned = ledger_of(("a", "train", "1")).drop_columns("since_version")
    with pytest.raises(StoreError, match=r"1 records have another split there than version 2 gives them: 'a'"):
        extend(ledger_of(("a", "dev", "1")), assigned, 2)
    assert count_moved(ledger_of(("a", "dev", "1")), assigned) == 1


def test_new_rows_carry_their_version():
    assigned = ledger_of(("b", "train", "2"), ("a", "dev", "1")).drop_columns("since_version")
    grown = extend(ledger_of(("a", "dev", "1")), assigned, 5)
    assert grown["since_version"].to_pylist() == [1, 5]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda t: t.drop_columns("split"), "column 'split' wanted, found 'record_id', 'atom', 'content_hash'"),
        (lambda t: pa.concat_tables([t, t]), "1 records stand in it twice: 'a'"),
        (lambda t: t.set_column(2, "split", pa.array(["val"])), "wanted in column split, found 'val'"),
        (lambda t: t.set_column(0, "record_id", pa.array([None], pa.string())), "1 of 1 rows have no record_id"),
        (lambda t: t.set_column(4, "since_version", pa.array(["one"])), "a column is of the wrong kind"),
    ],
)
def test_a_damaged_ledger_is_refused_with_the_remedy(damage, message):
    with pytest.raises(StoreError, match=message) as error:
        check_ledger(damage(ledger_of(("a", "dev", "1"))))
    assert "from a backup" in str(error.value)
