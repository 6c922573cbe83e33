import errno
import itertools
from pathlib import Path

import fsspec
import pytest

from tasks.catalog.mirror import mirror_of
from tasks.catalog.remote import Remote, folder_of, is_url, shown
from tasks.catalog.schema import LEDGER
from tasks.catalog.store import Store, find_store, open_store
from tasks.errors import ConfigError, StoreError

EMPTY = LEDGER.empty_table()
NUMBERS = itertools.count()


@pytest.fixture(params=["objects", "folders"])
def url(request, tmp_path) -> str:
    """A place of its own: objects in this process's memory, or a service that has folders, as SFTP and SMB do."""
    if request.param == "folders":
        return f"file://{tmp_path}/lake/prefix"
    return f"memory://bucket{next(NUMBERS)}/prefix"


@pytest.fixture
def machine(url, tmp_path):
    """Return the store as one of several machines sees it."""
    return lambda name="here": Store(tmp_path / name, Remote(url))


def publish(store: Store, text: str) -> int:
    folder = store.work / f"staged-{next(NUMBERS)}"
    (folder / "report").mkdir(parents=True)
    for name in ("verdict.json", "provenance.json", "report/index.html"):
        (folder / name).write_text(text)
    return store.publish(folder, EMPTY)


def test_paths_and_urls_are_told_apart() -> None:
    assert not any(is_url(place) for place in ("store", "/a/b", "file:///a/b", "local:///a"))
    assert is_url("s3://bucket/a")
    assert folder_of("file:///a/b") == Path("/a/b")
    assert find_store("file:///a/b") == Store(Path("/a/b"))
    assert find_store("memory://a").root == mirror_of("memory://a") != mirror_of("memory://b")


def test_a_version_is_published_behind_the_url_and_seen_from_another_machine(url, machine) -> None:
    with open_store(machine(), "bars") as store:
        assert store.current_version() is None
        assert publish(store, "one") == 1
    remote = Remote(url)
    assert remote.names() == ["CURRENT", "STORE.json", "ledger.parquet", "versions"]
    assert remote.read("CURRENT") == b"000001\n"
    assert remote.read("versions/000001/report/index.html") == b"one"
    with open_store(machine("there"), "bars") as store:
        assert store.current_version() == 1
        assert store.read_ledger() == EMPTY
        assert (store.version_folder(1) / "verdict.json").read_text() == "one"
        assert publish(store, "two") == 2
    here = machine()
    with open_store(here, "bars") as store:
        assert (store.current_version(), store.next_version()) == (2, "000003")
        assert here.known_versions() == ["000001", "000002"]
        assert (store.version_folder(2) / "provenance.json").read_text() == "two"
        store.fetch_report(2)
        assert (store.version_folder(2) / "report" / "index.html").read_text() == "two"
    assert store.place_of(2) == f"{url}/versions/000002"


def test_who_publishes_late_is_told_and_nothing_of_his_is_published(url, machine) -> None:
    with open_store(machine(), "bars") as slow:
        with open_store(machine("there"), "bars") as quick:
            publish(quick, "quick")
        with pytest.raises(StoreError, match=r"version 000001 was published from elsewhere.*same command again"):
            publish(slow, "slow")
    assert Remote(url).read("versions/000001/verdict.json") == b"quick"
    with open_store(machine(), "bars") as slow:
        assert publish(slow, "slow") == 2


@pytest.mark.parametrize("name", ["verdict.json", "ledger.parquet", "CURRENT"])
def test_whatever_an_upload_stops_at_readers_see_the_version_before(url, machine, monkeypatch, name) -> None:
    with open_store(machine(), "bars") as store:
        publish(store, "one")
    files = type(fsspec.filesystem(url.partition(":")[0]))
    put, pipe = files.put_file, files.pipe_file

    def broken(self, first, second, *given, **named):
        if f"{first} {second if isinstance(second, str) else ''}".rstrip().endswith(name):
            raise OSError(errno.EIO, "the line is dead")
        return (put if isinstance(second, str) else pipe)(self, first, second, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(files, "put_file", broken)
        patched.setattr(files, "pipe_file", broken)
        with pytest.raises(StoreError, match="the line is dead"), open_store(machine(), "bars") as store:
            publish(store, "two")
    assert Remote(url).read("CURRENT") == b"000001\n"
    with open_store(machine(), "bars") as store:
        assert store.current_version() == 1
        assert publish(store, "again") == 2
    assert Remote(url).read("versions/000002/verdict.json") == b"again"


def test_anothers_store_and_what_is_no_store_are_refused_and_left_alone(url, machine) -> None:
    with open_store(machine(), "bars"):
        pass
    refused = pytest.raises(StoreError, match=f"{url} belongs to the data set 'bars'")
    with refused, open_store(machine("there"), "stripes"):
        pass
    remote = Remote(url + "/other")
    remote.write("thesis.tex", b"...")
    with pytest.raises(StoreError, match=r"is not a Matchset store: it holds 'thesis\.tex'"):
        Store(machine("other").root, remote).refresh()
    assert remote.names() == ["thesis.tex"]


def test_a_store_that_was_lost_is_not_begun_anew(url, machine) -> None:
    with open_store(machine(), "bars") as store:
        publish(store, "one")
    Remote(url).remove("")
    lost = pytest.raises(StoreError, match="is empty, but this machine knows version 000001")
    with lost, open_store(machine(), "bars"):
        pass


def test_absent_and_unreachable_are_told_apart(url, monkeypatch) -> None:
    remote = Remote(url)
    assert remote.read("CURRENT") is None
    assert remote.names("versions") == []

    def unreachable(self, path, **given):
        raise PermissionError(errno.EACCES, "no such key")

    monkeypatch.setattr(type(fsspec.filesystem(url.partition(":")[0])), "cat_file", unreachable)
    with pytest.raises(StoreError, match=r"PermissionError: .*Check the address, the credentials"):
        remote.read("CURRENT")


def test_a_missing_package_is_told_and_passwords_never_are() -> None:
    assert shown("sftp://anna:secret@host/store") == "sftp://host/store"
    place = "nope://anna:secret@host/store"
    with pytest.raises(ConfigError) as told:
        Remote(place).read("CURRENT")
    assert "secret" not in str(told.value)
    assert "nope://host/store" in str(told.value)


def test_files_that_lead_out_of_their_folder_are_not_fetched(tmp_path) -> None:
    remote = Remote(f"memory://bucket{next(NUMBERS)}")
    remote.write("versions/000001/report/index.html", b"page")
    remote.write("versions/000001/report/../../../evil", b"...")
    with pytest.raises(StoreError, match="leads out of its folder"):
        remote.download("versions/000001/report", tmp_path / "mirror" / "report")
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} <= {"index.html"}
