import errno
import os
import pickle
from pathlib import Path

import pytest

from tasks.catalog import store as store_module
from tasks.catalog.disk import REMEDIES, disk_errors_told
from tasks.catalog.store import Store, open_store
from tasks.errors import InputError, StoreError


def failing(number: int, place: Path | None = None) -> OSError:
    return OSError(number, os.strerror(number)) if place is None else OSError(number, os.strerror(number), str(place))


@pytest.mark.parametrize("number", sorted(REMEDIES), ids=lambda number: errno.errorcode[number])
def test_a_disk_error_in_a_build_names_the_place_the_reason_and_the_remedy(tmp_path, number) -> None:
    with pytest.raises(StoreError) as told, open_store(tmp_path, "bars") as store:
        raise pickle.loads(pickle.dumps(failing(number, store.work / "part")))  # as from a worker process
    assert str(tmp_path / "work" / "part") in str(told.value)
    assert os.strerror(number) in str(told.value)
    assert REMEDIES[number] in str(told.value)
    assert "What is published stays whole" in str(told.value)
    assert isinstance(told.value.__cause__, OSError)


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS, errno.EACCES])
def test_an_error_that_names_no_file_is_the_stores(tmp_path, number) -> None:
    with pytest.raises(StoreError, match=str(tmp_path)), disk_errors_told(tmp_path):
        raise failing(number)


def test_a_file_outside_of_the_store_is_an_inputs(tmp_path) -> None:
    with (
        pytest.raises(InputError, match=r"photos: Input/output error\. Mend that"),
        disk_errors_told(tmp_path / "store"),
    ):
        raise failing(errno.EIO, tmp_path / "photos")


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError(errno.ECONNRESET, "reset"), TimeoutError("late"), OSError("odd"), ValueError("no disk")],
)
def test_errors_of_another_kind_pass_as_they_are(tmp_path, error) -> None:
    with pytest.raises(type(error)) as passed, disk_errors_told(tmp_path):
        raise error
    assert passed.value is error


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EIO])
def test_a_store_that_cannot_be_made_is_told(tmp_path, monkeypatch, number) -> None:
    def refuse(path: Path, *given: object, **named: object) -> None:
        raise failing(number, path)

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError, match=os.strerror(number)), open_store(tmp_path / "store", "bars"):
        pass


def test_a_disk_without_locks_is_refused(tmp_path, monkeypatch) -> None:
    def acquire(lock: object) -> None:
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr(store_module.FileLock, "acquire", acquire)
    with pytest.raises(StoreError, match="cannot lock files"), open_store(tmp_path, "bars"):
        pass


def test_a_ledger_that_cannot_be_read_is_not_called_damaged(tmp_path, monkeypatch) -> None:
    (tmp_path / "ledger.parquet").write_bytes(b"")

    def refuse(path: Path) -> bytes:
        raise failing(errno.EIO, path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(StoreError, match=r"ledger\.parquet: Input/output error"):
        Store(tmp_path).read_ledger()
