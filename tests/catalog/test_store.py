import errno
import multiprocessing
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.catalog import atomic
from tasks.catalog.atomic import file_aside, scratch_folder, settle_folder, write_table, write_text
from tasks.catalog.digest import digest_code, digest_file, digest_value
from tasks.catalog.schema import LEDGER
from tasks.catalog.store import Store, check_identity, open_store
from tasks.errors import StoreError

EMPTY = LEDGER.empty_table()


def staged(store: Store, text: str) -> Path:
    folder = store.work / "staged"
    folder.mkdir(parents=True)
    (folder / "verdict.json").write_text(text)
    return folder


def test_versions_count_up_and_current_names_the_newest(tmp_path) -> None:
    with open_store(tmp_path / "store", "bars") as store:
        assert store.current_version() is None
        assert store.next_version() == "000001"
        assert store.publish(staged(store, "one"), EMPTY) == 1
        assert store.publish(staged(store, "two"), EMPTY) == 2
    assert (tmp_path / "store" / "CURRENT").read_text() == "000002\n"
    assert (store.version_folder(1) / "verdict.json").read_text() == "one"
    assert store.read_ledger() == EMPTY


def test_a_version_is_on_the_disk_before_current_names_it(tmp_path, monkeypatch) -> None:
    happened = []
    rename = Path.replace

    def renamed(self: Path, target: Path) -> Path:
        happened.append(f"-> {target.name}")
        return rename(self, target)

    with open_store(tmp_path, "bars") as store:
        folder = staged(store, "one")
        monkeypatch.setattr(atomic, "_flush", lambda path: happened.append(path.name))
        monkeypatch.setattr(Path, "replace", renamed)
        store.publish(folder, EMPTY)
    assert happened.index("verdict.json") < happened.index("versions") < happened.index("-> ledger.parquet")
    assert happened.index("-> ledger.parquet") < happened.index("-> CURRENT")
    assert happened[-1] == tmp_path.name  # the folder that holds CURRENT


def test_a_version_that_current_never_named_is_removed(tmp_path) -> None:
    with open_store(tmp_path, "bars") as store:
        store.publish(staged(store, "one"), EMPTY)
    store.version_folder(2).mkdir()
    with open_store(tmp_path, "bars"):
        assert not store.version_folder(2).exists()
        assert store.version_folder(1).exists()


def test_another_projects_store_is_refused_and_left_alone(tmp_path) -> None:
    with open_store(tmp_path, "bars"):
        pass
    before = sorted(p.name for p in tmp_path.rglob("*"))
    with pytest.raises(StoreError, match="belongs to the data set 'bars', and this is 'stripes'"):
        check_identity(Store(tmp_path), "stripes")
    with pytest.raises(StoreError, match="another folder"), open_store(tmp_path, "stripes"):
        pass
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_a_folder_with_something_else_in_it_is_refused(tmp_path) -> None:
    (tmp_path / "thesis.tex").write_text("...")
    with pytest.raises(StoreError, match=r"holds 'thesis\.tex'"), open_store(tmp_path, "bars"):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_place_of_the_store_is_refused(tmp_path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(StoreError, match="is a file"), open_store(tmp_path / "store", "bars"):
        pass


def test_a_damaged_identity_or_pointer_is_told(tmp_path) -> None:
    with open_store(tmp_path, "bars") as store:
        pass
    (tmp_path / "CURRENT").write_text("nine\n")
    with pytest.raises(StoreError, match="'nine' is not a version"):
        store.current_version()
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match=r"is not a version of this store.*or delete it"):
        store.current_version()
    (tmp_path / "STORE.json").write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        check_identity(store, "bars")


def test_a_damaged_ledger_stops_the_build(tmp_path) -> None:
    (tmp_path / "ledger.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(StoreError, match=r"the ledger is damaged.*Restore it"):
        Store(tmp_path).read_ledger()


def _hold(root: str, held: "multiprocessing.synchronize.Event", done: "multiprocessing.synchronize.Event") -> None:
    with open_store(Path(root), "bars"):
        held.set()
        done.wait(30)


def test_two_builds_at_a_time_are_kept_apart_and_a_dead_one_holds_nothing(tmp_path) -> None:
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), held, done))
    other.start()
    assert held.wait(30)
    with pytest.raises(StoreError, match="another build is running"), open_store(tmp_path, "bars"):
        pass
    other.kill()
    other.join(30)
    with open_store(tmp_path, "bars"):
        pass


def test_what_fails_halfway_leaves_the_old_content_and_no_rest(tmp_path) -> None:
    path = tmp_path / "ledger.parquet"
    write_text("old", path)
    with pytest.raises(RuntimeError), file_aside(path) as aside:
        aside.write_text("half")
        raise RuntimeError
    with pytest.raises(RuntimeError), scratch_folder(tmp_path) as folder:
        (folder / "part").write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["ledger.parquet"]


def test_a_full_disk_is_told_with_a_remedy(tmp_path, monkeypatch) -> None:
    write_text("old", tmp_path / "CURRENT")

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic.pq, "write_table", full)
    with pytest.raises(StoreError, match=r"the disk is full.*nothing was lost"):
        write_table(pa.table({"a": [1]}), tmp_path / "CURRENT")
    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(StoreError, match="the disk is full"), scratch_folder(tmp_path) as folder:
        (folder / "x").write_text("x")
        settle_folder(folder, tmp_path / "settled", durable=True)
    assert (tmp_path / "CURRENT").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["CURRENT"]


def test_the_same_table_gives_the_same_bytes(tmp_path) -> None:
    table = pa.table({"a": list(range(5000)), "b": ["x<script>"] * 5000})
    write_table(table, tmp_path / "one.parquet")
    write_table(pa.concat_tables([table.slice(0, 7), table.slice(7)]).combine_chunks(), tmp_path / "two.parquet")
    assert digest_file(tmp_path / "one.parquet") == digest_file(tmp_path / "two.parquet")
    assert pq.read_table(tmp_path / "one.parquet") == table


def test_digests_see_content_and_code_and_nothing_else(tmp_path) -> None:
    assert digest_value({"a": 1, "b": [2.5, None]}) == digest_value({"b": [2.5, None], "a": 1})
    assert digest_value([1]) != digest_value(["1"])
    with pytest.raises(TypeError):
        digest_value({"a": object()})
    assert digest_code(("tasks.catalog",)) != digest_code(("tasks.catalog.atomic",))
    with pytest.raises(ModuleNotFoundError):
        digest_code(("tasks.nothing",))
