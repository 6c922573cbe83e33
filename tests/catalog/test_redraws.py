import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.catalog.ledger import ORDER, check_ledger, count_moved, extend, settle
from tasks.catalog.redraws import Drawing, count_former, drawing_seed, list_drawings, release
from tasks.catalog.schema import LEDGER
from tasks.errors import StoreError

ALWAYS = ["record_id", "atom", "split", "content_hash", "since_version"]


def ledger_of(*rows, version=1):
    """Make an older release's ledger from (record_id, split): no column says anything of releases."""
    names = [name for name, _ in rows]
    columns = [names, names, [split for _, split in rows], [f"hash of {name}" for name in names], [version] * len(rows)]
    return pa.table([pa.array(c) for c in columns], schema=pa.schema([LEDGER.field(name) for name in ALWAYS]))


OLD = ledger_of(("app/d", "dev"), ("app/e", "test"), ("app/t", "train"), ("web/s", "train"), ("web/h", "train-dev"))


def assigned(*rows):
    return ledger_of(*rows).drop_columns("since_version")


def in_force(ledger):
    rows = ledger.filter(pa.compute.is_null(ledger["released_in"]))
    return dict(zip(rows["record_id"].to_pylist(), rows["split"].to_pylist(), strict=True))


def test_dev_and_test_are_released_and_the_reason_is_kept() -> None:
    freed = release(OLD, reason="a third phone", version=2)
    assert in_force(freed) == {"app/t": "train", "web/s": "train", "web/h": "train-dev"}
    assert list_drawings(freed) == (Drawing(2, "a third phone", {"dev": 1, "test": 1}),)
    assert str(list_drawings(freed)[0]) == (
        "version 2 drew dev and test anew, from 1 of dev and 1 of test and what was in no split: a third phone"
    )


def test_what_was_in_train_is_released_only_when_asked_and_only_from_the_inputs_named() -> None:
    freed = release(OLD, reason="why", version=2, from_train=["app"])
    assert in_force(freed) == {"web/s": "train", "web/h": "train-dev"}
    assert list_drawings(freed)[0].released == {"dev": 1, "test": 1, "train": 1}


def test_an_input_whose_name_begins_like_another_keeps_its_records() -> None:
    ledger = ledger_of(("app/d", "dev"), ("app-2/t", "train"))
    assert in_force(release(ledger, reason="why", version=2, from_train=["app"])) == {"app-2/t": "train"}


def test_released_records_are_drawn_anew_and_move_nothing() -> None:
    freed = release(OLD, reason="why", version=2)
    names = pa.array(["app/d", "app/e", "app/t"])
    found = settle(names, names, names, freed)
    assert found.fresh.tolist() == [True, True, False]
    drawn = assigned(("app/d", "test"), ("app/e", "train"), ("app/t", "train"))
    grown = extend(freed, drawn, 2)
    assert in_force(grown) == {
        "app/d": "test", "app/e": "train", "app/t": "train", "web/s": "train", "web/h": "train-dev",
    }  # fmt: skip
    assert grown.num_rows == 7
    assert count_moved(grown, drawn) == 0


def test_each_drawing_is_remembered() -> None:
    second = extend(release(OLD, reason="one", version=2), assigned(("app/d", "test"), ("app/e", "dev")), 2)
    third = extend(release(second, reason="two", version=3), assigned(("app/d", "dev"), ("app/e", "test")), 3)
    assert [(drawing.version, drawing.reason) for drawing in list_drawings(third)] == [(2, "one"), (3, "two")]
    assert len({drawing_seed(7, ledger) for ledger in (OLD, second, third)}) == 3
    assert drawing_seed(7, OLD) == drawing_seed(7, None) == 7


def test_a_release_that_was_killed_before_its_version_is_gone_on_with() -> None:
    ahead = extend(release(OLD, reason="one", version=2), assigned(("app/d", "test"), ("app/e", "dev")), 2)
    again = release(ahead, reason="the same, in other words", version=2)
    assert in_force(again) == in_force(ahead)
    assert list_drawings(again) == (Drawing(2, "the same, in other words", {"dev": 1, "test": 1}),)
    assert release(again, reason="the same, in other words", version=2).equals(again)


def test_a_build_that_was_killed_after_its_ledger_does_not_keep_its_records_from_a_release() -> None:
    ahead = extend(OLD, assigned(("app/n", "dev")), 2)
    assert "app/n" not in in_force(release(ahead, reason="why", version=2))


@pytest.mark.parametrize("ledger", [LEDGER.empty_table(), ledger_of(("web/s", "train"))])
def test_nothing_to_release_is_told(ledger) -> None:
    with pytest.raises(StoreError, match="no record is in dev or test, so there is nothing to draw anew"):
        release(ledger, reason="why", version=2)


@pytest.mark.parametrize("column", ["released_in", "release_reason"])
def test_a_release_without_its_version_or_reason_is_damage(column) -> None:
    freed = release(OLD, reason="why", version=2)
    place = freed.column_names.index(column)
    damaged = freed.set_column(place, LEDGER.field(column), pa.nulls(len(freed), LEDGER.field(column).type))
    with pytest.raises(StoreError, match="released without a version or without a reason"):
        check_ledger(damaged)


def test_former_splits_are_counted_by_id_and_by_content() -> None:
    freed = release(OLD, reason="why", version=2, from_train=["app"])
    rows = {"record_id": ["app/d", "renamed", "app/t", "web/s"], "split": ["test", "dev", "dev", "train"]}
    content = pa.chunked_array([["other", "hash of app/e", "hash of app/t", "hash of web/s"]])
    ids, split = (pa.chunked_array([rows[name]]) for name in ("record_id", "split"))
    former = count_former(freed, ids, content, split)
    assert former["dev"] == {"train": 1, "train-dev": 0, "dev": 0, "test": 1}
    assert former["test"] == {"train": 0, "train-dev": 0, "dev": 1, "test": 0}
    assert former["train"] == {}
    assert set(count_former(None, ids, content, split)["dev"].values()) == {0}


@given(st.dictionaries(st.integers(0, 40), st.sampled_from(ORDER), min_size=1), st.booleans(), st.integers(2, 5))
def test_a_release_removes_no_row_and_never_frees_what_was_trained_on(rows, allowed, version) -> None:
    named = [(f"{'app' if at % 2 else 'web'}/{at}", split) for at, split in sorted(rows.items())]
    ledger = ledger_of(*named)
    if not {"dev", "test"} & set(rows.values()):
        return
    freed = release(ledger, reason="why", version=version, from_train=["app"] if allowed else [])
    assert freed.select(ALWAYS).equals(ledger)
    for name, split in named:
        stays = split == "train-dev" or (split == "train" and not (allowed and name.startswith("app/")))
        assert (name in in_force(freed)) == stays
    assert release(freed, reason="why", version=version).equals(freed)
